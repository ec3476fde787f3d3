"""What workers do when the bell rings, and what they do by the clock."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import huey
import structlog

from steward.bootstrap import Steward
from steward.jobs import alerts, queue
from steward.monitoring import observed, spans
from steward.monitoring.spans import Spans

if TYPE_CHECKING:
    from steward.jobs.rescoring import Rescoring, Round

BELLS = 4  # waiting bells beyond which another one changes nothing
PERSON, BATCH, HOUSEKEEPING = 10, 5, 1

log = structlog.get_logger("worker")


class Tasks:
    """The queue with its tasks. A process that only rings (the service) never builds a desk."""

    def __init__(self, make: Callable[[], Steward]) -> None:
        self._make = make
        self._steward: Steward | None = None
        self._rescoring: Rescoring | None = None
        self._bell_at: dt.datetime | None = None  # when the last bell put off will ring
        settings = make().settings
        self.queue = queue.build(settings)
        self.spans = Spans(settings.traces_url, "worker")
        self._work = self.queue.task(priority=BATCH, name="work")(self.work)
        self._alert = self.queue.task(retries=5, retry_delay=15, retry_backoff=2, priority=PERSON, name="alert")(
            self.send_alert
        )
        self.queue.periodic_task(huey.crontab(minute="*"), priority=HOUSEKEEPING, name="sweep")(self.sweep)
        self.queue.periodic_task(huey.crontab(minute="17", hour="3"), priority=HOUSEKEEPING, name="forget")(self.forget)

    @property
    def steward(self) -> Steward:
        """This process's own: a worker forks, and neither connections nor the engine may cross a fork."""
        if self._steward is None:
            self._steward = self._make()
        return self._steward

    def open_desk(self) -> Rescoring:
        """Everything loaded and compiled before the first event; an org that is down now is tried again then."""
        from steward.jobs.rescoring import Rescoring  # noqa: PLC0415  models and engine: not for those who only ring
        from steward.live.realtime import Desk  # noqa: PLC0415

        desk = Desk(self.steward)
        desk.warm()
        self._rescoring = Rescoring(self.steward, desk, time.perf_counter)
        self._take_back(self._rescoring)
        log.info("ready")
        return self._rescoring

    def close_desk(self) -> None:
        self.spans.close()
        if self._rescoring is not None:
            self._rescoring.close()
        if self._steward is not None:
            self._steward.close()

    # Called by whoever has work for workers

    def ring(self) -> None:
        """Wakes a worker, unless bells enough wait already."""
        if self.queue.pending_count() < BELLS:
            self._work()

    def alert(self, kind: str, text: str) -> None:
        """Tells people by Slack or Teams, where one is set."""
        if alerts.targets(self.steward.settings):
            self._alert(kind, text)

    # Tasks

    def work(self) -> None:
        """One round, then a bell for the next: now where more is due, later where something waits for its time."""
        done = (self._rescoring or self.open_desk()).round()
        if done is not None:
            self._tell(done)
        due = self.steward.inbox.next_due()
        if due is None:
            return
        now = self.steward.now()
        if due <= now:
            self.ring()
        elif self._bell_at is None or self._bell_at < now or due < self._bell_at:  # else one rings before
            self._bell_at = due
            self._work.schedule(delay=(due - now).total_seconds() + 0.1)

    def sweep(self) -> None:
        """A bell for what no bell announces: a lost queue, a worker that died with its leases."""
        if self._rescoring is not None:
            self._take_back(self._rescoring)
        if self.steward.inbox.depth().waiting:
            self.ring()

    def _take_back(self, rescoring: Rescoring) -> None:
        done = rescoring.take_back()
        if done.claimed:
            self._tell(done)
            self.ring()

    def forget(self) -> None:
        days = self.steward.settings.event_memory_days
        forgotten = self.steward.inbox.forget_before(self.steward.now() - dt.timedelta(days=days))
        log.info("forgot", events=forgotten)

    def send_alert(self, kind: str, text: str) -> None:
        alerts.send(self.steward.settings, kind, text)

    def _tell(self, done: Round) -> None:
        """Logs and measures a round; one line a donor, so that a trace can be followed to its end."""
        now = self.steward.now()
        observed.round_done(done, now)
        spans.round_done(self.spans, done, now)
        for claims, outcome in ((done.answered, "answered"), (done.gone, "gone"), (done.dead, "dead letter")):
            for claim in claims:
                waited = round((now - claim.asked_at).total_seconds(), 3)
                log.info(outcome, donor=claim.donor_key, correlation_id=claim.correlation_id, waited=waited)
        for claim, code, message in done.failed:
            log.warning(
                "failed", donor=claim.donor_key, correlation_id=claim.correlation_id, code=code, message=message
            )
        if done.dead:
            self.alert("dead letters", f"{len(done.dead)} donors could not be scored and wait for a person.")
        if done.major:
            self.alert(
                "major gift",
                f"{len(done.major)} households became major gift prospects just now: see the list High-value prospects.",
            )


def consumer(tasks: Tasks, workers: int) -> Any:
    """A Huey consumer with so many worker processes; TERM lets each finish its round."""
    tasks.queue.on_startup(name="desk")(_quietly(tasks.open_desk))
    tasks.queue.on_shutdown(name="desk")(tasks.close_desk)
    return tasks.queue.create_consumer(
        workers=workers, worker_type="process", initial_delay=0.05, max_delay=0.15, backoff=1.2,
        scheduler_interval=1, check_worker_health=True, health_check_interval=1, graceful_signal="TERM",
    )  # fmt: skip


def _quietly(start: Callable[[], object]) -> Callable[[], None]:
    def started() -> None:
        try:
            start()
        except Exception as error:  # the org or the models are not there yet: the first bell tries again
            log.warning("not ready", error=str(error))

    return started
