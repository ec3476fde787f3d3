"""Months and days: small calendar arithmetic, all of it from the dates that are passed in."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from random import Random


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months(start: date, end: date) -> Iterator[date]:
    """The first day of each month from `start`'s month up to, not including, `end`."""
    month = first_of_month(start)
    while month < end:
        yield month
        month = add_months(month, 1)


def day_in(month: date, rng: Random) -> date:
    """A day of that month; in December giving crowds into the last days."""
    last = monthrange(month.year, month.month)[1]
    if month.month == 12 and rng.random() < 0.6:
        return month.replace(day=last - min(int(rng.expovariate(0.25)), 25))
    return month.replace(day=rng.randint(1, last))


def day_between(start: date, end: date, rng: Random) -> date:
    return date.fromordinal(rng.randint(start.toordinal(), end.toordinal()))
