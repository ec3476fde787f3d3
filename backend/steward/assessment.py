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
from numpy.typing import NDArray

from steward import explain, outcomes, scoring
from steward.decide import asks, channels, priority, sustainers
from steward.decide.policy import MAJOR_GIFT_PROSPECT, UPGRADE_READY, Policy
from steward.decide.segments import segments
from steward.decide.sustainers import Growth, Standing
from steward.donors import Ledger
from steward.facts import facts
from steward.models import Model
from steward.models.frames import to_frame
from steward.models.treetables import Floats
from steward.profiles import Column, OutcomeAnswers, Places, UnitAnswers
from steward.value import ValueModel
from steward.value import answers as value_answers
from steward.words import ENGLISH, Language


@dataclass(frozen=True)
class Assessment:
    """`frame`: one row a unit with its facts; `answers`: what follows from them; `members`: the Contacts concerned."""

    frame: pd.DataFrame
    answers: UnitAnswers
    members: pd.DataFrame


@dataclass(frozen=True)
class Ways:
    """By what units are answered: the models that speak, the policy and the date."""

    champions: Sequence[Model]
    value: ValueModel | None
    policy: Policy
    as_of: dt.date
    language: Language = ENGLISH
    threads: int = 1


@dataclass(frozen=True)
class _Order:
    """What matters most for each unit, by its bands: which outcome stands for it, what comes first, whose reasons are kept."""

    main: Column
    priority: Column  # a title
    told: list[tuple[str, ...]]
    kept: Mapping[str, NDArray[np.bool_]]  # outcome → the units whose reasons of it are kept


