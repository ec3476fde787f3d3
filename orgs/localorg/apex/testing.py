"""Runs @IsTest classes: data unseen unless a test asks to see it, set-up once a class, each method undone."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localorg.store import quote

if TYPE_CHECKING:
    from localorg.apex.runner import Apex
    from localorg.engine import Org

Listed = dict[str, Any]
Selection = Mapping[str, Collection[str] | None]


@dataclass(frozen=True)
class TestResult:
    """One test method. `outcome` is Pass, Fail or CompileFail, as the platform's ApexTestResult says."""

    __test__ = False

    class_name: str
    method: str
    outcome: str
    message: str | None
    trace: str | None
    milliseconds: float
    used: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.outcome == "Pass"


@dataclass(frozen=True)
class TestReport:
    __test__ = False

    results: list[TestResult]
    coverage: list[Listed]  # {kind, name, covered: lines, uncovered: lines}
    problems: list[Listed]  # what the compiler says against the code

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    @property
    def percent(self) -> int:
        return percent(self.coverage)


def percent(coverage: Sequence[Listed]) -> int:
    """How much of the lines was reached."""
    covered = sum(len(one["covered"]) for one in coverage)
    lines = covered + sum(len(one["uncovered"]) for one in coverage)
    return round(100 * covered / lines) if lines else 0


Tell = Callable[[TestResult], None]


class _UndoError(Exception):
    """Leaves a transaction whose work is to be undone."""


@contextmanager
def undone(org: Org) -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    try:
        with org.store.write():
            yield
            raise _UndoError
    except _UndoError:
        org.permissions_changed()


def hide_records(org: Org) -> None:
    """What a test does not see: records, the rows of NPSP's trigger handlers and the package's own settings."""
    org.clear_records()
    with org.store.write() as connection:
        for sobject in org.schema:
            if (sobject.setting and sobject.name.count("__") == 1) or sobject.name == "npsp__Trigger_Handler__c":
                connection.execute(f"DELETE FROM {quote(sobject.name)}")  # noqa: S608


@contextmanager
def copy_of(org: Org) -> Iterator[Org]:
    """The org as it is now, in a folder of its own: its tests disturb nobody."""
    with tempfile.TemporaryDirectory(prefix="localorg-tests-") as folder:
        target = sqlite3.connect(Path(folder) / "org.db")
        try:
            with org.store.read() as source:
                source.backup(target)
        finally:
            target.close()
        copy = type(org).open(Path(folder))
        try:
            yield copy
        finally:
            copy.close()


def run_in_copy(org: Org, only: Selection | None = None, tell: Tell | None = None) -> TestReport:
    with copy_of(org) as copy:
        return run(copy, only, tell)


def run(
    org: Org, only: Selection | None = None, tell: Tell | None = None, *, checked: bool = True, stop: bool = False
) -> TestReport:
    """Run the tests of all classes, or of those named (with the methods wanted, or None for all of a class's).

    The org's records are hidden while they run, and are back afterwards. `checked` compiles everything first and tells
    what is wrong with it; `stop` ends at the first failure.
    """
    apex = org.apex
    problems = apex.check() if checked else []
    results: list[TestResult] = []
    with apex.tests(), undone(org):
        apex.record_classes()
        listed = apex.request("tests", names=None if only is None else list(only))
        for found in sorted(listed, key=lambda one: bool(one["seesAllData"]), reverse=True):
            if not found["seesAllData"]:
                hide_records(org)
            wanted = only[found["class"]] if only is not None else None
            for result in _class(apex, found, problems, wanted):
                results.append(result)
                if tell:
                    tell(result)
                if stop and not result.passed:
                    return TestReport(results, [], problems)
        coverage = apex.request("coverage", reset=True)
    return TestReport(results, coverage, problems)


def _class(apex: Apex, found: Listed, problems: list[Listed], wanted: Collection[str] | None) -> Iterator[TestResult]:
    name = found["class"]
    broken = next((one for one in problems if one["name"] == name and one["of"] == name), None)
    with undone(apex.org):
        failed = None if broken else _set_up(apex, found)
        for method in found["methods"]:
            if wanted is not None and method not in wanted:
                continue
            if broken:
                message = f"line {broken['line']}, column {broken['column']}: {broken['message']}"
                yield TestResult(name, method, "CompileFail", message, None, 0)
            elif failed:
                yield TestResult(name, method, "Fail", f"@TestSetup failed: {failed.message}", failed.trace, 0)
            else:
                with undone(apex.org):
                    yield _method(apex, name, method, bool(found["seesAllData"] or method in found["seesAllDataIn"]))


def _set_up(apex: Apex, found: Listed) -> TestResult | None:
    for method in found["setup"]:
        result = _method(apex, found["class"], method)
        if not result.passed:
            return result
    return None


def _method(apex: Apex, name: str, method: str, sees_all_data: bool = False) -> TestResult:
    apex.running_user = administrator = apex.org.administrator().user.id
    report = apex.request(
        "test", **{"class": name}, method=method, seesAllData=sees_all_data, **apex.who(administrator)
    )
    apex.org.permissions_changed()
    if report["ok"]:
        return TestResult(name, method, "Pass", None, None, report["ms"], report["used"])
    outcome = "CompileFail" if report["type"] == "CompileError" else "Fail"
    message = f"{report['type']}: {report['message']}"
    return TestResult(name, method, outcome, message, report["trace"], report["ms"], report["used"])
