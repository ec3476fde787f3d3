"""Sees from within the service whether the night and real time do their work, and tells people once where they do not.

The service watches because what has stopped, a worker or a timer, cannot say so itself.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass

import structlog

from steward.bootstrap import Steward
from steward.errors import StewardError
from steward.jobs import alerts
from steward.state.once import Once

EVERY = 60.0  # seconds between two looks
STOPPED = dt.timedelta(minutes=10)  # a donor who waits longer than this means that no worker works
REMEMBERED = dt.timedelta(days=7)  # for which one trouble is told once
log = structlog.get_logger("watch")


@dataclass(frozen=True)
class Trouble:
    kind: str
    text: str
    since: str  # tells one occasion from the next


@dataclass(frozen=True)
class Freshness:
    """Whether the last night's scores were in the org when they were `due`, or have come since."""

    due: dt.datetime
    last: dt.datetime | None
    in_time: bool
    caught_up: bool


def freshness(steward: Steward) -> Freshness:
    hour, minute = map(int, steward.settings.scored_by.split(":"))
    now = steward.now().astimezone(steward.zone)
    due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    due = due if due <= now else due - dt.timedelta(days=1)
    full = [one for one in steward.state.runs(20) if one.scope is None and one.status.startswith("Completed")]
    ends = sorted(one.finished_at for one in full if one.finished_at)
    in_time = any(due - dt.timedelta(days=1) < end <= due for end in ends)
    return Freshness(due, ends[-1] if ends else None, in_time, bool(ends and ends[-1] > due))


def troubles(steward: Steward) -> list[Trouble]:
    """What a person should know now; an organization that has never had a run misses none."""
    found = []
    fresh, now = freshness(steward), steward.now()
    if fresh.last and not (fresh.in_time or fresh.caught_up):
        text = f"No run over all donors was completed by {fresh.due:%Y-%m-%d %H:%M}. See `steward status`."
        found.append(Trouble("missed night", text, fresh.due.isoformat()))
    for run in steward.state.runs(5):
        if run.status == "Failed" and run.finished_at and now - run.finished_at < dt.timedelta(days=1):
            text = f"The run of {run.started_at:%Y-%m-%d %H:%M} UTC failed. See `steward status`."
            found.append(Trouble("failed run", text, run.run_id))
    oldest = steward.inbox.depth().oldest
    if oldest is not None and now - oldest > STOPPED:
        minutes = int((now - oldest).total_seconds() // 60)
        text = f"Donors have waited for {minutes} minutes: real time has stopped. Do the workers run, and does the org answer?"
        found.append(Trouble("real time stopped", text, oldest.isoformat()))
    return found


class Watch:
    """Looks again and again in a thread of its own; however many processes watch, one of them tells."""

    def __init__(self, steward: Steward) -> None:
        self._steward = steward
        self._once = Once(steward.state.engine, steward.now)

    def start(self) -> None:
        if alerts.targets(self._steward.settings):
            threading.Thread(target=self._go_on, name="watch", daemon=True).start()

    def look(self) -> list[Trouble]:
        """Tells what was not told yet; what did not get through is told at the next look."""
        told = []
        for trouble in troubles(self._steward):
            occasion = f"{trouble.kind} {trouble.since}"
            if not self._once.first(occasion, self._steward.now() + REMEMBERED):
                continue
            try:
                alerts.send(self._steward.settings, trouble.kind, trouble.text)
            except StewardError:
                self._once.forget(occasion)
                raise
            told.append(trouble)
        return told

    def _go_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            try:
                self.look()
            except Exception as error:  # the watch must outlive whatever it sees
                told = str(error) if isinstance(error, StewardError) else None  # a library's words may hold an address
                log.warning("watch", error=type(error).__name__, detail=told)
