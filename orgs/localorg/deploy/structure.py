"""Each file against Salesforce's own description of its type: elements, enum values, primitive values, what must be there."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from importlib import resources
from typing import Any

from localorg.deploy.problems import Problems
from localorg.deploy.source import NAMESPACE, Element, Part

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Elements that hold XML of their own kind, described as text.
_OPAQUE = frozenset({"targetConfigs"})
_DOUBLES = frozenset({"apiVersion", "defaultMaximum", "defaultValue", "probability", "version"})
# What the description calls required, yet a real org takes without.
_NOT_NEEDED = {("ApexClass", "status"), ("ApexTrigger", "status"), ("PicklistValue", "default")}
# What a real org takes, though the description does not name it.
_MORE = {"CustomField": {"businessOwner": "string", "displayLocationInDecimal": "boolean"}}
Types = dict[str, dict[str, str]]


@cache
def described() -> tuple[Types, dict[str, list[str]]]:
    found = json.loads((resources.files("localorg.deploy") / "metadata_types.json").read_text(encoding="utf-8"))
    for kind, more in _MORE.items():
        found["types"][kind] |= more
    return found["types"], found["enums"]


@cache
def user_permissions() -> frozenset[str]:
    """Names of the permissions a permission set can hold: `ApiEnabled` …"""
    text = (resources.files("localorg.deploy") / "user_permissions.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def check(part: Part, problems: Problems) -> None:
    types, _ = described()
    kind = part.root.name if part.kind == "Settings" else part.kind
    if kind in types:
        _Checker(part, problems).element(part.root, kind)


class _Checker:
    def __init__(self, part: Part, problems: Problems) -> None:
        self.part, self.problems = part, problems
        self.types, self.enums = described()

    def refuse(self, message: str, line: int) -> None:
        self.problems.add(self.part.component, message, line)

    def element(self, parent: Element, kind: str) -> None:
        elements = self.types[kind]
        seen: Counter[str] = Counter()
        previous = ""
        for child in parent.children:
            described_as = elements.get(child.name)
            if described_as is None or not child.node.tag.startswith(f"{{{NAMESPACE}}}"):
                self.refuse(
                    f"Error parsing file: Element {child.name} invalid at this location in type {kind}", child.line
                )
                continue
            scattered = seen[child.name] and (child.name != previous or not described_as.endswith("[]"))
            if scattered:
                message = f"Error parsing file: Element {child.name} is duplicated at this location in type {kind}"
                self.refuse(message, child.line)
            seen[child.name] += 1
            previous = child.name
            self.value(child, described_as.rstrip("[]!"))
        for name, described_as in elements.items():
            if described_as.endswith("!") and not seen[name] and (kind, name) not in _NOT_NEEDED and name != "fullName":
                self.refuse(f"Required field is missing: {name}", parent.line)

    def value(self, child: Element, kind: str) -> None:
        if child.node.get(_NIL) == "true" or child.name in _OPAQUE:
            return
        if kind in self.types:
            self.element(child, kind)
            return
        wrong = self.wrong_value(child, kind)
        if wrong:
            self.refuse(f"Error parsing file: {wrong}", child.line)

    def wrong_value(self, child: Element, kind: str) -> str:
        values: Any = self.enums.get(kind)
        if child.children:
            return f"Element {child.children[0].name} invalid at this location in type {kind}"
        if values and child.text not in values:
            return f"'{child.text}' is not a valid value for the enum '{kind}'"
        if kind == "boolean" and child.text.lower() not in ("true", "false", "1", "0"):
            return f"'{child.text}' is not a valid value for the type xsd:boolean"
        if kind == "number" and not _NUMBER.fullmatch(child.text):
            return f"'{child.text}' is not a valid value for the type {'xsd:double' if child.name in _DOUBLES else 'xsd:int'}"
        return ""
