"""Asynchronous Apex in the org: jobs as AsyncApexJob shows them, run in order after the transaction that asked for them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localorg import ids

if TYPE_CHECKING:
    from localorg.engine import Org

KEPT = 1000


@dataclass
class Job:
    id: str
    kind: str
    class_name: str
    method: str | None
    created: datetime
    status: str = "Queued"
    problem: str | None = None
    completed: datetime | None = None


class Jobs:
    """In memory: an org that restarts forgets what was still queued, and its list says so by not having it."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.all: OrderedDict[str, Job] = OrderedDict()
        self.ready: list[dict[str, Any]] = []
        self._number = 0
        self._lock = threading.Lock()

    def queued(self, kind: str, class_name: str, method: str | None) -> str:
        with self._lock:
            self._number += 1
            made = Job(ids.make("707", self._number), kind, class_name, method, self.org.clock.now())
            self.all[made.id] = made
            while len(self.all) > KEPT:
                self.all.popitem(last=False)
        return made.id

    def started(self, job_id: str | None) -> None:
        if found := self.all.get(job_id or ""):
            found.status = "Processing"

    def ended(self, job_id: str | None, problem: str | None) -> None:
        if found := self.all.get(job_id or ""):
            found.status = "Failed" if problem else "Completed"
            found.problem = problem
            found.completed = self.org.clock.now()

    def scheduled(self, name: str, expression: str, class_name: str) -> str:
        self._number += 1
        return ids.make("08e", self._number)

    def aborted(self, job_id: str) -> None:
        if job_id in self.all:
            self.all[job_id].status = "Aborted"

    def accept(self, queued: list[dict[str, Any]]) -> None:
        """Jobs whose transaction was committed."""
        with self._lock:
            self.ready.extend(queued)
