"""Following names: the field behind a path of relationships, the paths that a formula mentions."""

from __future__ import annotations

import re

from .source import FieldShape

Objects = dict[str, dict[str, FieldShape]]
_WORD = re.compile(r"\$?[A-Za-z]\w*(?:\.\w+)*(\s*\()?")
_LITERALS = frozenset({"TRUE", "FALSE", "NULL"})


def resolve(start: str, path: str, objects: Objects) -> FieldShape | None:
    """The field behind `AI_Donor_Profile__r.Score__c`, walking relationships from `start`."""
    *steps, last = path.split(".")
    current = start
    for step in steps:
        fields = objects.get(current, {}).values()
        via = next((one for one in fields if one.relationship.lower() == step.lower() and one.reference_to), None)
        if via is None:
            return None
        current = via.reference_to[0]
    return next((one for one in objects.get(current, {}).values() if one.name.lower() == last.lower()), None)


def formula_names(formula: str) -> set[str]:
    """The field paths a formula mentions: no functions, literals, `$Global` variables or quoted text."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/', " ", formula, flags=re.S)
    words = (found for found in _WORD.finditer(bare) if not found.group(1))
    return {one.group() for one in words if one.group().upper() not in _LITERALS and not one.group().startswith("$")}
