"""A deployment's last step: its Apex compiles against the org as it would be, and the tests that are asked for pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from localorg.apex import testing
from localorg.apex.testing import TestReport
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import Part, Source
from localorg.errors import ApiError
from localorg.model import Schema

if TYPE_CHECKING:
    from localorg.engine import Org

LEVELS = ("NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg", "RunRelevantTests")
_KINDS = {"class": "ApexClass", "trigger": "ApexTrigger"}


@contextmanager
def as_it_would_be(org: Org, schema: Schema) -> Iterator[None]:
    """Inside the deployment's transaction: its Apex is judged in the org with the new schema, which is in force only afterwards."""
    before = org.schema
    org.schema_replaced(schema)
    try:
        yield
    finally:
        org.schema_replaced(before)


def compiles(org: Org, source: Source, problems: Problems) -> None:
    """What the compiler says against the deployed classes and triggers; nothing where Apex is off."""
    deployed = {(part.kind, part.name.lower()): part for part in (*source.of("ApexClass"), *source.of("ApexTrigger"))}
    if not deployed or not org.apex.available:
        return
    for found in org.apex.check():
        part: Part | None = deployed.get((_KINDS.get(found["kind"], ""), found["name"].lower()))
        if part is not None:
            problems.add(_code(part), found["message"], found["line"] or 1)


def _code(part: Part) -> Component:
    """The component at its code, not at the XML beside it."""
    file = part.component.file
    return Component(part.kind, part.name, PurePosixPath(str(file).removesuffix("-meta.xml")))


def run_tests(org: Org, level: str, names: tuple[str, ...]) -> TestReport | None:
    """The report of the tests that a level asks for, None for none."""
    if level == "NoTestRun":
        return None
    if not org.apex.available:
        raise ApiError("INVALID_OPERATION", "Apex is off in this org: deploy with the test level NoTestRun")
    return testing.run(org, dict.fromkeys(names) if level == "RunSpecifiedTests" else None)
