"""The core in one pass: from a ledger and a date to one answer a giving unit. Values in, values out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from steward import explain, outcomes, scoring
from steward.decide import asks, channels, priority, sustainers
from steward.decide.channels import Preference
from steward.decide.policy import MAJOR_GIFT_PROSPECT, UPGRADE_READY, Policy
from steward.decide.segments import segments
from steward.decide.sustainers import Growth, Health, Standing
from steward.donors import Ledger
from steward.facts import facts
from steward.models import Model
from steward.models.frames import to_frame
from steward.models.treetables import Floats
from steward.profiles import OutcomeAnswer, UnitAnswer
from steward.value import ValueAnswer, ValueModel
from steward.value import answers as value_answers

BATCH = 25_000  # units whose contributions are held at once


@dataclass(frozen=True)
class Assessment:
    """`frame`: one row a unit with its facts; `answers`: what follows from them; `members`: the Contacts concerned."""

    frame: pd.DataFrame
    answers: Mapping[str, UnitAnswer]
    members: pd.DataFrame


@dataclass(frozen=True)
class Ways:
    """By what units are answered: the models that speak, the policy and the date."""

    champions: Sequence[Model]
    value: ValueModel | None
    policy: Policy
    as_of: dt.date
    symbol: str = "$"
    threads: int = 1


class _Unit(NamedTuple):
    """One unit's plain facts that decisions look at; None where there is none."""

    last_gift: float | None
    usual_gift: float | None
    average_gift: float | None
    largest_recent_gift: float | None
    recurring_months: int | None
    affinity: str | None
    channels: tuple[Preference, ...]
    standing: Standing | None


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
    """Answers for the units of these Contacts (pseudonyms), or for all.

    `known`: the facts of this ledger and date, where someone has that expression at hand.
    """
    members = ledger.members
    found = facts(ledger, gaus, as_of) if known is None else known
    if contacts is not None:
        chosen = ibis.memtable({"contact_id": sorted(contacts)}, schema={"contact_id": "string"})
        units = members.semi_join(chosen, "contact_id").select("unit_id").distinct()
        members = members.semi_join(units, "unit_id")
        found = found.semi_join(units, "unit_id")
    frame = to_frame(found)
    ways = Ways(champions, value, policy, as_of, symbol, threads)
    answers: dict[str, UnitAnswer] = {}
    for start in range(0, len(frame), BATCH):
        answers |= answered(frame.iloc[start : start + BATCH].reset_index(drop=True), ways)
    people = members.to_pyarrow().to_pandas().sort_values("contact_id", kind="stable", ignore_index=True)
    return Assessment(frame, answers, people)


def answered(frame: pd.DataFrame, ways: Ways) -> dict[str, UnitAnswer]:
    """One answer a unit: scores that agree, what comes first, the reasons of what matters, and what follows.

    A unit's answer follows from its own row of `frame` (see facts.py), the ways and the month, and for a unit whose card
    is about to expire from the day: not from who else is in the batch.
    """
    policy, models = ways.policy, {model.outcome: model for model in ways.champions}
    parts = {key: _contributions(model, frame, ways.threads) for key, model in models.items()}
    alone = {key: scoring.score(model, frame, parts[key], ways.threads) for key, model in models.items()}
    scored = scoring.consistent(alone, models)
    bands = _bands(scored)
    firsts, told = _by_bands(bands, policy)
    spoken = {key: _tell(models[key], frame, scored[key], parts[key], told, ways.symbol) for key in scored}
    worth = value_answers(ways.value, frame, ways.as_of) if ways.value is not None else {}
    by_prefix = {outcomes.get(key).field_prefix: table.set_index("unit_id")["band"] for key, table in scored.items()}
    segment = segments(_for_segments(frame), pd.DataFrame(by_prefix, index=frame["unit_id"], dtype=object), policy)
    found = {}
    for unit, known, own in zip(frame["unit_id"], _units(frame), segment, strict=True):
        eligible, kept, amounts = bands.get(unit, {}), told.get(unit, ()), worth.get(unit)
        grows, returns = (spoken.get(key, {}).get(unit) for key in ("recurring_upgrade", "reactivation"))
        found[unit] = UnitAnswer(
            segment=own,
            outcomes=tuple([spoken[key][unit] for key in dict.fromkeys((*kept, *eligible))]),
            ask=_ask(known, own, policy, ways.symbol, amounts),
            value=amounts,
            affinity=known.affinity,
            told=len(kept),
            priority=firsts.get(unit),
            health=_health(known, eligible, grows, ways) if known.standing else None,
            reactivation_value=_value_of_return(returns, known, amounts),
            channels=known.channels,
        )
    return found


