"""When the installments of a recurring donation are due."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

LAST_DAY = "Last_Day"
_MONTHS = {"Monthly": 1, "Quarterly": 3, "Yearly": 12}
_DAYS = {"Weekly": 7, "Daily": 1}
FIRST_AND_FIFTEENTH = "1st and 15th"


@dataclass(frozen=True)
class Schedule:
    """`day` is a day of the month as NPSP keeps it: `1` … `31` or `Last_Day`; it matters for monthly periods only."""

    start: date
    period: str
    frequency: int = 1
    day: str = ""
    end: date | None = None

    def dates(self) -> Iterator[date]:
        """Every due date from the start on; without end unless there is one."""
        found = (day for day in self._all() if day >= self.start)
        end = self.end
        return takewhile(lambda day: end is None or day <= end, found)

    def first_from(self, day: date) -> date | None:
        return next((due for due in self.dates() if due >= day), None)

    def count_in(self, year: int) -> int:
        until = takewhile(lambda due: due.year <= year, self.dates())
        return sum(due.year == year for due in until)

    def _all(self) -> Iterator[date]:
        if self.period in _DAYS:
            step = timedelta(days=_DAYS[self.period] * self.frequency)
            day = self.start
            while day.year < 4000:
                yield day
                day += step
        elif self.period == FIRST_AND_FIFTEENTH:
            for year, month in _months(self.start, 1):
                yield date(year, month, 1)
                yield date(year, month, 15)
        else:
            for year, month in _months(self.start, _MONTHS.get(self.period, 1) * self.frequency):
                yield date(year, month, self._day_of(year, month))

    def _day_of(self, year: int, month: int) -> int:
        last = calendar.monthrange(year, month)[1]
        if self.period != "Monthly" or not self.day:
            return min(self.start.day, last)
        return last if self.day == LAST_DAY else min(int(self.day), last)


def _months(start: date, step: int) -> Iterator[tuple[int, int]]:
    """A month day before the start falls to the next period: the caller drops it."""
    count = start.year * 12 + start.month - 1
    while count // 12 < 4000:
        yield count // 12, count % 12 + 1
        count += step
