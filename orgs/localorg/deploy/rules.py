"""ValidationRule XML → the object's rule, with the platform's refusals."""

from __future__ import annotations

from localorg import formulas
from localorg.deploy import names
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World
from localorg.model import Field, SObject, ValidationRule

_LONGEST = {"errorMessage": 255, "description": 255}


def read(part: Part, owner: SObject, problems: Problems) -> None:
    root, own = part.root, part.name.partition(".")[2]
    names.check_name(part, own, "Validation Rule", problems)
    for element, most in _LONGEST.items():
        found = root.child(element)
        if found is not None and len(found.text) > most:
            problems.add(part.component, f"Value too long for field: {element} maximum length is:{most}", found.line)
    owner.validation_rules[own.lower()] = ValidationRule(
        own,
        root.get("errorConditionFormula"),
        root.get("errorMessage"),
        root.get("errorDisplayField"),
        root.flag("active"),
        root.get("description"),
    )


def check(part: Part, world: World, problems: Problems) -> None:
    """Once all fields are known: the formula holds or does not, and the error stands at a field that exists."""
    owner = world.schema.get(part.owner)
    if owner is None:
        return
    condition = part.root.child("errorConditionFormula")
    place = part.root.child("errorDisplayField")
    if place is not None and place.text and owner.get(place.text) is None:
        message = f"In field: errorDisplayField - no CustomField named {owner.name}.{place.text} found"
        problems.add(part.component, message, place.line)
    if condition is not None:
        try:
            formulas.check(Field("rule", "boolean", formula=condition.text), owner, world.schema)
        except formulas.FormulaError as problem:
            problems.add(part.component, str(problem), condition.line)
