"""From a value model and today's features to what the profile shows: money with an interval, dates as a window."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.metrics import Array
from steward.value.contest import title
from steward.value.model import Estimate, ValueModel, ends, guess
from steward.value.questions import NEXT_DATE, NEXT_SIZE, VALUES

Numbers = tuple[Array, Array, Array]  # amount, low, high


@dataclass(frozen=True)
class Money:
    """An amount in the org's currency; of ten donors like this, about eight lie between `low` and `high`."""

    amount: float
    low: float
    high: float


@dataclass(frozen=True)
class Window:
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class ValueAnswer:
    """One giving unit. `lifetime` by years; `next_gift` is when, if there is one within a year; `contact` is when to be in touch."""

    expected_gift: Money
    lifetime: dict[int, Money]
    next_gift: Window
    contact: Window
    ask_from_model: bool
    version: str
    basis: str


def answers(model: ValueModel, frame: pd.DataFrame, as_of: dt.date) -> dict[str, ValueAnswer]:
    """For every unit of `frame` that ever gave."""
    givers = frame[frame["gift_count"] >= 1].reset_index(drop=True)
    if len(givers) == 0 or not model.estimates:
        return {}
    sizes = _money(model, NEXT_SIZE.key, givers)
    totals = {round(one.years): _money(model, one.key, givers) for one in VALUES}
    for longer, shorter in ((3, 1), (5, 3)):
        totals[longer] = _at_least(totals[longer], totals[shorter])
    windows = [_windows(*ends, as_of, model.lead_days) for ends in _days(model, givers)]
    size_estimate, year = _by(model, NEXT_SIZE.key), _by(model, VALUES[0].key)
    basis = f"From {title(year.asked, year.way)[:1].lower() + title(year.asked, year.way)[1:]}"
    return {
        unit: ValueAnswer(
            expected_gift=_one(sizes, row),
            lifetime={years: _one(values, row) for years, values in totals.items()},
            next_gift=windows[row][0],
            contact=windows[row][1],
            ask_from_model=size_estimate.method == "Model",
            version=model.version,
            basis=basis,
        )
        for row, unit in enumerate(givers["unit_id"])
    }


def _money(model: ValueModel, key: str, givers: pd.DataFrame) -> Numbers:
    estimate = _by(model, key)
    amount = guess(estimate, givers, model.repeat)
    low, high = ends(estimate, amount)
    return np.round(amount, 2), np.round(low, 2), np.round(high, 2)


def _at_least(longer: Numbers, shorter: Numbers) -> Numbers:
    """More years, never less money."""
    amount, low, high = (np.maximum(a, b) for a, b in zip(longer, shorter, strict=True))
    return amount, low, high


def _days(model: ValueModel, givers: pd.DataFrame) -> list[tuple[int, int]]:
    estimate = _by(model, NEXT_DATE.key)
    first, last = ends(estimate, guess(estimate, givers, model.repeat))
    return [(int(a), int(b)) for a, b in zip(first, last, strict=True)]


def _windows(first: int, last: int, as_of: dt.date, lead: tuple[int, int]) -> tuple[Window, Window]:
    """Contact comes as long before the likely gifts as contact that was followed by one used to."""
    quick, slow = lead
    start = max(first - slow, 0)
    end = max(last - quick, start + 1)
    middle = as_of.replace(day=15)  # so that a window moves once a month and not every night
    return _window(middle, first, last), _window(middle, start, end)


def _window(start: dt.date, first: int, last: int) -> Window:
    return Window(start + dt.timedelta(days=first), start + dt.timedelta(days=last))


def _by(model: ValueModel, key: str) -> Estimate:
    found = model.estimate(key)
    if found is None:
        raise KeyError(key)  # every trained model answers every question
    return found


def _one(values: Numbers, row: int) -> Money:
    return Money(*(float(part[row]) for part in values))
