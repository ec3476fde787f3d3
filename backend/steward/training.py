"""Trains outcomes and values on one ledger: the features of each past date are computed once and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from steward import models, outcomes, value
from steward.donors import Ledger
from steward.errors import NotEnoughData
from steward.models import Examples, Model
from steward.models.ablation import FAMILIES, Ablation
from steward.models.ablation import ablate as ablate_one
from steward.models.card import NOWHERE, Origin
from steward.models.training import train as train_one
from steward.outcomes import Outcome
from steward.progress import Progress
from steward.value import ValueModel
from steward.value import training as worth

LONG_AGO = dt.timedelta(days=180)  # nobody gave for so long: the file is old, or something is missing


class Wishes(Protocol):
    """The settings that training needs."""

    @property
    def seed(self) -> int: ...

    @property
    def threads(self) -> int: ...

    @property
    def major_gift_amount(self) -> int: ...

    @property
    def mid_level_amount(self) -> int: ...


@dataclass(frozen=True)
class Trained:
    """One model (or rule) an outcome, in the order asked; the value model where it was asked for."""

    models: tuple[Model, ...]
    value: ValueModel | None = None


def train(
    ledger: Ledger, keys: Sequence[str], as_of: dt.date, wishes: Wishes, progress: Progress, origin: Origin = NOWHERE
) -> Trained:
    """`keys` are outcomes, or `value` for amounts and dates."""
    base = _look_back(ledger, keys, as_of, wishes, progress)
    progress.stage("Training", len(keys))
    trained = []
    for number, outcome in enumerate(base.wanted, start=1):
        trained.append(train_one(outcome, base.examples(outcome), wishes.seed, wishes.threads, origin))
        progress.advance(number)
    if value.KEY not in keys:
        return Trained(tuple(trained))
    frames = {date: base.known[date] for date in (*base.far, as_of)}
    sized = worth.train(ledger, frames, as_of, seed=wishes.seed, threads=wishes.threads)
    progress.advance(len(keys))
    return Trained(tuple(trained), sized)


def ablate(
    ledger: Ledger, keys: Sequence[str], as_of: dt.date, wishes: Wishes, progress: Progress
) -> tuple[Ablation, ...]:
    """What each family of features is worth to these outcomes; raises NotEnoughData where one cannot be judged."""
    base = _look_back(ledger, keys, as_of, wishes, progress)
    found = []
    for outcome in base.wanted:
        progress.stage(f"Leaving out one family after the other: {outcome.title}", len(FAMILIES) + 1)
        found.append(ablate_one(outcome, base.examples(outcome), wishes.seed, wishes.threads, progress.advance))
    return tuple(found)


@dataclass(frozen=True)
class _Base:
    """The features of every past date that somebody asks for, computed once; `far`: the dates that values look at."""

    ledger: Ledger
    as_of: dt.date
    wanted: tuple[Outcome, ...]
    dates: dict[str, list[dt.date]]
    far: list[dt.date]
    known: dict[dt.date, pd.DataFrame]

    def examples(self, outcome: Outcome) -> Examples:
        return models.examples(outcome, self.ledger, self.dates[outcome.key], self.as_of, self.known)


def _span(ledger: Ledger) -> tuple[dt.date, dt.date]:
    """The days of the first and the newest gift."""
    days = ledger.gifts.aggregate(first=ledger.gifts.gift_date.min(), last=ledger.gifts.gift_date.max())
    (found,) = days.to_pyarrow().to_pylist()
    if found["first"] is None:
        raise NotEnoughData(
            "The snapshot holds no gift.", "Check that gifts are won Opportunities, then extract again."
        )
    return found["first"], found["last"]


def _look_back(ledger: Ledger, keys: Sequence[str], as_of: dt.date, wishes: Wishes, progress: Progress) -> _Base:
    wanted = tuple(outcomes.configured(key, wishes) for key in keys if key != value.KEY)
    first, last = _span(ledger)
    if as_of - last > LONG_AGO:
        after = last + dt.timedelta(days=1)
        progress.say(f"The newest gift is of {last}: to look from there, give --as-of {after}, to `steward run` too.")
    dates = {outcome.key: models.cutoffs(outcome, first, as_of) for outcome in wanted}
    far = worth.dates(first, as_of) if value.KEY in keys else []
    grid = sorted({date for known in dates.values() for date in known} | {*far, as_of})
    progress.stage("Looking back: what was known at each past date", len(grid))
    known: dict[dt.date, pd.DataFrame] = {}
    for number, date in enumerate(grid, start=1):
        known[date] = models.known_at(ledger, date, past=date < as_of)
        progress.advance(number)
    return _Base(ledger, as_of, wanted, dates, far, known)
