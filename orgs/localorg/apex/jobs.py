"""Asynchronous Apex in the org: rows of AsyncApexJob and CronTrigger, and a thread that runs what is due by the org's clock."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from localorg import clock, ids
from localorg.apex import cron
from localorg.model import SObject
from localorg.store import quote

if TYPE_CHECKING:
    import sqlite3

    from localorg.apex.runner import Apex

logger = logging.getLogger("localorg.apex")
LOOK_SECONDS = 0.2  # how soon a job is seen after the org's clock was moved
PREFIX, CRON_PREFIX, DETAIL_PREFIX = "707", "08e", "08a"


@dataclass(order=True)
class Waiting:
    """A job whose transaction was committed."""

    due: datetime
    number: int
    id: str = field(compare=False)
    kind: str = field(compare=False)
    user_id: str = field(compare=False)
    class_name: str = field(compare=False)
    expression: str | None = field(compare=False, default=None)


class Jobs:
    """Where the org has the tables, what becomes of a job is in its rows, and is undone with the transaction."""

    def __init__(self, apex: Apex) -> None:
        self.apex = apex
        self.org = apex.org
        self._waiting: list[Waiting] = []
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._busy = False
        self._number = 0

    # Rows

    def queued(self, kind: str, class_name: str, method: str | None) -> str:
        """A new job of this kind; gives its id."""
        values = {
            "JobType": kind,
            "Status": "Queued",
            "MethodName": method,
            "ApexClassId": self.apex.class_id(class_name),
        }
        return self._add(
            "AsyncApexJob", PREFIX, values | {"TotalJobItems": 0, "JobItemsProcessed": 0, "NumberOfErrors": 0}
        )

    def started(self, job_id: str | None) -> None:
        self._change("AsyncApexJob", job_id, {"Status": "Processing"})

    def ended(self, job_id: str | None, problem: str | None) -> None:
        done = {"Status": "Failed" if problem else "Completed", "CompletedDate": self.org.clock.stamp()}
        self._change(
            "AsyncApexJob", job_id, done | ({"ExtendedStatus": problem[:255], "NumberOfErrors": 1} if problem else {})
        )

    def scheduled(self, name: str, expression: str, class_name: str) -> str:
        """A CronTrigger with its detail; gives the trigger's id."""
        due = self._next(expression, self.apex.running_user)
        detail = self._add("CronJobDetail", DETAIL_PREFIX, {"Name": name, "JobType": "7"})
        values = {"CronExpression": expression, "State": "WAITING", "TimesTriggered": 0, "CronJobDetailId": detail}
        values["NextFireTime"] = clock.stamp(due) if due else None
        return self._add("CronTrigger", CRON_PREFIX, values)

    def aborted(self, job_id: str) -> None:
        with self._news:
            self._waiting = [job for job in self._waiting if job.id != job_id]
        self._change("AsyncApexJob", job_id, {"Status": "Aborted"})
        if table := self._table("CronTrigger"):
            with self.org.store.write() as connection:
                connection.execute(f"DELETE FROM {quote(table.name)} WHERE Id = ?", (job_id,))  # noqa: S608

    def _table(self, name: str) -> SObject | None:
        return self.org.schema.get(name)

    def _add(self, name: str, prefix: str, values: dict[str, Any]) -> str:
        table = self._table(name)
        with self.org.store.write() as connection:
            made = ids.make(prefix, self.org.store.take_numbers(connection, "id:" + prefix, 1))
            if table is not None:
                now = self.org.clock.stamp()
                stamps = {"Id": made, "CreatedDate": now, "SystemModstamp": now, "CreatedById": self.apex.running_user}
                insert_row(connection, table, stamps | values)
        return made

    def _change(self, name: str, key: str | None, values: dict[str, Any]) -> None:
        table = self._table(name)
        if table is None or key is None:
            return
        known = {column: value for column, value in values.items() if table.get(column)}
        settings = ", ".join(f"{quote(column)} = ?" for column in known)
        with self.org.store.write() as connection:
            sql = f"UPDATE {quote(table.name)} SET {settings} WHERE Id = ?"  # noqa: S608
            connection.execute(sql, (*known.values(), key))

    # Running

    def accept(self, queued: list[dict[str, Any]]) -> None:
        """Jobs whose transaction was committed."""
        now = self.org.clock.now()
        with self._news:
            for job in queued:
                self._number += 1
                expression = job.get("expression")
                due = (
                    self._next(expression, job["user"])
                    if expression
                    else now + timedelta(minutes=job.get("delay") or 0)
                )
                if due:
                    made = Waiting(due, self._number, job["id"], job["kind"], job["user"], job["class"], expression)
                    self._waiting.append(made)
            if self._waiting and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="apex-jobs", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def wait_until_done(self, timeout: float = 30.0) -> bool:
        """Wait until nothing that is due is left to run."""
        with self._news:
            return self._news.wait_for(lambda: not self._busy and not self._due(), timeout)

    def close(self) -> None:
        with self._news:
            self._ended = True
            self._news.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    def _due(self) -> bool:
        now = self.org.clock.now()
        return any(job.due <= now for job in self._waiting)

    def _next(self, expression: str, user_id: str | None) -> datetime | None:
        """By the clock of the user who scheduled it."""
        with self.org.store.read() as connection:
            sql = "SELECT TimeZoneSidKey FROM User WHERE Id = ?"
            row = connection.execute(sql, (user_id,)).fetchone()
        return cron.next_after(expression, self.org.clock.now(), row[0] if row and row[0] else "UTC")

    def _work(self) -> None:
        while True:
            with self._news:
                self._busy = False
                self._news.notify_all()
                while not self._ended and not self._due():
                    self._news.wait(LOOK_SECONDS if self._waiting else None)
                if self._ended:
                    return
                job = min(self._waiting)
                self._waiting.remove(job)
                self._busy = True
            try:
                self._run(job)
            except Exception:
                logger.exception("the Apex job %s failed", job.id)

    def _run(self, job: Waiting) -> None:
        outcome = self.apex.run("job", job.user_id, job.kind, id=job.id, **{"class": job.class_name})
        if not outcome["ok"]:
            logger.warning(
                "the Apex job %s of %s failed: %s\n%s", job.id, job.class_name, outcome["message"], outcome["trace"]
            )
            self.ended(job.id, f"{outcome['type']}: {outcome['message']}")
        if job.expression and (due := self._next(job.expression, job.user_id)):
            self._fired(job, due)
            with self._news:
                self._waiting.append(
                    Waiting(due, job.number, job.id, job.kind, job.user_id, job.class_name, job.expression)
                )

    def _fired(self, job: Waiting, due: datetime) -> None:
        self._change(
            "CronTrigger",
            job.id,
            {"NextFireTime": clock.stamp(due), "PreviousFireTime": clock.stamp(datetime.now(UTC))},
        )


def insert_row(connection: sqlite3.Connection, table: SObject, values: dict[str, Any]) -> None:
    known = {name: value for name, value in values.items() if table.get(name)}
    columns = ", ".join(quote(name) for name in known)
    marks = ", ".join("?" * len(known))
    connection.execute(f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})", tuple(known.values()))  # noqa: S608