def assess(
    ledger: Ledger,
    gaus: ir.Table,
    champions: Sequence[Model],
    as_of: dt.date,
    policy: Policy,
    *,
    language: Language = ENGLISH,
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
    answers = answered(frame, Ways(champions, value, policy, as_of, language, threads))
    people = members.to_pyarrow().to_pandas().sort_values("contact_id", kind="stable", ignore_index=True)
    return Assessment(frame, answers, people)


def answered(frame: pd.DataFrame, ways: Ways) -> UnitAnswers:
    """What is said of each unit: scores that agree, what comes first, the reasons of what matters, and what follows.

    A unit's answer follows from its own row of `frame` (see facts.py), the ways and the month, and for a unit whose card
    is about to expire from the day: not from who else is in the batch.
    """
    policy, models = ways.policy, {model.outcome: model for model in ways.champions}
    units = frame["unit_id"].to_numpy(object)
    rows = {key: scoring.eligible(model, frame) for key, model in models.items()}
    parts = {key: _contributions(model, rows[key], ways.threads) for key, model in models.items()}
    alone = {key: scoring.score(model, rows[key], parts[key], ways.threads) for key, model in models.items()}
    scored = scoring.consistent(alone, models)
    index = pd.Index(units)
    places = {key: index.get_indexer(pd.Index(rows[key]["unit_id"].to_numpy(object))) for key in scored}
    bands = {key: _spread(units, places[key], table["band"].to_numpy(object)) for key, table in scored.items()}
    order = _by_bands(bands, policy)
    said = {
        key: _tell(models[key], rows[key], table, parts[key], places[key], order.kept[key][places[key]], ways.language)
        for key, table in scored.items()
    }
    worth = value_answers(ways.value, frame, ways.as_of) if ways.value is not None else None
    by_prefix = {outcomes.get(key).field_prefix: column for key, column in bands.items()}
    segment = segments(_for_segments(frame), pd.DataFrame(by_prefix, index=units, dtype=object), policy).to_numpy(
        object
    )
    likely = np.full(len(units), np.nan)
    if worth is not None:
        likely[worth.place] = worth.expected_gift.amount
    return UnitAnswers(
        unit_id=units,
        segment=segment,
        outcomes=said,
        main=order.main,
        told=order.told,
        priority=order.priority,
        ask=_asks(frame, segment, likely if worth is not None and worth.ask_from_model else None, ways),
        affinity=_plain(frame["affinity"]),
        health=_health(frame, said, bands, ways),
        reactivation_value=_value_of_return(frame, models.get("reactivation"), said.get("reactivation"), likely),
        channels=_channels(frame),
        value=worth,
        language=ways.language,
    )


def _contributions(model: Model, rows: pd.DataFrame, threads: int) -> Floats | None:
    return None if model.boosted is None else model.boosted.contributions(rows, threads)


def _spread(units: Column, place: Places, values: Any) -> Column:
    """A value a unit, None for units that are not at these places."""
    column = np.full(len(units), None, object)
    column[place] = values
    return column


def _by_bands(bands: Mapping[str, Column], policy: Policy) -> _Order:
    """Units share few sets of bands, so each set is thought about once."""
    keys = tuple(bands)
    codes = np.column_stack([pd.Categorical(bands[key], outcomes.BANDS).codes for key in keys])
    sets, which = np.unique(codes, axis=0, return_inverse=True)
    found = [{key: outcomes.BANDS[code] for key, code in zip(keys, one, strict=True) if code >= 0} for one in sets]
    told = [priority.told(one, policy) for one in found]
    firsts = [priority.first(one, policy) for one in found]
    titles = np.array([outcomes.get(first).title if first else None for first in firsts], object)
    mains = np.array([next(iter((*kept, *one)), None) for kept, one in zip(told, found, strict=True)], object)
    which = which.reshape(-1)
    return _Order(
        main=mains[which],
        priority=titles[which],
        told=[told[number] for number in which],
        kept={key: np.array([key in one for one in told], bool)[which] for key in keys},
    )


def _tell(
    model: Model, rows: pd.DataFrame, scored: pd.DataFrame, parts: Floats | None, place: Places, kept: NDArray[np.bool_],
    language: Language,
) -> OutcomeAnswers:  # fmt: skip
    """One outcome for every eligible unit: score, band, rank, confidence; reasons where they are kept."""
    outcome = outcomes.get(model.outcome)
    told = rows if kept.all() else rows[kept]
    spoken = explain.reasons(model, told, None if parts is None else parts[kept], language=language)
    reasons = np.full(len(rows), None, object)
    for row, said in zip(np.flatnonzero(kept), spoken, strict=True):
        reasons[row] = said
    score = scored["score"].to_numpy(np.float64).astype(object)
    return OutcomeAnswers(
        outcome=outcome,
        method=model.method.capitalize(),
        version=model.version,
        place=place,
        score=np.full(len(rows), None, object) if outcome.rank_only else score,
        band=scored["band"].to_numpy(object),
        rank=scored["rank_top_percent"].to_numpy().astype(object),
        confidence=explain.confidence(model, rows, scored["probability"].to_numpy(np.float64)),
        reasons=reasons,
    )


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


def _plain(column: pd.Series) -> Column:
    """Python's own values, None where there is none."""
    found: Column = column.to_numpy(object, copy=True)
    found[pd.isna(found)] = None
    return found


def _channels(frame: pd.DataFrame) -> Column:
    times = frame[list(channels.COUNTS)].fillna(0).to_numpy(np.int64).tolist()
    found = np.full(len(frame), None, object)
    for unit, counts in enumerate(times):
        found[unit] = channels.preferences(tuple(counts))
    return found


def _asks(frame: pd.DataFrame, segment: Column, likely: NDArray[np.float64] | None, ways: Ways) -> Column:
    """`likely`: the size of the next gift where a model tells it, NaN where it does not."""
    usual = frame["average_gift_12m"].fillna(frame["average_gift"])
    largest = frame["largest_gift_24m"].fillna(frame["largest_gift"])
    majors = _plain(largest.where(segment == MAJOR_GIFT_PROSPECT))
    upgrades = segment == UPGRADE_READY
    told = np.full(len(frame), None, object) if likely is None else _plain(pd.Series(likely))
    given = (_plain(frame["last_gift"]), _plain(usual), upgrades.tolist(), majors, told)
    found = np.full(len(frame), None, object)
    for unit, (last, average, upgrade, major, amount) in enumerate(zip(*given, strict=True)):
        found[unit] = asks.suggest(last, average, upgrade, ways.policy, ways.language, major, amount)
    return found


def _health(frame: pd.DataFrame, said: Mapping[str, OutcomeAnswers], bands: Mapping[str, Column], ways: Ways) -> Column:
    """How the running pledges of those who have one stand."""
    found = np.full(len(frame), None, object)
    nothing = np.full(len(frame), None, object)
    ends, grows = bands.get("recurring_churn", nothing), bands.get("recurring_upgrade", nothing)
    likeliest = said.get("recurring_upgrade")
    tops = nothing if likeliest is None else _spread(frame["unit_id"].to_numpy(object), likeliest.place, likeliest.rank)
    unit = np.flatnonzero(frame["running"].notna())
    names = ["running", "paused", "missed", "card_expires_on", "answered_before", "answered", "recurring_months"]
    columns = [_plain(frame[name].iloc[unit]) for name in names]
    for place, running, paused, missed, card, before, lately, months in zip(unit, *columns, strict=True):
        standing = Standing(int(running), int(paused), int(missed), card, bool(before), bool(lately))
        growth = Growth(grows[place], tops[place], None if months is None else int(months))
        found[place] = sustainers.health(standing, ends[place], growth, ways.policy, ways.as_of, ways.language)
    return found


def _value_of_return(
    frame: pd.DataFrame, model: Model | None, returns: OutcomeAnswers | None, likely: NDArray[np.float64]
) -> Column:
    """The chance of a return, as loud as it served before, times the amount to expect: the value model's, else midway
    between last and average gift."""
    found = np.full(len(frame), None, object)
    if model is None or returns is None:
        return found
    last, average = (frame[name].to_numpy(np.float64, na_value=np.nan) for name in ("last_gift", "average_gift"))
    amount = np.where(np.isnan(likely) | np.isnan(last + average), (last + average) / 2, likely)[returns.place]
    worth = model.chance_in_money(np.asarray(returns.score, np.float64) / 100) * amount
    known = ~np.isnan(worth)
    found[returns.place[known]] = [round(one, 2) for one in worth[known].tolist()]
    return found
