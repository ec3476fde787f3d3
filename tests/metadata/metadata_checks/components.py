"""Every label is used: in a Lightning component, or in Apex. (That what is imported exists, the org checks.)"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .source import Finding, Source

_IMPORT = re.compile(r"@salesforce/label/c\.(\w+)'")
_APEX_LABEL = re.compile(r"\bLabel\.(\w+)")


def check(source: Source) -> Iterator[Finding]:
    used: set[str] = set()
    for one in source.of("js"):
        for path in one.path.parent.glob("*.js"):
            used |= set(_IMPORT.findall(path.read_text()))
    for one in source.of("cls"):
        used |= set(_APEX_LABEL.findall(one.path.with_name(f"{one.name}.cls").read_text()))
    for one in source.of("labels"):
        for name in sorted(set(one.texts("labels/fullName")) - used):
            yield one.finding(f"label {name} is used nowhere")
