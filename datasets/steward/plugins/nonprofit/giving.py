"""One-off gifts: when, how much, answering what, through which door."""

from __future__ import annotations

from datetime import date
from math import exp
from typing import TYPE_CHECKING

from . import money
from .appeals import FUNDS
from .dates import add_months, day_in
from .records import CLOSED_WON, IN_KIND, Gift, Payment, Person

if TYPE_CHECKING:
    from .life import Life

# How giving spreads over the year for people who do not wait for its end; mean 1.
_SEASON = (0.8, 0.75, 0.9, 1.15, 1.05, 0.95, 0.8, 0.75, 0.9, 1.15, 1.3, 1.5)
_METHODS = (("Credit Card", 0.55), ("Check", 0.27), ("ACH", 0.1), ("PayPal", 0.06), ("Cash", 0.02))
_HABIT = 0.75  # of gifts that come the usual way


def first_gift(life: Life, day: date) -> None:
    traits = life.household.traits
    life.usual = money.rung(money.around(48.0 * exp(0.8 * traits.generosity), 0.5, life.rng))
    record(life, day, money.cents(life.usual))


def start(life: Life, month: date) -> None:
    """A prospect's first gift: warm ones, those who answer, and those who have just given time."""
    lately = life.volunteered is not None and (month - life.volunteered).days < 190
    hazard = 0.008 * exp(1.0 * life.warmth + 1.1 * life.pull + 1.3 * lately + 0.9 * (life.answered is not None))
    day = day_in(month, life.rng)
    if life.chance(min(hazard, 0.35)) and _known_by(life, day):
        first_gift(life, day)


def _known_by(life: Life, day: date) -> bool:
    return life.household.joined < day < life.calendar.as_of


def leave(life: Life, month: date) -> None:
    """Now and then the last of a faithful household has remembered the nonprofit in their will."""
    traits = life.household.traits
    if life.gifts < 5 or not life.chance(0.25 if traits.loyalty > 0.3 else 0.05):
        return
    day = day_in(add_months(month, life.rng.randint(6, 15)), life.rng)
    if day < life.calendar.as_of:
        cents = money.cents(money.rung(money.around(12_000.0, 0.9, life.rng)))
        gift = Gift(life.household.number, None, cents, day, CLOSED_WON, type="Bequest", method="Check")
        gift.payments.append(Payment(cents, day, day, gift.method))
        life.story.gifts.append(gift)


def give(life: Life, month: date) -> None:
    """A household gives at its own rate, in its own season, more when warm and when asked."""
    if month <= life.household.joined.replace(day=1):
        return
    for _ in range(2):
        if life.chance(1.0 - exp(-_rate(life, month) / 2)):
            day = day_in(month, life.rng)
            if day < life.calendar.as_of:
                record(life, day, _amount(life, day))


def _rate(life: Life, month: date) -> float:
    """Expected gifts this month."""
    traits = life.household.traits
    season = 0.55 * _SEASON[month.month - 1] + traits.year_end * (3.4 if month.month == 12 else 0.12)
    if month.month == traits.favourite_month:
        season *= 2.6
    rate = exp(1.74 + 0.25 * traits.loyalty + 0.42 * life.warmth) / 12 * season * exp(0.75 * life.pull)
    if life.last_gift is not None and (month - life.last_gift.replace(day=1)).days < 32:
        rate *= 0.6
    if life.in_hard_times(month):
        rate *= 0.35
    if life.running is not None:
        rate *= 0.35
    return rate if life.active else rate * 0.08


def _amount(life: Life, day: date) -> int:
    """Mostly the same again; now and then a step, up when warm; a little extra at the end of the year."""
    rng, step, extra = life.rng, _lasting_step(life), 0
    life.usual = max(0, min(life.usual + step, money.TOP - 6))
    if day.month == 12 and life.chance(0.3 * life.household.traits.year_end + 0.05):
        extra = rng.choice((1, 2))
    elif life.chance(0.16):
        extra = rng.choice((-2, -1, 1))
    if life.chance(0.03):
        return money.cents(life.usual + extra) + rng.choice((95, 137, 250, 311))  # covers the fees
    return money.cents(life.usual + extra)


def _lasting_step(life: Life) -> int:
    """A lasting change of the usual gift: upgrades follow warmth, capacity and a habit of giving."""
    traits = life.household.traits
    room = traits.capacity - 0.12 * (life.usual - 8)
    up = 0.05 * exp(0.55 * life.warmth + 0.45 * max(min(room, 2.0), -2.0)) * min(1.0, 0.4 + 0.15 * life.gifts)
    if life.chance(min(up, 0.4)):
        return 1 if life.chance(0.7) else 2
    return -1 if life.chance(0.04 * exp(-0.4 * life.warmth)) else 0


def record(life: Life, day: date, cents: int, **more: object) -> Gift | None:
    """Book one paid gift with its door, campaign, designation and method; None when nobody is left to give it."""
    person = life.giver(day)
    if person is None or day >= life.calendar.as_of:
        return None
    gift = _booked(life, person, day, cents)
    for name, value in more.items():
        setattr(gift, name, value)
    gift.designations = designate(life, gift.cents)
    if not gift.payments:
        gift.payments.append(Payment(gift.cents, day, day, gift.method))
        if life.chance(0.0015):
            gift.payments.append(Payment(-gift.cents, day, day, gift.method, debit="Refund"))
    life.story.gifts.append(gift)
    life.gifts += 1
    life.last_gift = day
    life.warmth += 0.05
    return gift


def _booked(life: Life, person: Person, day: date, cents: int) -> Gift:
    method = life.rng.choices([name for name, _ in _METHODS], [weight for _, weight in _METHODS])[0]
    method = life.household.traits.method if life.chance(_HABIT) else method
    gift = Gift(life.household.number, person.number, cents, day, CLOSED_WON, method=method, campaign=life.answered)
    if life.answered is None and life.received is not None and life.chance(0.3):
        gift.campaign = life.received
    if life.household.traits.has_fund and cents >= 15_000 and life.chance(0.6):
        sponsor = life.funds[life.household.number % len(life.funds)]
        gift.account, gift.household_credit, gift.method = sponsor.number, life.household.number, "Check"
    elif life.chance(0.005):
        gift.stage, gift.kind = IN_KIND, "InKindGift"
    elif life.chance(0.012):
        gift.tribute = "Honor" if life.chance(0.5) else "Memorial"
    return gift


def designate(life: Life, cents: int) -> list[tuple[int, int]]:
    """Fund numbers (from 1) with their share: nothing for most gifts, the household's cause for those who have one."""
    cause = life.household.traits.cause
    if cause is not None and life.chance(0.65):
        if life.chance(0.05) and cents >= 10_000:
            return [(cause + 1, cents // 2), (1, cents - cents // 2)]
        return [(cause + 1, cents)]
    if life.chance(0.04):
        return [(life.rng.randrange(len(FUNDS)) + 1, cents)]
    return []
