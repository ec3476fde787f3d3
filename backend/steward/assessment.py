"""The core in one pass: from a ledger and a date to one answer a giving unit. Values in, values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from steward import explain, features, outcomes, scoring
from steward.decide import affinity, asks
from steward.decide.policy import MAJOR_GIFT_PROSPECT, UPGRADE_READY, Policy
from steward.decide.segments import segments
from steward.donors import Ledger
from steward.models import Model
from steward.models.frames import to_frame
from steward.profiles import OutcomeAnswer, UnitAnswer


@dataclass(frozen=True)
class Assessment:
    """`frame`: one row a unit with its features; `answers`: what follows from them; `members`: the Contacts concerned."""

    frame: pd.DataFrame
    answers: Mapping[str, UnitAnswer]
    members: pd.DataFrame


def assess(
    ledger: Ledger,
    gaus: ir.Table,
    champions: Sequence[Model],
    as_of: dt.date,
    policy: Policy,
    *,
    symbol: str = "$",
    threads: int = 1,
    contacts: Iterable[str] | None = None,
) -> Assessment:
    """Answers for the units of these Contacts (pseudonyms), or for all. `champions` come in the order of priority."""
    members = ledger.members
    computed = features.compute(ledger, as_of)
    if contacts is not None:
        chosen = ibis.memtable({"contact_id": sorted(contacts)}, schema={"contact_id": "string"})
        units = members.semi_join(chosen, "contact_id").select("unit_id").distinct()
        members = members.semi_join(units, "unit_id")
        computed = computed.semi_join(units, "unit_id")
    frame = to_frame(computed)
    told = {model.outcome: _tell(model, frame, threads, symbol) for model in champions}
    bands = pd.DataFrame(
        {
            outcomes.get(key).field_prefix: {unit: answer.band for unit, answer in answers.items()}
            for key, answers in told.items()
        },
        index=frame["unit_id"],
        dtype=object,
    )
    facts = _facts(frame)
    segment = segments(facts, bands, policy)
    clusters = affinity.clusters(ledger.gifts, gaus, as_of)
    answers = {
        unit: UnitAnswer(
            segment=segment[unit],
            outcomes=tuple(answers[unit] for answers in told.values() if unit in answers),
            ask=_ask(facts.loc[unit], segment[unit], policy, symbol),
            affinity=clusters.get(unit),
        )
        for unit in frame["unit_id"]
    }
    people = members.to_pyarrow().to_pandas().sort_values("contact_id", kind="stable", ignore_index=True)
    return Assessment(frame, answers, people)


def _tell(model: Model, frame: pd.DataFrame, threads: int, symbol: str) -> dict[str, OutcomeAnswer]:
    """One outcome for every eligible unit: score, band, rank, reasons, confidence."""
    outcome = outcomes.get(model.outcome)
    rows = scoring.eligible(model, frame)
    parts = model.boosted.contributions(rows, threads) if model.boosted is not None else None
    scored = scoring.score(model, frame, parts, threads)
    reasons = explain.reasons(model, rows, parts, symbol=symbol)
    confidence = explain.confidence(model, rows, scored["probability"].to_numpy(np.float64))
    return {
        row.unit_id: OutcomeAnswer(
            field_prefix=outcome.field_prefix,
            title=outcome.title,
            score=float(row.score),
            band=row.band,
            rank=int(row.rank_top_percent),
            method=model.method.capitalize(),
            version=model.version,
            helps=why.helps,
            holds_back=why.holds_back,
            confidence=sure,
        )
        for row, why, sure in zip(scored.itertuples(index=False), reasons, confidence, strict=True)
    }


def _facts(frame: pd.DataFrame) -> pd.DataFrame:
    """The plain facts that rules look at, one row a unit."""
    return pd.DataFrame(
        {
            "gifts": frame["gift_count"],
            "months_since_first_gift": frame["months_since_first_gift"],
            "months_since_last_gift": frame["months_since_last_gift"],
            "years_in_a_row": frame["years_in_a_row"],
            "largest_gift": frame["largest_gift"],
            "gives_monthly": frame["recurring_gifts_3m"].fillna(0) >= 1,
            "last_gift": frame["last_gift"],
            "largest_recent_gift": frame["largest_gift_24m"].fillna(frame["largest_gift"]),
            "usual_gift": frame["average_gift_12m"].fillna(frame["average_gift"]),
        }
    ).set_index(frame["unit_id"])


def _ask(facts: pd.Series, segment: str, policy: Policy, symbol: str) -> asks.Ask | None:
    last, usual = (None if pd.isna(facts[name]) else float(facts[name]) for name in ("last_gift", "usual_gift"))
    major = float(facts["largest_recent_gift"]) if segment == MAJOR_GIFT_PROSPECT else None
    return asks.suggest(last, usual, segment == UPGRADE_READY, policy, symbol, major)
