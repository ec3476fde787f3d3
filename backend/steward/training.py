"""Trains several outcomes on one ledger: the features of each past date are computed once and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import ibis
import ibis.expr.types as ir

from steward import features, models, outcomes
from steward.donors import Ledger
from steward.errors import NotEnoughData
from steward.models import Model
from steward.models.training_sets import cutoffs, examples
from steward.outcomes import Outcome
from steward.progress import Progress


class Wishes(Protocol):
    """The settings that training needs."""

    @property
    def seed(self) -> int: ...

    @property
    def threads(self) -> int: ...

    @property
    def major_gift_amount(self) -> int: ...


def train(ledger: Ledger, keys: Sequence[str], as_of: dt.date, wishes: Wishes, progress: Progress) -> list[Model]:
    """One model (or rule) an outcome, in the order of `keys`."""
    wanted = [_outcome(key, wishes) for key in keys]
    first = ledger.gifts.gift_date.min().execute()
    if first is None or str(first) == "NaT":
        raise NotEnoughData(
            "The snapshot holds no gift.", "Check that gifts are won Opportunities, then extract again."
        )
    dates = {outcome.key: cutoffs(outcome, _date(first), as_of) for outcome in wanted}
    grid = sorted({date for known in dates.values() for date in known} | {as_of})
    progress.stage("Looking back: what was known at each past date", len(grid))
    computed = {}
    for number, date in enumerate(grid, start=1):
        computed[date] = _materialised(features.compute(ledger, date))
        progress.advance(number)
    progress.stage("Training", len(wanted))
    trained = []
    for number, outcome in enumerate(wanted, start=1):
        known = examples(outcome, ledger, dates[outcome.key], as_of, computed)
        trained.append(models.train(outcome, known, wishes.seed, wishes.threads))
        progress.advance(number)
    return trained


def _outcome(key: str, wishes: Wishes) -> Outcome:
    if key == outcomes.MAJOR_GIFT.key:
        return outcomes.major_gift(wishes.major_gift_amount)
    return outcomes.get(key)


def _materialised(table: ir.Table) -> ir.Table:
    """Computed once, read by every outcome."""
    return ibis.memtable(table.to_pyarrow())


def _date(value: dt.date | dt.datetime) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
