"""What Lightning components import must exist: Apex methods, labels, fields, custom permissions, each other."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator

from .references import resolve
from .source import Finding, Source

_IMPORT = re.compile(r"@salesforce/(apex|label|schema|customPermission)/([\w.]+)'")
_MODULE = re.compile(r"from 'c/(\w+)'")
_TAG = re.compile(r"<c-([a-z0-9-]+)")
_APEX_LABEL = re.compile(r"\bLabel\.(\w+)")
_ENABLED = re.compile(r"@AuraEnabled[^\n]*\n\s*public static [\w<>,. ]+? (\w+)\(")


def check(source: Source) -> Iterator[Finding]:
    checker = Components(source)
    for bundle in sorted({one.path.parent for one in source.of("js")}):
        for path in sorted([*bundle.glob("*.js"), *bundle.glob("*.html")]):
            yield from checker.check(path)
    yield from checker.unused_labels()


class Components:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.objects = source.objects()
        self.bundles = {one.path.parent.name for one in source.of("js")}
        self.labels = {name for one in source.of("labels") for name in one.texts("labels/fullName")}
        self.used: set[str] = set()
        self.methods: set[str] = set()
        for one in source.of("cls"):
            text = one.path.with_name(f"{one.name}.cls").read_text()
            self.methods |= {f"{one.name}.{method}" for method in _ENABLED.findall(text)}
            self.used |= set(_APEX_LABEL.findall(text))

    def check(self, path: pathlib.Path) -> Iterator[Finding]:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            for kind, name in _IMPORT.findall(line):
                if not self._exists(kind, name):
                    yield Finding(path, number, f"unknown {kind} {name}")
            tags = ("".join(word.capitalize() for word in tag.split("-")) for tag in _TAG.findall(line))
            for module in [*_MODULE.findall(line), *(tag[:1].lower() + tag[1:] for tag in tags)]:
                if module not in self.bundles:
                    yield Finding(path, number, f"unknown component {module}")

    def _exists(self, kind: str, name: str) -> bool:
        if kind == "label":
            self.used.add(name.removeprefix("c."))
            return name.removeprefix("c.") in self.labels
        if kind == "schema":
            owner, _, field = name.partition(".")
            return owner in self.objects and (not field or resolve(owner, field, self.objects) is not None)
        if kind == "customPermission":
            return name in self.source.names("customPermission")
        return name in self.methods

    def unused_labels(self) -> Iterator[Finding]:
        for one in self.source.of("labels"):
            for name in sorted(self.labels - self.used):
                yield one.finding(f"label {name} is used nowhere")
