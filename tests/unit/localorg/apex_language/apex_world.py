"""Apex for tests: code given as text, run in an org."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localorg.apex import sources, testing
from localorg.apex.sources import Source
from localorg.apex.testing import TestReport
from localorg.engine import Org


@contextmanager
def org_in(folder: Path) -> Iterator[Org]:
    org = Org.open(folder)
    try:
        yield org
    finally:
        org.close()


def use(org: Org, **code: str) -> None:
    """`Name='class Name {…}'`; code that begins with `trigger` is one."""
    org.apex.use([*sources.npsp(), *(_source(name, body) for name, body in code.items())])


def _source(name: str, body: str) -> Source:
    return Source("trigger" if body.lstrip().lower().startswith("trigger") else "class", name, body)


def report_of(org: Org, **code: str) -> TestReport:
    use(org, **code)
    return testing.run(org)
