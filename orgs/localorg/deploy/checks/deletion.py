"""What is still needed cannot be deleted: formulas, rules, flows, pages and Apex that stay must not lose what they name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from localorg import formulas
from localorg.deploy.checks import CHECKS
from localorg.deploy.checks.apex import bare
from localorg.deploy.problems import Component, Problems
from localorg.deploy.world import Key, World
from localorg.errors import Problem
from localorg.model import Field, SObject

# Other kinds lose the name and stay, as layouts and permission sets do.
_HOLDING = frozenset({"Flow", "FlexiPage", "LightningComponentBundle", "NamedCredential", "QuickAction"})
_IN_APEX = frozenset({"ApexClass", "CustomField", "CustomObject"})


def check(world: World, removed: dict[Key, Component], problems: Problems) -> None:
    left = Problems()
    apex = []
    for part in world.before():
        if part.kind in _HOLDING:
            CHECKS[part.kind](part, world, left)
        elif part.kind in ("ApexClass", "ApexTrigger"):
            apex.append((part.component, bare(part.code)))
    for sobject in world.schema:
        _formulas(sobject, world, left)
    for (kind, name), component in removed.items():
        if kind in _IN_APEX and not world.has(kind, name):
            for holder, code in apex:
                if re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", code, re.IGNORECASE):
                    left.add(holder, f"names {component.name}")
    for found in left.found:
        place = f"{found.component_type} {found.full_name}"
        problems.add(_named_by(found, removed), f"This component is referenced elsewhere: {place}: {found.message}")


def _formulas(sobject: SObject, world: World, left: Problems) -> None:
    conditions = [(rule.name, Field("rule", "boolean", formula=rule.error_condition_formula))
                  for rule in sobject.validation_rules.values()]  # fmt: skip
    for name, field in [*((field.name, field) for field in sobject if field.formula), *conditions]:
        try:
            formulas.check(field, sobject, world.schema)
        except formulas.FormulaError as problem:
            left.add(Component("Formula", f"{sobject.name}.{name}", PurePosixPath(sobject.name)), str(problem))


def _named_by(found: Problem, removed: dict[Key, Component]) -> Component:
    """The deleted component that a problem is about; the first when it does not say."""
    for (_, name), component in removed.items():
        if name.rpartition(".")[2] in found.message.lower():
            return component
    return next(iter(removed.values()))
