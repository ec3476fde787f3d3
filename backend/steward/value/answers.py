"""From a value model and today's features to what the profile shows: money with an interval, dates as a window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steward.models.frames import Rows, UnitFacts, facts_of
from steward.models.metrics import Array
from steward.value.model import Estimate, ValueModel, ends, guess, title
from steward.value.questions import NEXT_DATE, NEXT_SIZE, VALUES

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Money:
    """Amounts in the org's currency; of ten donors like one, about eight lie between `low` and `high`."""

    amount: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Windows:
    first: Days
    last: Days


@dataclass(frozen=True)
class ValueAnswers:
    """The units that ever gave, at these places among all.

    `lifetime` by years; `next_gift` is when, if there is one within a year; `contact` is when to be in touch.
    """

    place: NDArray[np.intp]
    expected_gift: Money
    lifetime: Mapping[int, Money]
    next_gift: Windows
    contact: Windows
    ask_from_model: bool
    version: str
    basis: str


def answers(model: ValueModel, rows: Rows, as_of: dt.date) -> ValueAnswers | None:
    """None where there is nobody or nothing to speak of."""
    known = facts_of(rows)
    place = np.flatnonzero(known["gift_count"] >= 1)
    if not len(place) or not model.estimates:
        return None
    givers = known.taken(place)
    totals = {round(one.years): _money(model, one.key, givers) for one in VALUES}
    for longer, shorter in ((3, 1), (5, 3)):
        totals[longer] = _at_least(totals[longer], totals[shorter])
    estimate = _by(model, NEXT_DATE.key)
    next_gift, contact = _windows(*ends(estimate, guess(estimate, givers, model.repeat)), as_of, model.lead_days)
    year = _by(model, VALUES[0].key)
    way = title(year.asked, year.way)
    return ValueAnswers(
        place=place,
        expected_gift=_money(model, NEXT_SIZE.key, givers),
        lifetime=totals,
        next_gift=next_gift,
        contact=contact,
        ask_from_model=_by(model, NEXT_SIZE.key).method == "Model",
        version=model.version,
        basis=f"From {way[:1].lower() + way[1:]}",
    )


def _money(model: ValueModel, key: str, givers: UnitFacts) -> Money:
    estimate = _by(model, key)
    amount = guess(estimate, givers, model.repeat)
    low, high = ends(estimate, amount)
    return Money(np.round(amount, 2), np.round(low, 2), np.round(high, 2))


def _at_least(longer: Money, shorter: Money) -> Money:
    """More years, never less money."""
    pairs = ((longer.amount, shorter.amount), (longer.low, shorter.low), (longer.high, shorter.high))
    return Money(*(np.maximum(a, b) for a, b in pairs))


def _windows(first: Array, last: Array, as_of: dt.date, lead: tuple[int, int]) -> tuple[Windows, Windows]:
    """Contact comes as long before the likely gifts as contact that was followed by one used to."""
    quick, slow = lead
    first, last = np.trunc(first), np.trunc(last)
    start = np.maximum(first - slow, 0)
    end = np.maximum(last - quick, start + 1)
    middle = np.datetime64(as_of.replace(day=15))  # so that a window moves once a month and not every night
    days = [middle + part.astype("timedelta64[D]") for part in (first, last, start, end)]
    return Windows(days[0], days[1]), Windows(days[2], days[3])


def _by(model: ValueModel, key: str) -> Estimate:
    found = model.estimate(key)
    if found is None:
        raise KeyError(key)  # every trained model answers every question
    return found
