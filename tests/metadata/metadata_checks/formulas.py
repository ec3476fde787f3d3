"""Every formula parsed and evaluated (npm `formulon`): with every field filled, and with every field blank.

The answer's type must be the field's type; blank fields must give an answer too, never an error.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Iterator
from typing import Any

from .references import Objects, formula_names, resolve
from .source import Component, FieldShape, Finding, Source

_SCRIPT = pathlib.Path(__file__).with_name("formulas.mjs")
_ANSWERS = {"Checkbox": "checkbox", "Currency": "number", "Date": "date", "DateTime": "datetime", "Number": "number",
            "Percent": "number", "Text": "text"}  # fmt: skip


def check(source: Source, node: pathlib.Path) -> Iterator[Finding]:
    objects = source.objects()
    found = list(_formulas(source))
    filled = [_case(one, text, objects, blank=False) for one, text, _ in found]
    blank = [_case(one, text, objects, blank=True) for one, text, _ in found]
    results = evaluate(filled + blank, node)
    for (one, _, wanted), result in zip(found, results[: len(found)], strict=True):
        if result["type"] == "error":
            yield one.finding(f"the formula does not work: {result['message']}")
        elif result["dataType"] != wanted:
            yield one.finding(f"the formula gives {result['dataType']}, the field is {one.text('type') or 'a rule'}")
    for (one, _, wanted), result in zip(found, results[len(found) :], strict=True):
        if result["type"] == "error" or result["dataType"] not in (wanted, "null"):
            yield one.finding(f"the formula fails when its fields are blank: {result['message'] or result['dataType']}")


def evaluate(cases: list[dict[str, Any]], node: pathlib.Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [str(node), str(_SCRIPT)], input=json.dumps(cases), capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise RuntimeError(f"formulon did not run: {done.stderr.strip()[-400:]}")
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def _formulas(source: Source) -> Iterator[tuple[Component, str, str]]:
    """Each formula with the type of answer it must give."""
    for one in source.of("field"):
        if one.text("formula"):
            yield one, one.text("formula"), _ANSWERS.get(one.text("type"), "unknown")
    for one in source.of("validationRule"):
        yield one, one.text("errorConditionFormula"), "checkbox"


def _case(one: Component, formula: str, objects: Objects, blank: bool) -> dict[str, Any]:
    shapes = {name: resolve(one.object, name, objects) for name in formula_names(formula)}
    return {"formula": formula, "variables": {name: _variable(shape, blank) for name, shape in shapes.items() if shape}}


def _variable(shape: FieldShape, blank: bool) -> dict[str, Any]:
    """A value of the field's type; blank as Salesforce reads it (a checkbox is never blank, a blank picklist is '')."""
    if shape.type == "Checkbox":
        return _literal("checkbox", False)
    if shape.type == "Picklist":
        return _literal("picklist", "" if blank else shape.values[0], values=list(shape.values))
    if blank:
        return _literal("null", None)
    if shape.type in ("Currency", "Number", "Percent"):
        return _literal("number", 34.5, length=3, scale=1)
    if shape.type in ("Date", "DateTime"):
        return _literal(shape.type.lower(), "2026-01-31T00:00:00Z")
    return _literal("text", "words", length=5)


def _literal(kind: str, value: object, **options: object) -> dict[str, Any]:
    return {"type": "literal", "dataType": kind, "value": value, "options": options}
