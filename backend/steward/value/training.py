"""Trains every question on past dates, each in the way that was least wrong there; longer spans than history are stretched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from steward import features
from steward.donors import Ledger
from steward.errors import NotEnoughData
from steward.models.backtest import input_names
from steward.models.training_sets import few, plan
from steward.value import repeat_value
from steward.value.contest import Contest, contest, cutoffs_with, fitted, grow
from steward.value.model import TREES, Estimate, Spread, Trees, ValueModel, sealed, title
from steward.value.questions import QUESTIONS, VALUES, Question
from steward.value.repeat_value import RepeatValue
from steward.value.targets import after, with_targets

MOST_YEARS = 11
REPLY_DAYS = 90
LEAD = (14, 42)
FEWEST_REPLIES = 100


def dates(first_gift: dt.date, as_of: dt.date) -> list[dt.date]:
    """The same day of each earlier year with half a year of history: eleven, so that five years can be tested on five."""
    back = [as_of - dt.timedelta(days=round(365.25 * years)) for years in range(1, MOST_YEARS + 1)]
    return sorted(date for date in back if date - dt.timedelta(days=180) >= first_gift)


def train(
    ledger: Ledger, known: Mapping[dt.date, pd.DataFrame], as_of: dt.date, *, seed: int, threads: int
) -> ValueModel:
    """`known`: the features of every unit at past dates and at `as_of`, as the outcomes' training computed them."""
    past = sorted(date for date in known if date < as_of and date + dt.timedelta(days=365) <= as_of)
    parts = [
        with_targets(givers, after(ledger, date, as_of)).assign(cutoff=date)
        for date, givers in zip(past, few([_givers(known[date]) for date in past]), strict=True)
    ]
    current = _givers(known[as_of])
    rows = pd.concat(parts, ignore_index=True) if parts else with_targets(current, pd.DataFrame()).assign(cutoff=as_of)
    try:
        repeat = repeat_value.fit(current)
    except NotEnoughData:
        repeat = None
    estimates: list[Estimate] = []
    cards: dict[str, Any] = {}
    for asked in QUESTIONS:
        estimate, card = _answer(asked, rows, repeat, estimates, seed=seed, threads=threads)
        estimates.append(estimate)
        used = title(estimate.asked, estimate.way)
        cards[asked.key] = {"title": asked.title, "way": estimate.way, "used": used, "method": estimate.method, **card}
    return sealed(ValueModel(as_of, features.VERSION, tuple(estimates), repeat, _lead(ledger, as_of), cards))


def _answer(
    asked: Question, rows: pd.DataFrame, repeat: RepeatValue | None, before: list[Estimate],
    *, seed: int, threads: int,
) -> tuple[Estimate, dict[str, Any]]:  # fmt: skip
    names = input_names(rows)
    some = rows[rows[asked.target].notna()].reset_index(drop=True)
    try:
        known = plan(cutoffs_with(rows, asked), dt.timedelta(days=asked.horizon_days))
        if known is None:
            raise NotEnoughData(f"The history is shorter than twice {asked.horizon_days} days.", "It cannot be judged.")
        judged = contest(asked, some, known, names, seed, threads)
    except NotEnoughData as short:
        return _without_a_test(asked, some, repeat, before), {"why": str(short), "evaluation": None}
    return _published(asked, some, judged, names, seed=seed, threads=threads), {"evaluation": judged.found}


def _published(
    asked: Question, some: pd.DataFrame, judged: Contest, names: tuple[str, ...], *, seed: int, threads: int
) -> Estimate:
    """The winning way on everything known today; its level and spread are those of donors it had not learnt from."""
    told = judged.estimate
    if judged.winner != TREES:
        return told
    booster = grow(asked, some, None, names, seed=seed, threads=threads, trees=judged.trees)
    return replace(told, trees=Trees.of(booster))


def _without_a_test(
    asked: Question, some: pd.DataFrame, repeat: RepeatValue | None, before: list[Estimate]
) -> Estimate:
    """The first rule at the level of what is known; a span of years is one year's answer, stretched as repeat giving fades."""
    year = next((one for one in before if one.question == VALUES[0].key), None)
    if asked.kind == "total" and year is not None:
        return replace(year, question=asked.key, stretched_from=year.question)
    if len(some) == 0:
        return Estimate(asked.key, asked.rules[0].key, 1.0, 0.0, Spread((0.0,), (0.5,), (2.0,)))
    return fitted(asked, asked.rules[0].key, some, (), None, repeat)


def _givers(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["gift_count"] >= 1].reset_index(drop=True)


def _lead(ledger: Ledger, as_of: dt.date) -> tuple[int, int]:
    """Days from a contact to the gift that followed it within three months: the quicker and the slower quarter."""
    day = ibis.literal(as_of)
    touches = ledger.touches.filter(ledger.touches.touch_date < day, ledger.touches.kind != "volunteer")
    gifts = ledger.gifts.filter(ledger.gifts.gift_date < day).select("unit_id", "gift_date")
    pairs = touches.select("unit_id", "touch_date").join(gifts, "unit_id")
    pairs = pairs.mutate(days=pairs.gift_date.delta(pairs.touch_date, unit="day"))
    soon = pairs.filter(pairs.days.between(1, REPLY_DAYS)).group_by("unit_id", "touch_date")
    replies = soon.aggregate(days=ibis._.days.min()).to_pyarrow()["days"].to_numpy()
    if len(replies) < FEWEST_REPLIES:
        return LEAD
    quick, slow = np.quantile(replies, [0.25, 0.75])
    return max(1, int(quick)), max(2, int(np.ceil(slow)))
