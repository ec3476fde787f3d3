"""Flows: connectors lead to elements, records have their fields, actions their Apex, formulas their variables."""

from __future__ import annotations

import re
from collections import Counter

from localorg import formulas
from localorg.deploy.checks.common import Check, missing, need, need_object
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World

_RECORD_ELEMENTS = ("start", "recordLookups", "recordCreates", "recordUpdates", "recordDeletes")
_NODES = frozenset({
    "actionCalls", "apexPluginCalls", "assignments", "collectionProcessors", "customErrors", "decisions", "loops",
    "orchestratedStages", "recordCreates", "recordDeletes", "recordLookups", "recordRollbacks", "recordUpdates",
    "screens", "steps", "subflows", "transforms", "waits",
})  # fmt: skip
_RESOURCES = frozenset({
    "choices", "constants", "dynamicChoiceSets", "formulas", "stages", "textTemplates", "variables",
})  # fmt: skip
_MERGE = re.compile(r"\{!([^}]+)\}")


def flow(part: Part, world: World, problems: Problems) -> None:
    nodes = [child for child in part.root.children if child.name in _NODES]
    named = Counter(node.get("name").lower() for node in nodes)
    resources = {child.get("name").lower() for child in part.root.children if child.name in _RESOURCES}
    for node in nodes:
        if named[node.get("name").lower()] > 1 or node.get("name").lower() in resources:
            problems.add(part.component, f"The name {node.get('name')} is used more than once", node.line)
    for target in part.root.deep("targetReference"):
        if target.text.lower() not in named:
            problems.add(
                part.component, f"The element {target.text} that a connector leads to does not exist", target.line
            )
    for name in _RECORD_ELEMENTS:
        for element in part.root.all(name):
            _record_element(part, element, world, problems)
    _actions(part, world, problems)
    _formulas(part, problems)
    _references(part, set(named) | resources, problems)


def _record_element(part: Part, element: Element, world: World, problems: Problems) -> None:
    named = element.child("object")
    owner = need_object(part, named, world, problems) if named is not None and named.text else None
    if owner is None:
        return
    for place in ("filters", "inputAssignments", "outputAssignments"):
        for given in element.all(place):
            field = given.child("field")
            if field is not None and world.field(owner, field.text) is None:
                message = missing("field", "CustomField", f"{owner.name}.{field.text}")
                problems.add(part.component, message, field.line)
    for found in [*element.all("queriedFields"), *element.all("sortField")]:
        if found.text and owner.get(found.text) is None:
            problems.add(part.component, missing(found.name, "CustomField", f"{owner.name}.{found.text}"), found.line)


def _actions(part: Part, world: World, problems: Problems) -> None:
    for call in part.root.all("actionCalls"):
        name = call.child("actionName")
        if name is not None and call.get("actionType") == "apex":
            if need(part, name, "ApexClass", world, problems):
                _invocable(part, name, world, problems)
        elif name is not None and call.get("actionType") == "flow":
            need(part, name, "Flow", world, problems)
    for name in part.root.all("subflows/flowName"):
        need(part, name, "Flow", world, problems)


def _formulas(part: Part, problems: Problems) -> None:
    """Formulas must read as such; what their references are is known only when the flow runs."""
    for found in [*part.root.all("formulas/expression"), *part.root.all("start/filterFormula")]:
        try:
            formulas.parse(_MERGE.sub("Reference__c", found.text))
        except formulas.FormulaError as problem:
            problems.add(part.component, f"The formula expression is invalid: {problem}", found.line)


def _invocable(part: Part, name: Element, world: World, problems: Problems) -> None:
    called = world.part("ApexClass", name.text)
    if called is not None and "@invocablemethod" not in called.code.lower():
        problems.add(part.component, f"The Apex class {name.text} has no invocable method", name.line)


def _references(part: Part, known: set[str], problems: Problems) -> None:
    """`{!Name}` in texts and <elementReference>Name</elementReference>: an element, a resource, or the platform's."""
    for found in part.root.deep("elementReference"):
        _reference(part, found, found.text, known, problems)
    for name in ("expression", "text", "stringValue", "value"):
        for found in part.root.deep(name):
            for merged in _MERGE.findall(found.text):
                _reference(part, found, merged, known, problems)


def _reference(part: Part, found: Element, text: str, known: set[str], problems: Problems) -> None:
    first = re.split(r"[.\[(]", text.strip(), maxsplit=1)[0]
    screen_fields = {element.text.lower() for element in part.root.all("screens/fields/name")}
    if first and not first.startswith("$") and first.lower() not in known | screen_fields:
        problems.add(part.component, f"The flow has no element or resource named {first}", found.line)


CHECKS: dict[str, Check] = {"Flow": flow}
