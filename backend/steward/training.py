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
from steward.models import Model
from steward.models.card import NOWHERE, Origin
from steward.progress import Progress
from steward.value import ValueModel


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
    wanted = [outcomes.configured(key, wishes) for key in keys if key != value.KEY]
    first = ledger.gifts.aggregate(first=ledger.gifts.gift_date.min()).to_pyarrow()["first"][0].as_py()
    if first is None:
        raise NotEnoughData(
            "The snapshot holds no gift.", "Check that gifts are won Opportunities, then extract again."
        )
    dates = {outcome.key: models.cutoffs(outcome, first, as_of) for outcome in wanted}
    far = value.dates(first, as_of) if value.KEY in keys else []
    grid = sorted({date for known in dates.values() for date in known} | {*far, as_of})
    progress.stage("Looking back: what was known at each past date", len(grid))
    known: dict[dt.date, pd.DataFrame] = {}
    for number, date in enumerate(grid, start=1):
        known[date] = models.known_at(ledger, date, past=date < as_of)
        progress.advance(number)
    progress.stage("Training", len(keys))
    trained = []
    for number, outcome in enumerate(wanted, start=1):
        past = models.examples(outcome, ledger, dates[outcome.key], as_of, known)
        trained.append(models.train(outcome, past, wishes.seed, wishes.threads, origin))
        progress.advance(number)
    if value.KEY not in keys:
        return Trained(tuple(trained))
    frames = {date: known[date] for date in (*far, as_of)}
    worth = value.train(ledger, frames, as_of, seed=wishes.seed, threads=wishes.threads)
    progress.advance(len(keys))
    return Trained(tuple(trained), worth)
