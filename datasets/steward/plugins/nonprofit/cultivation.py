"""Major donors: a gift officer's visits, the asks that follow, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from . import giving, money
from .dates import add_months, day_in, first_of_month
from .engagement import sigmoid
from .records import CLOSED_LOST, CULTIVATING, PLEDGED, POSTED, PROSPECTING, Gift, Payment, Touch

if TYPE_CHECKING:
    from .life import Life

_VISITS = (
    ("Meeting", "Visit with donor", 0.3),
    ("Call", "Stewardship call", 0.4),
    ("Email", "Project update", 0.3),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A named amount asked of a named person, waiting for its answer."""

    contact: int
    cents: int
    asked_on: date
    answer_on: date


def cultivate(life: Life, month: date) -> None:
    """Officers pick households with means and a habit; they visit, and after some visits they ask."""
    if (
        life.ask is not None
        and first_of_month(life.ask.answer_on) == month
        and life.ask.answer_on < life.calendar.as_of
    ):
        _answer(life, life.ask)
        life.ask = None
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
    """The answer comes within half a year, or stands open on the last day."""
    asked_on, person = day_in(month, life.rng), life.giver(month)
    if person is None or person.do_not_contact or asked_on >= life.calendar.as_of:
        return
    wish = money.around(1500.0 * exp(0.75 * max(life.household.traits.capacity, -0.5)), 0.5, life.rng)
    cents = money.cents(money.rung(max(1000.0, wish)))
    # Not before next month: the rest of this one is already lived.
    answer_on = max(asked_on + timedelta(days=life.rng.randint(20, 180)), add_months(month, 1))
    life.asked_on, life.ask = month, Ask(person.number, cents, asked_on, answer_on)


def _answer(life: Life, ask: Ask) -> None:
    willing = -0.9 + 0.9 * life.warmth + 0.5 * life.household.traits.loyalty - (0 if life.active else 2)
    if life.chance(sigmoid(willing)):
        _accept(life, ask)
    else:
        _book(life, ask, CLOSED_LOST, ask.answer_on)
        life.warmth -= 0.2


def _accept(life: Life, ask: Ask) -> None:
    """The gift: as asked, or less; the large ones come as a pledge in quarterly payments."""
    given = ask.cents if life.chance(0.45) else money.cents(money.rung(ask.cents / 100 * life.rng.uniform(0.25, 0.9)))
    payments: list[Payment] = []
    if given >= 400_000 and life.chance(0.4):
        payments = _quarterly(given, ask.answer_on, life.calendar.as_of)
    life.active = True
    life.warmth += 0.2
    if payments and payments[-1].paid_on is None:
        gift = _book(life, ask, PLEDGED, payments[-1].scheduled)
        gift.cents, gift.payments = given, payments
        return
    giving.record(
        life, ask.answer_on, given, kind="MajorGift", stage=POSTED, asked_cents=ask.cents, asked_on=ask.asked_on,
        strategy="Upgrade", payments=payments, method="Check", campaign=None,
    )  # fmt: skip


def _book(life: Life, ask: Ask, stage: str, day: date) -> Gift:
    """The ask as an Opportunity that has brought nothing yet, or never will."""
    gift = Gift(life.household.number, ask.contact, ask.cents, day, stage, "MajorGift")
    gift.asked_cents, gift.asked_on, gift.strategy = ask.cents, ask.asked_on, "Upgrade"
    life.story.gifts.append(gift)
    return gift


def settle(life: Life) -> None:
    """On the last day the unanswered ask stands open, with a task to follow it up."""
    if life.ask is not None:
        _book(life, life.ask, PROSPECTING if life.chance(0.4) else CULTIVATING, life.ask.answer_on)
        life.story.touches.append(Touch(life.ask.contact, life.ask.answer_on, "Task", "Follow up on ask", done=False))


def withdraw(life: Life, month: date) -> None:
    """Nobody is left to answer."""
    if life.ask is not None:
        _book(life, life.ask, CLOSED_LOST, month)
        life.ask = None


def _quarterly(cents: int, start: date, as_of: date) -> list[Payment]:
    share = cents // 4
    amounts = (share, share, share, cents - 3 * share)
    due = [add_months(start, 3 * i) for i in range(4)]
    return [
        Payment(amount, day, day if day < as_of else None, "Check") for amount, day in zip(amounts, due, strict=True)
    ]
