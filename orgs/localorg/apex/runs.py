"""Test runs as the Tooling API starts and shows them: each on a copy of the org, one after another, in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localorg import ids
from localorg.apex import testing
from localorg.apex.testing import Selection, TestReport, TestResult

if TYPE_CHECKING:
    from localorg.engine import Org

logger = logging.getLogger("localorg.apex")


@dataclass
class QueueItem:
    """One class of a run."""

    id: str
    class_name: str
    class_id: str
    status: str = "Queued"
    extended: str | None = None


@dataclass
class TestRun:
    __test__ = False

    id: str
    result_id: str
    items: dict[str, QueueItem]  # by class name
    started: datetime
    ended: datetime | None = None
    results: list[tuple[str, TestResult, datetime]] = field(default_factory=list)  # (id, result, when)
    problem: str | None = None

    @property
    def status(self) -> str:
        if self.ended is None:
            return "Processing"
        return "Failed" if self.problem else "Completed"


class TestRuns:
    """What was run since the org was opened; coverage is that of the newest run that reached a class."""

    __test__ = False

    def __init__(self, org: Org) -> None:
        self.org = org
        self.all: dict[str, TestRun] = {}
        self.coverage: dict[tuple[str, str], dict[str, Any]] = {}
        self._numbers: dict[str, int] = {}
        self._turn = threading.Lock()

    def start(self, selection: Selection, class_ids: Mapping[str, str]) -> TestRun:
        """Run in the background; the run is known at once."""
        run = self._new(selection, class_ids)
        threading.Thread(target=self._run, args=(run, selection), name=f"tests-{run.id}", daemon=True).start()
        return run

    def run(self, selection: Selection, class_ids: Mapping[str, str]) -> TestRun:
        """Run now, and give the finished run."""
        run = self._new(selection, class_ids)
        self._run(run, selection)
        return run

    def _new(self, selection: Selection, class_ids: Mapping[str, str]) -> TestRun:
        items = {name: QueueItem(self._next("709"), name, class_ids[name]) for name in selection}
        run = TestRun(self._next("707"), self._next("05m"), items, self.org.clock.now())
        self.all[run.id] = run
        return run

    def _next(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return ids.make(prefix, self._numbers[prefix])

    def _run(self, run: TestRun, selection: Selection) -> None:
        with self._turn:
            for item in run.items.values():
                item.status = "Processing"
            try:
                self._keep(run, testing.run_in_copy(self.org, selection, lambda result: self._told(run, result)))
            except Exception as problem:
                logger.exception("the test run %s failed", run.id)
                run.problem = str(problem)
            for item in run.items.values():
                item.status, item.extended = ("Failed", run.problem) if run.problem else ("Completed", item.extended)
            run.ended = self.org.clock.now()

    def _told(self, run: TestRun, result: TestResult) -> None:
        run.results.append((self._next("07M"), result, self.org.clock.now()))

    def _keep(self, run: TestRun, report: TestReport) -> None:
        for one in report.coverage:
            self.coverage[one["kind"], one["name"]] = one

    @property
    def percent(self) -> int:
        return testing.percent(list(self.coverage.values()))