def _by_bands(
    bands: Mapping[str, Mapping[str, str]], policy: Policy
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """unit → title of what comes first, unit → outcomes whose reasons are kept; units share few sets of bands."""
    known: dict[tuple[tuple[str, str], ...], tuple[str, tuple[str, ...]]] = {}
    firsts, told = {}, {}
    for unit, found in bands.items():
        key = tuple(found.items())
        if key not in known:
            first = priority.first(found, policy)
            known[key] = outcomes.get(first).title if first else "", priority.told(found, policy)
        title, told[unit] = known[key]
        if title:
            firsts[unit] = title
    return firsts, told


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
    silent = explain.Reasons()
    reasons = [why.get(unit, silent) for unit in rows["unit_id"]]
    columns = (
        itertools.repeat(outcome.field_prefix),
        itertools.repeat(outcome.title),
        itertools.repeat(None) if outcome.rank_only else scored["score"].astype(float).tolist(),
        scored["band"].tolist(),
        scored["rank_top_percent"].tolist(),
        itertools.repeat(model.method.capitalize()),
        itertools.repeat(model.version),
        [one.helps for one in reasons],
        [one.holds_back for one in reasons],
        explain.confidence(model, rows, scored["probability"].to_numpy(np.float64)).tolist(),
    )
    return dict(zip(scored["unit_id"], map(OutcomeAnswer, *columns), strict=True))


def _for_segments(frame: pd.DataFrame) -> pd.DataFrame:
    """The plain facts that the rules of segments look at, one row a unit."""
    return pd.DataFrame(
        {
            "gifts": frame["gift_count"],
            "months_since_first_gift": frame["months_since_first_gift"],
            "months_since_last_gift": frame["months_since_last_gift"],
            "years_in_a_row": frame["years_in_a_row"],
            "largest_gift": frame["largest_gift"],
            "gives_monthly": frame["recurring_gifts_3m"].fillna(0) >= 1,
        }
    ).set_index(frame["unit_id"])


def _units(frame: pd.DataFrame) -> Iterator[_Unit]:
    """Each unit's facts, in the order of the rows."""
    numbers = {
        "last_gift": frame["last_gift"],
        "usual_gift": frame["average_gift_12m"].fillna(frame["average_gift"]),
        "average_gift": frame["average_gift"],
        "largest_recent_gift": frame["largest_gift_24m"].fillna(frame["largest_gift"]),
    }
    months = [None if month is None else int(month) for month in _plain(frame["recurring_months"])]
    times = (frame[list(channels.COUNTS)].fillna(0).to_numpy(np.int64)).tolist()
    return map(
        _Unit,
        *(_plain(column) for column in numbers.values()),
        months,
        _plain(frame["affinity"]),
        [channels.preferences(tuple(one)) for one in times],
        _standings(frame),
    )


def _standings(frame: pd.DataFrame) -> list[Standing | None]:
    """How the running pledges of those who have one stand."""
    found: list[Standing | None] = [None] * len(frame)
    sustains = frame["running"].notna().to_numpy()
    rows = frame.loc[sustains, ["running", "paused", "missed", "card_expires_on", "answered_before", "answered"]]
    columns = [_plain(rows[name]) for name in rows]
    for place, (running, paused, missed, card, before, lately) in zip(
        np.flatnonzero(sustains), zip(*columns, strict=True), strict=True
    ):
        found[place] = Standing(int(running), int(paused), int(missed), card, bool(before), bool(lately))
    return found


def _plain(column: pd.Series) -> list[Any]:
    """Python's own values, None where there is none."""
    found: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return found


def _ask(unit: _Unit, segment: str, policy: Policy, symbol: str, worth: ValueAnswer | None) -> asks.Ask | None:
    major = unit.largest_recent_gift if segment == MAJOR_GIFT_PROSPECT else None
    likely = worth.expected_gift.amount if worth is not None and worth.ask_from_model else None
    return asks.suggest(unit.last_gift, unit.usual_gift, segment == UPGRADE_READY, policy, symbol, major, likely)


def _health(unit: _Unit, bands: Mapping[str, str], grows: OutcomeAnswer | None, ways: Ways) -> Health | None:
    if unit.standing is None:
        return None
    months = unit.recurring_months
    growth = Growth(grows.band, grows.rank, months) if grows else Growth(months=months)
    return sustainers.health(unit.standing, bands.get("recurring_churn"), growth, ways.policy, ways.as_of)


def _value_of_return(answer: OutcomeAnswer | None, unit: _Unit, worth: ValueAnswer | None) -> float | None:
    """The chance of a return times the amount to expect: the value model's, else midway between last and average gift."""
    if answer is None or answer.score is None or unit.last_gift is None or unit.average_gift is None:
        return None
    amount = worth.expected_gift.amount if worth is not None else (unit.last_gift + unit.average_gift) / 2
    return round(answer.score / 100 * amount, 2)
