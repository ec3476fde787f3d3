"""Major donors: a gift officer's visits, the asks that follow, and what becomes of them."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from . import giving, money
from .dates import add_months, day_in
from .engagement import sigmoid
from .records import CLOSED_LOST, CULTIVATING, PLEDGED, POSTED, PROSPECTING, Gift, Payment, Touch

if TYPE_CHECKING:
    from .life import Life

_VISITS = (
    ("Meeting", "Visit with donor", 0.3),
    ("Call", "Stewardship call", 0.4),
    ("Email", "Project update", 0.3),
)


def cultivate(life: Life, month: date) -> None:
    """Officers pick households with means and a habit; they visit, and after some visits they ask."""
    traits = life.household.traits
    if not life.officer:
        worth = traits.capacity + 0.1 * life.usual + 0.05 * min(life.gifts, 20)
        life.officer = life.gifts >= 2 and life.chance(0.05 * sigmoid(2.2 * (worth - 3.3)))
        return
    if life.chance(0.3):
        _visit(life, month)
    rested = life.asked_on is None or (month - life.asked_on).days > 300
    if life.visits >= 3 and rested and life.chance(0.1):
        _ask(life, month)


def _visit(life: Life, month: date) -> None:
    day, person = day_in(month, life.rng), life.giver(month)
    if person is None or person.do_not_contact or day >= life.calendar.as_of:
        return
    kind, subject, _ = life.rng.choices(_VISITS, [weight for _, _, weight in _VISITS])[0]
    life.story.touches.append(Touch(person.number, day, kind, subject))
    life.visits += 1
    life.warmth += 0.1


def _ask(life: Life, month: date) -> None:
    """A named amount, on a named day; the answer comes within half a year, or stands open on the last day."""
    traits, rng = life.household.traits, life.rng
    asked_on, person = day_in(month, rng), life.giver(month)
    if person is None or person.do_not_contact or asked_on >= life.calendar.as_of:
        return
    life.asked_on = month
    wish = money.around(1500.0 * exp(0.75 * max(traits.capacity, -0.5)), 0.5, rng)
    asked = money.cents(money.rung(max(1000.0, wish)))
    answer_on = asked_on + timedelta(days=rng.randint(20, 180))
    if answer_on >= life.calendar.as_of:
        _leave_open(life, person.number, asked, asked_on, answer_on)
    elif life.chance(sigmoid(-0.9 + 0.9 * life.warmth + 0.5 * traits.loyalty - (0 if life.active else 2))):
        _accept(life, person.number, asked, asked_on, answer_on)
    else:
        gift = Gift(life.household.number, person.number, asked, answer_on, CLOSED_LOST, "MajorGift")
        gift.asked_cents, gift.asked_on, gift.strategy = asked, asked_on, "Upgrade"
        life.story.gifts.append(gift)
        life.warmth -= 0.2


def _accept(life: Life, contact: int, asked: int, asked_on: date, day: date) -> None:
    """The gift: as asked, or less; the large ones come as a pledge in quarterly payments."""
    if not life.household.living(day):
        return
    given = asked if life.chance(0.45) else money.cents(money.rung(asked / 100 * life.rng.uniform(0.25, 0.9)))
    payments: list[Payment] = []
    stage = POSTED
    if given >= 400_000 and life.chance(0.4):
        payments = _quarterly(given, day, life.calendar.as_of)
        stage = POSTED if payments[-1].paid_on else PLEDGED
    if stage == PLEDGED:
        gift = Gift(life.household.number, contact, given, payments[-1].scheduled, PLEDGED, "MajorGift")
        gift.asked_cents, gift.asked_on, gift.strategy, gift.payments = asked, asked_on, "Upgrade", payments
        life.story.gifts.append(gift)
        return
    giving.record(
        life, day, given, kind="MajorGift", stage=stage, asked_cents=asked, asked_on=asked_on, strategy="Upgrade",
        payments=payments, method="Check", campaign=None,
    )  # fmt: skip
    life.active = True
    life.warmth += 0.2


def _quarterly(cents: int, start: date, as_of: date) -> list[Payment]:
    share = cents // 4
    amounts = (share, share, share, cents - 3 * share)
    due = [add_months(start, 3 * i) for i in range(4)]
    return [
        Payment(amount, day, day if day < as_of else None, "Check") for amount, day in zip(amounts, due, strict=True)
    ]


def _leave_open(life: Life, contact: int, asked: int, asked_on: date, expected: date) -> None:
    stage = PROSPECTING if life.chance(0.4) else CULTIVATING
    gift = Gift(life.household.number, contact, asked, expected, stage, "MajorGift")
    gift.asked_cents, gift.asked_on, gift.strategy = asked, asked_on, "Upgrade"
    life.story.gifts.append(gift)
    task = Touch(contact, expected, "Task", "Follow up on ask", done=False)
    life.story.touches.append(task)
