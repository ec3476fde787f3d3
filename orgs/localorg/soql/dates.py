"""Relative dates (`LAST_N_DAYS:30`, `THIS_FISCAL_QUARTER`, …) as half-open ranges of days, and datetime texts."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

_UNITS = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
_FIXED = {
    "YESTERDAY": ("DAYS", -1), "TODAY": ("DAYS", 0), "TOMORROW": ("DAYS", 1),
}  # fmt: skip
for _unit in _UNITS[1:]:
    for _word, _shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1)):
        _FIXED[f"{_word}_{_unit[:-1]}"] = (_unit, _shift)
_COUNTED = frozenset(
    [f"{word}_N_{unit}" for unit in _UNITS for word in ("LAST", "NEXT")] + [f"N_{unit}_AGO" for unit in _UNITS]
)
NAMES = frozenset(_FIXED) | _COUNTED | {"LAST_90_DAYS", "NEXT_90_DAYS"}
_MONTHS = {"MONTHS": 1, "QUARTERS": 3, "YEARS": 12, "FISCAL_QUARTERS": 3, "FISCAL_YEARS": 12}
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)", re.IGNORECASE)
Days = tuple[dt.date, dt.date]


class Calendar(NamedTuple):
    """The user's day, and how their weeks and fiscal years begin."""

    today: dt.date
    week_start: int = 6  # Monday is 0, Sunday 6
    fiscal_start: int = 1  # a month


def days(name: str, n: int | None, calendar: Calendar) -> Days:
    """First day and the day after the last. Raises ValueError where a number is missing, OverflowError beyond time."""
    if name in _FIXED:
        unit, shift = _FIXED[name]
        return _span(unit, shift, shift + 1, calendar)
    if name in ("LAST_90_DAYS", "NEXT_90_DAYS"):
        name, n = name.replace("90", "N"), 90
    if n is None:
        raise ValueError(name)
    if name.endswith("_AGO"):
        return _span(name[2:-4], -n, -n + 1, calendar)
    unit = name[7:]
    if name.startswith("NEXT"):
        return _span(unit, 1, n + 1, calendar)
    # Only the range of the last days includes the running one.
    return _span(unit, -n, 1 if unit == "DAYS" else 0, calendar)


def _span(unit: str, first: int, last: int, calendar: Calendar) -> Days:
    """From the start of the unit `first` away from today's to the start of the one `last` away."""
    today = calendar.today
    if unit == "DAYS":
        return today + dt.timedelta(days=first), today + dt.timedelta(days=last)
    if unit == "WEEKS":
        start = today - dt.timedelta(days=(today.weekday() - calendar.week_start) % 7)
        return start + dt.timedelta(weeks=first), start + dt.timedelta(weeks=last)
    months = _MONTHS[unit]
    origin = calendar.fiscal_start - 1 if unit.startswith("FISCAL") else 0
    index = today.year * 12 + today.month - 1 - origin
    index -= index % months
    return _month(index + first * months + origin), _month(index + last * months + origin)


def _month(index: int) -> dt.date:
    year, month = divmod(index, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(year)
    return dt.date(year, month + 1, 1)


def parse_datetime(text: str) -> dt.datetime:
    """A SOQL datetime in UTC. Raises ValueError for a moment that does not exist."""
    found = _DATETIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, hour, minute, second, fraction, zone = found.groups()
    offset = dt.timedelta()
    if zone not in ("Z", "z"):
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 18 or minutes > 59:
            raise ValueError(text)
        offset = dt.timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    millis = int(((fraction or "") + "000")[:3])
    local = dt.datetime.combine(
        dt.date.fromisoformat(day), dt.time(int(hour), int(minute), int(second), millis * 1000), dt.UTC
    )
    try:
        return local - offset
    except OverflowError:
        raise ValueError(text) from None


def stored(moment: dt.datetime) -> str:
    """How a datetime column holds this moment."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
