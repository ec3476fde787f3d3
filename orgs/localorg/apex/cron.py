"""When a cron expression of System.schedule fires next: seconds minutes hours day-of-month month day-of-week [year]."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from localorg.errors import ApiError

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_HORIZON_DAYS = 366 * 8  # the farthest 29 February
_YEARS = 200
Test = Callable[[int], bool]


def next_after(expression: str, moment: datetime, zone: str) -> datetime | None:
    """The first time after `moment`, by the user's clock; None when there is none any more."""
    parts = expression.split()
    if len(parts) not in (6, 7):
        raise ApiError(
            "INVALID_CRON", f"'{expression}' must have 6 or 7 parts: seconds minutes hours day month weekday [year]"
        )
    second, minute = _number(parts[0], expression), _number(parts[1], expression)
    hour = _field(parts[2], {})
    year = _field(parts[6], {}) if len(parts) == 7 else _any
    here = ZoneInfo(zone)
    now = moment.astimezone(here)
    first = next((now.year + ahead for ahead in range(_YEARS) if year(now.year + ahead)), now.year)
    begin = max(now.date(), date(first, 1, 1))
    for ahead in range(_HORIZON_DAYS):
        day = begin + timedelta(days=ahead)
        if not year(day.year) or not _field(parts[4], _MONTHS)(day.month) or not _is_day(parts[3], parts[5], day):
            continue
        for at in filter(hour, range(24)):
            found = datetime(day.year, day.month, day.day, at, minute, second, tzinfo=here)
            if found > now:
                return found.astimezone(UTC)
    return None


def _number(text: str, expression: str) -> int:
    """Seconds and minutes are plain numbers, as the platform asks."""
    if not text.isdigit() or int(text) > 59:
        raise ApiError("INVALID_CRON", f"Seconds and minutes must be specified as integers: {expression}")
    return int(text)


def _any(_: int) -> bool:
    return True


def _field(text: str, names: dict[str, int]) -> Test:
    """`*`, `?`, `1,3`, `1-5`, `0/2`, `MON-FRI`."""
    if text in ("*", "?"):
        return _any
    tests = [_range(part, names) for part in text.upper().split(",")]
    return lambda value: any(test(value) for test in tests)


def _range(part: str, names: dict[str, int]) -> Test:
    span, slash, step = part.partition("/")
    low, dash, high = span.partition("-")
    first = 0 if low == "*" else names.get(low) or int(low)
    last = names.get(high) or int(high) if dash else 9999 if slash else first
    every = int(step) if slash else 1
    return lambda value: first <= value <= last and (value - first) % every == 0


def _is_day(of_month: str, of_week: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    month_fits = day.day == last if of_month.upper() == "L" else _field(of_month, {})(day.day)
    return month_fits and _is_weekday(of_week.upper(), day, last)


def _is_weekday(text: str, day: date, last: int) -> bool:
    """Sunday is 1; `6L` is the month's last Friday, `2#1` its first Monday."""
    weekday = day.isoweekday() % 7 + 1
    number = day.day
    if "#" in text:
        name, _, place = text.partition("#")
        return weekday == (_DAYS.get(name) or int(name)) and (number - 1) // 7 + 1 == int(place)
    if text.endswith("L") and text != "L":
        name = text[:-1]
        return weekday == (_DAYS.get(name) or int(name)) and number + 7 > last
    return _field("7" if text == "L" else text, _DAYS)(weekday)
