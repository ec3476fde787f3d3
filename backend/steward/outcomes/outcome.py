"""What an outcome is: who can have it, what counts as having it, the rules to beat, and what its score is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import ibis.expr.types as ir

from steward.donors import known_at

if TYPE_CHECKING:
    from steward.donors import Ledger

# Written once with comparison operators and column names, so it means the same on an Ibis table and a data frame.
Eligible = Callable[[Any], Any]
Label = Callable[["Ledger", ir.Table, dt.date], ir.Table]

BANDS = ("Very high", "High", "Medium", "Low")


@dataclass(frozen=True)
class Term:
    """One fact a rule looks at: more of it is better (+1) or worse (-1); `at_least` turns it into yes or no."""

    feature: str
    sign: int = 1
    at_least: float | None = None


@dataclass(frozen=True)
class Rule:
    """What a fundraiser would sort the list by today: the sum of its terms, each in fifths of the base if `fifths`."""

    key: str
    title: str
    terms: tuple[Term, ...]
    fifths: bool = False


@dataclass(frozen=True)
class Bands:
    """Lowest probability worth each word, whatever the base rate; below `medium` is Low."""

    very_high: float
    high: float
    medium: float

    def cuts(self, base_rate: float) -> tuple[float, float, float]:
        """Probabilities where the words begin: so many times the base's odds, never below the floor or above a ceiling.

        Odds and not probabilities, so that the words still part donors where most give; the ceilings, so that
        four in five is never called Low because everyone else is at nine in ten.
        """
        odds = base_rate / max(1 - base_rate, 1e-9)
        floors, ceilings = (self.very_high, self.high, self.medium), (0.95, 0.80, 0.50)
        wanted = [times * odds / (1 + times * odds) for times in (3.0, 1.5, 0.5)]
        first, second, third = (min(max(w, f), c) for w, f, c in zip(wanted, floors, ceilings, strict=True))
        return first, second, third


@dataclass(frozen=True)
class Outcome:
    """One question about a giving unit; `prior_rate` stands for the base rate until the organization has its own."""

    key: str
    field_prefix: str
    title: str
    question: str
    decision: str
    horizon_days: int
    higher_is_better: bool
    eligible: Eligible
    label: Label
    rules: tuple[Rule, ...]
    bands: Bands
    minimum_positives: int
    prior_rate: float
    # How a feature that raises giving (catalogue direction +1) must move this outcome; 0 where either way makes sense.
    direction: int = 0
    # Features of no direction of their own that can only raise this outcome: larger gifts never speak against a major gift.
    raised_by: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    # Only an order, where too few ever do it for a probability to mean anything.
    rank_only: bool = False
    # Whoever does it gives money within the horizon, so that what contacting them would have earned can be told.
    earns: bool = False
    # Its donors are put in order of the money to expect from each: chance times amount.
    in_money: bool = False
    # Nothing is said in an organization that has never seen it happen: no volunteers, no recurring donations.
    silent_without_examples: bool = False

    def pull(self, feature: str, direction: int) -> int:
        """+1 where more of a feature must never lower this outcome, -1 the opposite, 0 either way."""
        return 1 if feature in self.raised_by else direction * self.direction

    @property
    def horizon(self) -> dt.timedelta:
        return dt.timedelta(days=self.horizon_days)


class Amounts(Protocol):
    """The settings that say which gifts are large."""

    @property
    def major_gift_amount(self) -> int: ...

    @property
    def mid_level_amount(self) -> int: ...


def giving(ledger: Ledger, start: dt.date, days: int) -> ir.Table:
    """One row a unit that gave in [start, start + days), refunds of that time taken off: gifts, total, largest."""
    gifts = known_at(ledger, start + dt.timedelta(days=days))
    inside = gifts.filter(gifts.gift_date >= ibis.literal(start))
    return inside.group_by("unit_id").aggregate(
        gifts=inside.count(), given=inside.amount.sum().cast("float64"), largest=inside.amount.max().cast("float64")
    )


def within(date: ir.DateValue, start: dt.date, days: int) -> ir.BooleanValue:
    """`date` lies in [start, start + days)."""
    return (date >= ibis.literal(start)) & (date < ibis.literal(start + dt.timedelta(days=days)))


def labelled(features: ir.Table, found: ir.Table, true: Callable[[ir.Table], ir.BooleanValue]) -> ir.Table:
    """unit_id, label (0/1) for every row of features; a unit not in `found` has nulls there, which count as no."""
    units = features.select("unit_id")
    both = units.left_join(found, "unit_id")
    return both.select(unit_id=both.unit_id, label=true(both).fill_null(False).cast("int8"))
