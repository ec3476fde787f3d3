"""Trains several outcomes on one ledger: the features of each past date are computed once and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from steward import models, outcomes
from steward.donors import Ledger
from steward.errors import NotEnoughData
from steward.models import Model
from steward.progress import Progress


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


def train(ledger: Ledger, keys: Sequence[str], as_of: dt.date, wishes: Wishes, progress: Progress) -> list[Model]:
    """One model (or rule) an outcome, in the order of `keys`."""
    wanted = [outcomes.configured(key, wishes) for key in keys]
    first = ledger.gifts.aggregate(first=ledger.gifts.gift_date.min()).to_pyarrow()["first"][0].as_py()
    if first is None:
        raise NotEnoughData(
            "The snapshot holds no gift.", "Check that gifts are won Opportunities, then extract again."
        )
    dates = {outcome.key: models.cutoffs(outcome, first, as_of) for outcome in wanted}
    grid = sorted({date for known in dates.values() for date in known} | {as_of})
    progress.stage("Looking back: what was known at each past date", len(grid))
    known: dict[dt.date, pd.DataFrame] = {}
    for number, date in enumerate(grid, start=1):
        known[date] = models.known_at(ledger, date, past=date < as_of)
        progress.advance(number)
    progress.stage("Training", len(wanted))
    trained = []
    for number, outcome in enumerate(wanted, start=1):
        past = models.examples(outcome, ledger, dates[outcome.key], as_of, known)
        trained.append(models.train(outcome, past, wishes.seed, wishes.threads))
        progress.advance(number)
    return trained
