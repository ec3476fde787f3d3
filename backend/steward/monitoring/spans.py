"""Traces for OpenTelemetry, where STEWARD_TRACES_URL is set: what each hop of an event or a request took.

A hop's span is made when it has ended, from times that are measured anyway. Its trace is the correlation id. It says the
route, the stage, the outcome: never who, not even by a pseudonym.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

    from steward.jobs.rescoring import Round
    from steward.state.inbox import Claim

Attributes = Mapping[str, str | int | float]


class Spans:
    """Sends spans in the background of one process; without an address it does nothing."""

    def __init__(self, url: str, part: str) -> None:
        self._url, self._part = url, part
        self._provider: TracerProvider | None = None
        self._process = 0

    def hop(self, name: str, trace: str, began: dt.datetime, ended: dt.datetime, attributes: Attributes) -> None:
        """One span in the trace that this correlation id names."""
        if not self._url:
            return
        span = (
            self._sender()
            .get_tracer("steward")
            .start_span(name, _inside(trace), attributes=dict(attributes), start_time=_nanoseconds(began))
        )
        span.end(_nanoseconds(ended))

    def close(self) -> None:
        """Sends what waits."""
        if self._provider is not None:
            self._provider.shutdown()

    def _sender(self) -> TracerProvider:
        """This process's own: its thread does not survive a fork."""
        if self._provider is None or self._process != os.getpid():
            self._provider, self._process = _provider(self._url, self._part), os.getpid()
        return self._provider


def round_done(spans: Spans, done: Round, now: dt.datetime) -> None:
    """Each event's way to its end, and in the same trace what the round that answered it spent by stage."""
    stages: dict[str, float] = {f"seconds.{stage}": round(seconds, 4) for stage, seconds in done.seconds.items()}
    failed = [claim for claim, _, _ in done.failed]
    ends: Sequence[tuple[str, Sequence[Claim]]] = (
        ("answered", done.answered), ("gone", done.gone), ("failed", failed),
    )  # fmt: skip
    for outcome, claims in ends:
        for claim in claims:
            facts: Attributes = {"outcome": outcome, "attempts": claim.attempts, "donors": done.claimed, **stages}
            spans.hop("event to profile", claim.correlation_id, claim.asked_at, now, facts)


def _provider(url: str, part: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  only where asked
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    made = TracerProvider(resource=Resource.create({"service.name": f"steward-{part}"}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    return made


def _inside(trace: str) -> Context:
    """A correlation id of 32 hexadecimal digits is a trace id; any other is hashed to one."""
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context  # noqa: PLC0415

    hexadecimal = len(trace) == 32 and all(one in "0123456789abcdef" for one in trace) and int(trace, 16)
    number = int(trace, 16) if hexadecimal else int(hashlib.sha256(trace.encode()).hexdigest()[:32], 16)
    parent = SpanContext(number, random.getrandbits(64) or 1, is_remote=True, trace_flags=TraceFlags(1))
    return set_span_in_context(NonRecordingSpan(parent))


def _nanoseconds(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1e9)
