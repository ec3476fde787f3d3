"""What is asked of each donor, in numbers, and the rules of thumb that a model must beat to be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from steward.models.frames import Rows, column
from steward.models.metrics import Array

DAYS_A_MONTH = 365.25 / 12
QUARTILES = (0.25, 0.5, 0.75)
SMALLEST = 0.01  # money and days are compared in logs

Loss = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class NumberRule:
    """What a fundraiser would write down without a model. `guess` gives NaN where the rule has nothing to say."""

    key: str
    title: str
    guess: Callable[[Rows], Array]


@dataclass(frozen=True)
class Question:
    """One number a donor. `target` is a column of targets.py; donors whose target is null are not asked about."""

    key: str
    title: str
    target: str
    horizon_days: int
    kind: str  # "size" (of one gift), "total" (zero or more) or "days"
    rules: tuple[NumberRule, ...]
    start: NumberRule  # what the trees set out from
    least: float = SMALLEST

    @property
    def years(self) -> float:
        return self.horizon_days / 365.25


def _either(first: str, second: str) -> Callable[[Rows], Array]:
    return lambda frame: np.where(np.isnan(column(frame, first)), column(frame, second), column(frame, first))


LAST_AGAIN = NumberRule("last_gift", "The last gift again", lambda frame: column(frame, "last_gift"))
USUAL = NumberRule("usual_gift", "Their average gift of the last year", _either("average_gift_12m", "average_gift"))
LARGEST = NumberRule("largest_gift", "Their largest gift so far", lambda frame: column(frame, "largest_gift"))


def last_year_again(years: int) -> NumberRule:
    title = "What they gave in the last 12 months again" + (f", {years} times" if years > 1 else "")
    return NumberRule("last_year", title, lambda frame: years * np.nan_to_num(column(frame, "given_12m")))


def yearly_average(years: int) -> NumberRule:
    def guess(frame: Rows) -> Array:
        on_record = np.maximum(column(frame, "months_since_first_gift") / 12, 1.0)
        return np.asarray(years * column(frame, "total_given") / on_record)

    return NumberRule("yearly_average", "Their average year so far, again", guess)


def _to_anniversary(frame: Rows) -> Array:
    """Days until the last gift's date comes round again."""
    since = column(frame, "months_since_last_gift") * DAYS_A_MONTH
    return np.asarray(365.25 - np.mod(since, 365.25))


def _own_rhythm(frame: Rows) -> Array:
    """The usual gap after the last gift; overdue donors are taken to give within half a gap."""
    gap = column(frame, "usual_gap_months") * DAYS_A_MONTH
    left = gap - column(frame, "months_since_last_gift") * DAYS_A_MONTH
    return np.clip(np.where(left > 0, left, gap / 2), 1.0, 365.0)


NEXT_SIZE = Question(
    "next_gift", "Size of the next gift", "next_amount", 365, "size", (LAST_AGAIN, USUAL, LARGEST), LAST_AGAIN
)  # fmt: skip
ANNIVERSARY = NumberRule("anniversary", "The same time of year as the last gift", _to_anniversary)
NEXT_DATE = Question(
    "next_date",
    "Days to the next gift, if there is one within a year",
    "next_days",
    365,
    "days",
    (
        ANNIVERSARY,
        NumberRule("rhythm", "Their usual gap after the last gift", _own_rhythm),
    ),
    ANNIVERSARY,
)


def lifetime(years: int) -> Question:
    days = round(365.25 * years)
    title = f"Giving in the next {years} years" if years > 1 else "Giving in the next year"
    rules = (last_year_again(years), yearly_average(years))
    return Question(f"value_{years}", title, f"given_{years}", days, "total", rules, start=rules[1], least=1.0)


VALUES = tuple(lifetime(years) for years in (1, 3, 5))
QUESTIONS: tuple[Question, ...] = (NEXT_SIZE, *VALUES, NEXT_DATE)


def loss(kind: str) -> Loss:
    """How far off a guess is, donor by donor; smaller is better.

    Sizes and days: the absolute log of the ratio, so that 20 for 10 is as wrong as 5 for 10. Totals: the Tweedie
    deviance (power 1.5), whose best answer is the mean although most donors give nothing.
    """
    return _tweedie if kind == "total" else _log_ratio


def _log_ratio(actual: Array, guess: Array) -> Array:
    return np.asarray(np.abs(np.log(np.maximum(actual, SMALLEST)) - np.log(np.maximum(guess, SMALLEST))))


def _tweedie(actual: Array, guess: Array) -> Array:
    """A guess of nothing for someone who gives is infinitely wrong, so each guess is at least 1 % of the mean."""
    kept = np.maximum(guess, max(float(actual.mean()) * 0.01, SMALLEST))
    return np.asarray(2 * (2 * np.sqrt(kept) + 2 * actual / np.sqrt(kept) - 4 * np.sqrt(np.maximum(actual, 0))))
