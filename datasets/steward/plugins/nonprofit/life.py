"""One household's years, month by month: mood, chances met, gifts made, and the day it stops giving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp, log1p
from random import Random

from . import cultivation, engagement, giving, sustaining
from .appeals import Calendar
from .dates import day_in, months
from .records import Household, Organization, Person, Story

_MOOD_PERSISTS = 0.86
_MOOD_NOISE = 0.34


@dataclass(slots=True)
class Life:
    """Where a household stands this month; `warmth` is the hidden mood that engagement shows and giving follows."""

    household: Household
    calendar: Calendar
    funds: list[Organization]  # donor-advised fund sponsors
    story: Story
    rng: Random
    warmth: float = 0.3
    active: bool = True
    usual: int = 0  # rung of the usual gift
    gifts: int = 0
    pull: float = 0.0  # what this month's appeals add
    received: int | None = None  # this month's last appeal
    answered: int | None = None  # the appeal they responded to this month
    hard_times_until: date | None = None
    last_gift: date | None = None
    running: sustaining.Running | None = None
    volunteered: date | None = None  # the last month in which somebody did
    officer: bool = False  # a gift officer looks after them
    visits: int = 0
    ask: cultivation.Ask | None = None  # not yet answered
    asked_on: date | None = None

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def giver(self, day: date) -> Person | None:
        """Who in the household gives: usually the first living adult."""
        living = self.household.living(day)
        if not living:
            return None
        return living[1] if len(living) > 1 and self.chance(0.12) else living[0]

    def in_hard_times(self, month: date) -> bool:
        return self.hard_times_until is not None and month < self.hard_times_until


def live(life: Life) -> None:
    """Run the household from the month it joined to the day before `as_of`."""
    household, calendar = life.household, life.calendar
    if household.gives and not household.prospect and household.joined < calendar.as_of:
        giving.first_gift(life, household.joined)
    for month in months(household.joined, calendar.as_of):
        _grow_older(life, month)
        if not household.living(month):
            sustaining.stop(life, month, "Deceased Donor")
            cultivation.withdraw(life, month)
            giving.leave(life, month)
            return
        _feel(life, month)
        engagement.meet(life, month)
        if not household.gives:
            continue
        if not life.gifts and household.prospect:
            giving.start(life, month)
            continue
        _stay_or_leave(life, month)
        sustaining.pay(life, month)
        giving.give(life, month)
        sustaining.consider(life, month)
        cultivation.cultivate(life, month)
    sustaining.settle(life)
    cultivation.settle(life)


def _grow_older(life: Life, month: date) -> None:
    """People die; the older the likelier. The survivors of a household go on."""
    for person in life.household.people:
        age = person.age - (life.calendar.as_of.year - month.year)
        if person.deceased_on is None and life.chance(0.00002 * exp(0.085 * (age - 30))):
            day = day_in(month, life.rng)
            person.deceased_on = day if day < life.calendar.as_of else None
            life.warmth -= 0.4


def _feel(life: Life, month: date) -> None:
    """The mood drifts around the household's loyalty; now and then life interferes."""
    home = 0.55 * life.household.traits.loyalty - (0.0 if life.active else 0.9)
    life.warmth = _MOOD_PERSISTS * life.warmth + (1 - _MOOD_PERSISTS) * home + life.rng.gauss(0.0, _MOOD_NOISE)
    if life.chance(0.0035):
        life.hard_times_until = _in_a_year(month)
        life.usual = max(0, life.usual - 2)
    elif life.chance(0.003):
        life.usual += 2


def _in_a_year(month: date) -> date:
    return month.replace(year=month.year + 1)


def _stay_or_leave(life: Life, month: date) -> None:
    """Lapsing is a hazard: high after a first gift, falling with every gift and with warmth; some come back."""
    loyalty = life.household.traits.loyalty
    if life.active:
        hazard = 0.09 * exp(-0.3 * loyalty - 0.7 * life.warmth - 0.5 * log1p(min(life.gifts, 6)))
        if life.gifts <= 3:
            hazard *= 3.5 if life.gifts == 1 else 1.6
        if life.in_hard_times(month):
            hazard *= 2.2
        life.active = not life.chance(min(hazard, 0.6))
    else:
        life.active = life.chance(min(0.035 * exp(0.35 * loyalty + 0.3 * life.warmth + 1.2 * life.pull), 0.3))
