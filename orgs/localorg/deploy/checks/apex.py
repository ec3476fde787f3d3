"""Apex as far as a deployment can see without compiling: names, versions, the object of a trigger."""

from __future__ import annotations

import re

from localorg.deploy.checks.common import Check
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

_COMMENT_OR_TEXT = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_TYPE = re.compile(r"\b(?:class|interface|enum)\s+(\w+)", re.IGNORECASE)
_TRIGGER = re.compile(r"\s*trigger\s+(\w+)\s+on\s+(\w+)\s*\(", re.IGNORECASE)
OLDEST, NEWEST = 31, 68


def bare(code: str) -> str:
    """The code without comments and texts; every line stays where it is."""
    return _COMMENT_OR_TEXT.sub(lambda found: "\n" * found.group().count("\n") or " ", code)


def apex_class(part: Part, world: World, problems: Problems) -> None:
    _version(part, problems)
    found = _TYPE.search(bare(part.code))
    if found is None:
        problems.add(part.component, "Unexpected token: a class, interface or enum is expected")
    elif found.group(1).lower() != part.name.lower():
        problems.add(part.component, f"Invalid type: the file {part.name}.cls holds {found.group(1)}")


def apex_trigger(part: Part, world: World, problems: Problems) -> None:
    _version(part, problems)
    found = _TRIGGER.match(bare(part.code))
    if found is None:
        problems.add(part.component, "Unexpected token: `trigger NAME on OBJECT (` is expected")
        return
    if found.group(1).lower() != part.name.lower():
        problems.add(part.component, f"Invalid type: the file {part.name}.trigger holds {found.group(1)}")
    if world.schema.get(found.group(2)) is None:
        line = bare(part.code)[: found.start(2)].count("\n") + 1
        problems.add(part.component, f"Invalid type: {found.group(2)}", line)


def trigger_object(code: str) -> str:
    """The object a trigger is on."""
    found = _TRIGGER.match(bare(code))
    return found.group(2) if found else ""


def _version(part: Part, problems: Problems) -> None:
    found = part.root.child("apiVersion")
    whole = found.text.partition(".")[0] if found is not None else ""
    if found is not None and not (whole.isdigit() and OLDEST <= int(whole) <= NEWEST):
        problems.add(part.component, f"Invalid Api version specified: {found.text}", found.line)


CHECKS: dict[str, Check] = {"ApexClass": apex_class, "ApexTrigger": apex_trigger}
