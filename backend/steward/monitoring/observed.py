"""What is measured of every hop, for Prometheus.

Counts and times come from all processes of this home; what waits is asked of the state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from steward.bootstrap import Steward
    from steward.jobs.rescoring import Round

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)

REQUESTS = Histogram("steward_request_seconds", "Time to answer a request.", ("route", "status"), buckets=_SECONDS)
EVENTS = Counter("steward_events", "Events that senders delivered, by what became of them.", ("outcome",))
TOKENS = Counter("steward_tokens_refused", "Requests whose credentials or token were refused.", ("reason",))
SCORES = Counter("steward_scores", "Donors answered on demand, by the source of the answer.", ("source",))
STAGES = Histogram("steward_stage_seconds", "Time of a round's stages.", ("stage",), buckets=_SECONDS)
EVENT_AGE = Histogram(
    "steward_event_to_profile_seconds", "From an event's arrival to its answer in the org.", buckets=_SECONDS
)
PROFILES = Counter("steward_profiles", "Profiles in real time, by what became of them.", ("outcome",))
DONORS = Counter("steward_donors", "Donors worked on in real time, by what became of them.", ("outcome",))


def round_done(done: Round, now: dt.datetime) -> None:
    for claim in done.answered:
        EVENT_AGE.observe(max(0.0, (now - claim.asked_at).total_seconds()))
    for stage, seconds in done.seconds.items():
        STAGES.labels(stage).observe(seconds)
    PROFILES.labels("written").inc(done.written)
    PROFILES.labels("different on reading back").inc(len(done.differing))
    PROFILES.labels("kept").inc(done.kept)
    numbers = {
        "answered": len(done.answered), "gone": len(done.gone), "failed": len(done.failed), "dead": len(done.dead),
    }  # fmt: skip
    for outcome, number in numbers.items():
        DONORS.labels(outcome).inc(number)


class Waiting(Collector):
    """The queue as the state has it at this moment."""

    def __init__(self, steward: Steward) -> None:
        self._steward = steward

    def collect(self) -> Iterator[Metric]:
        depth = self._steward.inbox.depth()
        donors = GaugeMetricFamily("steward_queue_donors", "Donors in the inbox.", labels=("state",))
        donors.add_metric(("waiting",), depth.waiting - depth.leased)
        donors.add_metric(("in work",), depth.leased)
        donors.add_metric(("given up",), depth.dead)
        yield donors
        age = (self._steward.now() - depth.oldest).total_seconds() if depth.oldest else 0.0
        yield GaugeMetricFamily("steward_queue_oldest_seconds", "How long the oldest donor waits.", value=age)
        letters = len(self._steward.state.dead_letters())
        yield GaugeMetricFamily("steward_dead_letters", "Open dead letters of runs and events.", value=letters)
        runs = [one for one in self._steward.state.runs(20) if one.status.startswith("Completed") and one.finished_at]
        if runs and runs[0].finished_at:
            done = runs[0].finished_at.timestamp()
            yield GaugeMetricFamily("steward_last_run_completed", "When the last run was completed.", value=done)


def page(steward: Steward) -> bytes:
    """What `/metrics` shows: every process's counts (this one's alone where it is alone) together with what waits."""
    registry = CollectorRegistry()
    if values.ValueClass is values.MutexValue:
        registry.register(REGISTRY)
    else:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Waiting(steward))
    return bytes(generate_latest(registry))
