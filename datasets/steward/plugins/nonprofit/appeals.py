"""The nonprofit's calendar: what it raises money for, when it asks, and the emergencies nobody planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from .dates import add_months, first_of_month
from .records import Appeal

FUNDS = ("General Fund", "Clean Water", "Youth Programs", "Emergency Relief", "Scholarships", "Building Campaign")

# name, type, (month, day) of the first and the last day, share of active donors asked, pull on giving
_YEARLY = (
    ("Spring Appeal", "Direct Mail", (4, 1), (5, 15), 0.75, 0.5),
    ("Summer Match", "Email", (6, 10), (7, 15), 0.5, 0.4),
    ("Monthly Giving Drive", "Email", (9, 5), (9, 30), 0.35, 0.1),
    ("Gala", "Event", (10, 8), (10, 24), 0.3, 0.4),
    ("Giving Tuesday", "Email", (11, 25), (12, 4), 0.5, 0.5),
    ("Year-End Appeal", "Direct Mail", (11, 8), (12, 31), 0.9, 0.9),
    ("Volunteer Days", "Volunteers", (1, 1), (12, 31), 0.0, 0.0),
)


@dataclass(slots=True)
class Calendar:
    start: date
    as_of: date
    appeals: list[Appeal] = field(default_factory=list)
    by_month: dict[date, list[Appeal]] = field(default_factory=dict)
    emergencies: frozenset[date] = frozenset()

    def opening(self, month: date) -> list[Appeal]:
        """Appeals whose letters go out in this month."""
        return self.by_month.get(month, [])

    def volunteer_days(self, day: date) -> Appeal:
        return next(appeal for appeal in self.appeals if appeal.kind == "Volunteers" and appeal.start.year == day.year)


def plan(start: date, as_of: date, rng: Random) -> Calendar:
    """All campaigns from the year of `start` to the year of `as_of`, in order of their first day."""
    calendar = Calendar(start, as_of)
    drafts: list[tuple[date, date, str, str, float, float]] = []
    for year in range(start.year, as_of.year + 1):
        for name, kind, (m1, d1), (m2, d2), reach, pull in _YEARLY:
            drafts.append((date(year, m1, d1), date(year, m2, d2), f"{year} {name}", kind, reach, pull))
    months = (as_of.year - start.year) * 12 + as_of.month - start.month
    emergencies = sorted(first_of_month(add_months(start, rng.randrange(6, max(months - 1, 8)))) for _ in range(3))
    for month in emergencies:
        name = f"{month:%B %Y} Emergency Relief"
        drafts.append((month.replace(day=8), add_months(month, 1), name, "Email", 0.8, 0.8))
    for number, (first, last, name, kind, reach, pull) in enumerate(sorted(drafts), start=1):
        calendar.appeals.append(Appeal(number, name, kind, first, last, reach, pull))
    for appeal in calendar.appeals:
        if appeal.kind != "Volunteers" and appeal.start < as_of:
            calendar.by_month.setdefault(first_of_month(appeal.start), []).append(appeal)
    calendar.emergencies = frozenset(emergencies)
    return calendar
