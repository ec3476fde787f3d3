"""Scores on demand: the freshest honest answer there is, and its name.

`Real-time`: an event made it, or the org was read just now. `Nightly`: the last run concluded it from last night's facts.
`Last known`: an older answer, with its age. `Rule`: no model has spoken, so a plain rule does. Never nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import structlog

from steward.bootstrap import Steward
from steward.errors import StewardError
from steward.live import serving_answers
from steward.live.serving_answers import MONTHS, Answers
from steward.night import scored
from steward.outcomes import OUTCOMES

REAL_TIME, NIGHTLY, LAST_KNOWN, RULE, UNKNOWN = "Real-time", "Nightly", "Last known", "Rule", "Unknown donor"
FRESH_FOR = dt.timedelta(hours=36)  # a night, and half of one that is late
_LOOK_AGAIN, _LOOK_SOON = dt.timedelta(seconds=15), dt.timedelta(seconds=1)  # the second while there is nothing yet

log = structlog.get_logger("service")


@dataclass(frozen=True)
class Night:
    """The newest full run: when it read the org, and what it concluded of each donor."""

    path: pathlib.Path
    known_until: dt.datetime
    answers: Answers


class Serving:
    """Answers one process gives. A newer run is seen within seconds, without a restart."""

    def __init__(self, steward: Steward) -> None:
        self._steward = steward
        self._night: Night | None = None
        self._looked: dt.datetime | None = None
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    @property
    def ready(self) -> bool:
        return self._night is not None

    def refresh(self) -> None:
        """Takes up the newest run: the first one at once, a newer one beside the answers that are given meanwhile."""
        now = self._steward.now()
        with self._lock:
            if self._looked is not None and now - self._looked < (_LOOK_AGAIN if self.ready else _LOOK_SOON):
                return
            self._looked = now
        if self.ready:
            threading.Thread(target=self._look, name="newer run", daemon=True).start()
        else:
            self._look()

    def answer(self, donor_keys: Sequence[str]) -> list[dict[str, Any]]:
        """One entry a donor (pseudonyms), in their order; an unknown one has the source `Unknown donor`."""
        self.refresh()
        live, night = self._steward.inbox.answers(donor_keys), self._night
        nightly = night.answers.of(donor_keys) if night else {}
        return [self._one(live.get(key), night, nightly.get(key)) for key in donor_keys]

    def _one(
        self, live: tuple[dt.datetime, dict[str, Any]] | None, night: Night | None, row: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        now = self._steward.now()
        if live is not None and (night is None or live[0] > night.known_until):
            return entry(REAL_TIME if now - live[0] < FRESH_FOR else LAST_KNOWN, live[0], now, live[1])
        if night is None or row is None:
            return {"source": UNKNOWN}
        fresh = now - night.known_until < FRESH_FOR
        answer = entry(NIGHTLY if fresh else LAST_KNOWN, night.known_until, now, row)
        if not answer["outcomes"] and not answer["excluded_reason"]:
            answer |= {"source": RULE, "outcomes": rule_of_thumb(row.get(MONTHS))}
        return answer

    def _look(self) -> None:
        """What cannot be loaded leaves the old in place: a person gets what is known, the log gets the reason."""
        with self._loading:
            try:
                self._load()
            except StewardError as error:
                log.error("cannot load", error=type(error).__name__, detail=str(error))
            except (OSError, duckdb.Error, sqlite3.Error) as error:  # a library's words may hold what was read
                log.error("cannot load", error=type(error).__name__)

    def _load(self) -> None:
        done = [run for run in self._steward.state.runs(20) if run.stage in ("scored", "written", "proven")]
        full = next((run for run in done if run.scope is None), None)
        if full is None:
            return
        concluded = scored.require(self._steward.home / "runs", full.run_id)
        path = serving_answers.place(self._steward.home / "serving", concluded)
        if self._night is None or self._night.path != path:
            self._night = Night(path, full.started_at, serving_answers.prepared(path, concluded))


def rule_of_thumb(months_since_last_gift: float | None) -> dict[str, Any]:
    """What a fundraiser would say without any model: who gave within a year is likelier to give than who did not."""
    recent = months_since_last_gift is not None and months_since_last_gift < 12
    why = "gave within the last 12 months" if recent else "has not given within the last 12 months"
    first = OUTCOMES[0]
    return {
        first.field_prefix: {
            "title": first.title, "score": None, "band": "Medium" if recent else "Low", "rank": None,
            "method": "Rule", "model": "rule of thumb", "confidence": "Low",
            "helps": [why] if recent else [], "holds_back": [] if recent else [why],
        }
    }  # fmt: skip


def entry(source: str, known_until: dt.datetime, now: dt.datetime, row: Mapping[str, Any]) -> dict[str, Any]:
    """A profile row in the service's words."""
    return {
        "source": source,
        "known_until": known_until.isoformat(),
        "age_hours": round((now - known_until).total_seconds() / 3600, 2),
        "segment": row.get("Segment__c"),
        "next_step": row.get("Next_Step__c"),
        "excluded_reason": row.get("Excluded_Reason__c"),
        "suggested_ask": None if row.get("Suggested_Ask__c") is None else float(row["Suggested_Ask__c"]),
        "outcomes": _told(row),
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The outcomes of a profile row that bring their reasons, as the card shows them."""
    reasons = json.loads(row.get("Reasons__c") or "{}")
    return {
        prefix: {
            "title": why["title"], "score": row.get(f"{prefix}_Score__c"), "band": row.get(f"{prefix}_Band__c"),
            "rank": row.get(f"{prefix}_Rank__c"), "method": why["method"], "model": why["model"],
            "confidence": why["confidence"], "helps": why["helps"], "holds_back": why["holds_back"],
        }
        for prefix, why in reasons.items() if isinstance(why, dict) and "helps" in why
    }  # fmt: skip
