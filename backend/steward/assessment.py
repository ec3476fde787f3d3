"""The core in one pass: from a ledger and a date to one answer a giving unit. Values in, values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from steward import explain, features, outcomes, scoring
from steward.decide import affinity, asks, channels, priority, sustainers
from steward.decide.channels import Preference
from steward.decide.policy import MAJOR_GIFT_PROSPECT, UPGRADE_READY, Policy
from steward.decide.segments import segments
from steward.decide.sustainers import Growth, Health, Standing
from steward.donors import Ledger
from steward.models import Model
from steward.models.frames import to_frame
from steward.models.treetables import Floats
from steward.profiles import OutcomeAnswer, UnitAnswer
from steward.value import ValueAnswer, ValueModel
from steward.value import answers as value_answers

Facts = Mapping[str, Any]  # one unit's row of `_facts`

BATCH = 25_000  # units whose contributions are held at once


@dataclass(frozen=True)
class Assessment:
    """`frame`: one row a unit with its features; `answers`: what follows from them; `members`: the Contacts concerned."""

    frame: pd.DataFrame
    answers: Mapping[str, UnitAnswer]
    members: pd.DataFrame


@dataclass(frozen=True)
class _Around:
    """What is known of the units beside their features."""

    as_of: dt.date
    policy: Policy
    symbol: str
    threads: int
    clusters: Mapping[str, str]
    channels: Mapping[str, tuple[Preference, ...]]
    standings: Mapping[str, Standing]
    value: ValueModel | None


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
    value: ValueModel | None = None,
    known: ir.Table | None = None,
) -> Assessment:
    """Answers for the units of these Contacts (pseudonyms), or for all. `known`: the features of this ledger and date,
    where someone has that expression at hand."""
    members = ledger.members
    computed = features.compute(ledger, as_of) if known is None else known
    if contacts is not None:
        chosen = ibis.memtable({"contact_id": sorted(contacts)}, schema={"contact_id": "string"})
        units = members.semi_join(chosen, "contact_id").select("unit_id").distinct()
        members = members.semi_join(units, "unit_id")
        computed = computed.semi_join(units, "unit_id")
    frame = to_frame(computed)
    around = _Around(
        as_of, policy, symbol, threads,
        clusters=affinity.clusters(ledger.gifts, gaus, as_of),
        channels=channels.preferences(ledger.gifts, ledger.touches, as_of),
        standings=sustainers.standings(ledger, as_of),
        value=value,
    )  # fmt: skip
    models = {model.outcome: model for model in champions}
    answers: dict[str, UnitAnswer] = {}
    for start in range(0, len(frame), BATCH):
        part = frame.iloc[start : start + BATCH].reset_index(drop=True)
        answers |= _answers(part, models, around)
    people = members.to_pyarrow().to_pandas().sort_values("contact_id", kind="stable", ignore_index=True)
    return Assessment(frame, answers, people)


def _answers(frame: pd.DataFrame, models: Mapping[str, Model], around: _Around) -> dict[str, UnitAnswer]:
    """One answer a unit: scores that agree, what comes first, the reasons of what matters, and what follows."""
    policy = around.policy
    parts = {key: _contributions(model, frame, around.threads) for key, model in models.items()}
    alone = {key: scoring.score(model, frame, parts[key], around.threads) for key, model in models.items()}
    scored = scoring.consistent(alone, models)
    bands = _bands(scored)
    told = {unit: priority.told(found, policy) for unit, found in bands.items()}
    spoken = {
        key: _tell(models[key], frame, scored[key], parts[key], told, around.symbol) for key in scored
    }  # fmt: skip
    facts = _facts(frame)
    worth = value_answers(around.value, frame, around.as_of) if around.value is not None else {}
    by_prefix = {outcomes.get(key).field_prefix: table.set_index("unit_id")["band"] for key, table in scored.items()}
    segment = segments(facts, pd.DataFrame(by_prefix, index=frame["unit_id"], dtype=object), policy)
    found = {}
    plain = zip(frame["unit_id"], facts.to_dict("records"), segment, strict=True)
    for unit, fact, own in plain:
        eligible = bands.get(unit, {})
        first, kept = priority.first(eligible, policy), told.get(unit, ())
        found[unit] = UnitAnswer(
            segment=own,
            outcomes=tuple(spoken[key][unit] for key in dict.fromkeys([*kept, *eligible])),
            ask=_ask(fact, own, policy, around.symbol, worth.get(unit)),
            value=worth.get(unit),
            affinity=around.clusters.get(unit),
            told=len(kept),
            priority=outcomes.get(first).title if first else None,
            health=_health(
                around.standings.get(unit), eligible, spoken.get("recurring_upgrade", {}).get(unit), fact, around
            ),
            reactivation_value=_value_of_return(spoken.get("reactivation", {}).get(unit), fact, worth.get(unit)),
            channels=around.channels.get(unit, ()),
        )
    return found


def _contributions(model: Model, frame: pd.DataFrame, threads: int) -> Floats | None:
    return None if model.boosted is None else model.boosted.contributions(scoring.eligible(model, frame), threads)


def _bands(scored: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """unit → outcome → band, of the outcomes that are about the unit."""
    found: dict[str, dict[str, str]] = {}
    for key, table in scored.items():
        for unit, band in zip(table["unit_id"], table["band"], strict=True):
            found.setdefault(unit, {})[key] = band
    return found


def _tell(
    model: Model,
    frame: pd.DataFrame,
    scored: pd.DataFrame,
    parts: Floats | None,
    told: Mapping[str, Sequence[str]],
    symbol: str,
) -> dict[str, OutcomeAnswer]:
    """One outcome for every eligible unit: score, band, rank, confidence; reasons where they are kept."""
    outcome, rows = outcomes.get(model.outcome), scoring.eligible(model, frame)
    kept = np.array([model.outcome in told[unit] for unit in rows["unit_id"]], dtype=bool)
    spoken = explain.reasons(model, rows[kept], None if parts is None else parts[kept], symbol=symbol)
    why = dict(zip(rows["unit_id"][kept], spoken, strict=True))
    sure = explain.confidence(model, rows, scored["probability"].to_numpy(np.float64))
    silent = explain.Reasons()
    return {
        row.unit_id: OutcomeAnswer(
            field_prefix=outcome.field_prefix,
            title=outcome.title,
            score=None if outcome.rank_only else float(row.score),
            band=row.band,
            rank=int(row.rank_top_percent),
            method=model.method.capitalize(),
            version=model.version,
            helps=why.get(row.unit_id, silent).helps,
            holds_back=why.get(row.unit_id, silent).holds_back,
            confidence=confident,
        )
        for row, confident in zip(scored.itertuples(index=False), sure, strict=True)
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
            "recurring_months": frame["recurring_months"],
            "last_gift": frame["last_gift"],
            "average_gift": frame["average_gift"],
            "largest_recent_gift": frame["largest_gift_24m"].fillna(frame["largest_gift"]),
            "usual_gift": frame["average_gift_12m"].fillna(frame["average_gift"]),
        }
    ).set_index(frame["unit_id"])


def _ask(facts: Facts, segment: str, policy: Policy, symbol: str, worth: ValueAnswer | None) -> asks.Ask | None:
    last, usual = (None if pd.isna(facts[name]) else float(facts[name]) for name in ("last_gift", "usual_gift"))
    major = float(facts["largest_recent_gift"]) if segment == MAJOR_GIFT_PROSPECT else None
    likely = worth.expected_gift.amount if worth is not None and worth.ask_from_model else None
    return asks.suggest(last, usual, segment == UPGRADE_READY, policy, symbol, major, likely)


def _health(
    standing: Standing | None, bands: Mapping[str, str], grows: OutcomeAnswer | None, facts: Facts, around: _Around
) -> Health | None:
    if standing is None:
        return None
    months = None if pd.isna(facts["recurring_months"]) else int(facts["recurring_months"])
    growth = Growth(grows.band, grows.rank, months) if grows else Growth(months=months)
    return sustainers.health(standing, bands.get("recurring_churn"), growth, around.policy, around.as_of)


def _value_of_return(answer: OutcomeAnswer | None, facts: Facts, worth: ValueAnswer | None) -> float | None:
    """The chance of a return times the amount to expect: the value model's, else midway between last and average gift."""
    if answer is None or answer.score is None or pd.isna(facts["last_gift"]):
        return None
    usual = (float(facts["last_gift"]) + float(facts["average_gift"])) / 2
    amount = worth.expected_gift.amount if worth is not None else usual
    return round(answer.score / 100 * amount, 2)
