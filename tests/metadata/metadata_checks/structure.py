"""Structure against Salesforce's own description of its metadata: npm `@salesforce/types`, made from the Metadata WSDL.

Unknown elements, wrong enum values, wrong primitive types, missing required elements, repeated or scattered elements.
"""

from __future__ import annotations

import pathlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from .source import NAMESPACE, Component, Finding, Source

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# The file's suffix names its root element; types not shipped by the package are not listed on purpose.
ROOTS = {
    "app": "CustomApplication", "cls": "ApexClass", "compactLayout": "CompactLayout",
    "customPermission": "CustomPermission", "dashboard": "Dashboard", "dashboardFolder": "DashboardFolder",
    "field": "CustomField", "flexipage": "FlexiPage", "globalValueSet": "GlobalValueSet",
    "js": "LightningComponentBundle", "labels": "CustomLabels", "layout": "Layout", "listView": "ListView",
    "object": "CustomObject", "permissionset": "PermissionSet", "report": "Report", "reportFolder": "ReportFolder",
    "reportType": "ReportType", "tab": "CustomTab", "trigger": "ApexTrigger", "validationRule": "ValidationRule",
}  # fmt: skip
# `@salesforce/types` describes folders by their common base type.
_FOLDERS = {"ReportFolder", "DashboardFolder"}


@dataclass(frozen=True)
class Element:
    type: str
    required: bool
    many: bool


@dataclass(frozen=True)
class MetadataTypes:
    """Every metadata type (its elements, inherited ones included) and every enum (its values)."""

    types: dict[str, dict[str, Element]]
    enums: dict[str, frozenset[str]]

    @classmethod
    def load(cls, declaration: pathlib.Path) -> MetadataTypes:
        own: dict[str, tuple[str | None, dict[str, Element]]] = {}
        enums: dict[str, frozenset[str]] = {}
        blocks = re.finditer(
            r"^export (?:declare )?type (\w+) = (.*?);\n(?=export|\Z)", declaration.read_text(), re.M | re.S
        )
        for name, body in (block.groups() for block in blocks):
            if "{" in body:
                base = re.match(r"(\w+) & \{", body)
                own[name] = (base.group(1) if base else None, dict(_elements(body)))
            else:
                enums[name] = frozenset(re.findall(r"'([^']*)'", body))

        def inherited(name: str) -> dict[str, Element]:
            base, elements = own.get(name, (None, {}))
            return {**(inherited(base) if base else {}), **elements}

        return cls({name: inherited(name) for name in own}, enums)


def _elements(body: str) -> Iterator[tuple[str, Element]]:
    inside = body[body.index("{") + 1 : body.rindex("}")]
    for name, optional, kind in re.findall(r"^\s+(\w+)(\?)?: (.*?);$", inside, re.M):
        many = kind.endswith("[]")
        yield name, Element(kind.removesuffix("[]"), required=not optional and not many, many=many)


def check(source: Source, types: MetadataTypes) -> Iterator[Finding]:
    yield from source.unreadable
    for one in source.components:
        expected = ROOTS.get(one.kind)
        tag = etree.QName(one.root)
        if expected is None:
            yield one.finding(f"unknown kind of file: .{one.kind}-meta.xml")
        elif tag.namespace != NAMESPACE:
            yield one.finding(f"wrong namespace on <{tag.localname}>")
        elif tag.localname != expected:
            yield one.finding(f"<{tag.localname}> in a .{one.kind} file: expected <{expected}>")
        elif expected not in _FOLDERS:
            yield from _check_element(one, one.root, expected, types)


def _check_element(one: Component, parent: etree._Element, kind: str, types: MetadataTypes) -> Iterator[Finding]:
    elements = types.types[kind]
    seen: Counter[str] = Counter()
    previous = ""
    for child in (child for child in parent if isinstance(child.tag, str)):
        name = etree.QName(child).localname
        element = elements.get(name)
        if element is None or etree.QName(child).namespace != NAMESPACE:
            yield one.finding(f"unknown element <{name}> in {kind}", child)
            continue
        if seen[name] and not element.many:
            yield one.finding(f"<{name}> repeated in {kind}", child)
        if seen[name] and name != previous:
            yield one.finding(f"<{name}> elements are not together in {kind}", child)
        seen[name] += 1
        previous = name
        yield from _check_value(one, child, name, element, types)
    for name, element in elements.items():
        if element.required and not seen[name] and name != "fullName":
            yield one.finding(f"<{name}> is missing in {kind}", parent)


def _check_value(
    one: Component, child: etree._Element, name: str, element: Element, types: MetadataTypes
) -> Iterator[Finding]:
    text = (child.text or "").strip()
    if child.get(NIL) == "true":
        return
    if element.type in types.types:
        yield from _check_element(one, child, element.type, types)
    elif types.enums.get(element.type) and text not in types.enums[element.type]:
        some = ", ".join(sorted(types.enums[element.type])[:6])
        yield one.finding(f"<{name}>: {text!r} is no {element.type} ({some}, …)", child)
    elif element.type == "boolean" and text not in ("true", "false"):
        yield one.finding(f"<{name}>: {text!r} is neither true nor false", child)
    elif element.type == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        yield one.finding(f"<{name}>: {text!r} is no number", child)
