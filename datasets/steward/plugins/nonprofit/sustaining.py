"""Recurring gifts: joining, cards that expire, installments that fail before people leave, upgrades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from . import giving, money
from .dates import add_months, day_in, first_of_month
from .records import CLOSED_LOST, CLOSED_WON, PLEDGED, Gift, Payment, Pledge

if TYPE_CHECKING:
    from .life import Life


@dataclass(slots=True)
class Running:
    """A pledge in force and the trouble it is in."""

    pledge: Pledge
    installment: int = 0
    misses: int = 0  # failed in a row
    struggling: bool = False  # will fail more and more, then stop
    card_dead: bool = False
    paused_until: date | None = None


def consider(life: Life, month: date) -> None:
    """Warm, loyal people with a few gifts become monthly donors, more often when the drive asks them."""
    if life.running is not None or not life.active or not life.gifts or life.in_hard_times(month):
        return
    traits = life.household.traits
    hazard = 0.0072 * exp(0.55 * life.warmth + 0.35 * traits.loyalty + 0.8 * life.pull)
    person, agreed_on = life.giver(month), day_in(month, life.rng)
    if person is None or agreed_on >= life.calendar.as_of or not life.chance(min(hazard, 0.2)):
        return
    period, every = life.rng.choices((("Monthly", 1), ("Monthly", 3), ("Yearly", 1)), (90, 6, 4))[0]
    yearly = 2.2 * money.LADDER[min(life.usual, money.TOP)]
    share = {("Monthly", 1): 6.0, ("Monthly", 3): 3.0, ("Yearly", 1): 1.5}[period, every]
    method = "Credit Card" if life.chance(0.78) else "ACH"
    day = life.rng.randint(1, 28)
    pledge = Pledge(
        household=life.household,
        contact=person.number,
        cents=money.cents(max(1, money.rung(yearly / share))),
        period=period,
        every=every,
        agreed_on=agreed_on,
        started=add_months(month, 1).replace(day=day),
        day_of_month=day,
        method=method,
        card_expires=add_months(month, life.rng.randint(5, 50)) if method == "Credit Card" else None,
        campaign=life.answered,
    )
    pledge.next_due = pledge.started
    designations = giving.designate(life, pledge.cents)
    pledge.fund = designations[0][0] if designations else None
    life.story.pledges.append(pledge)
    life.running = Running(pledge)


def pay(life: Life, month: date) -> None:
    """The installment due this month, if any: paid, or failed for a reason that may end the pledge."""
    running = life.running
    if running is None or running.pledge.next_due is None or first_of_month(running.pledge.next_due) != month:
        return
    pledge, due = running.pledge, running.pledge.next_due
    if due >= life.calendar.as_of:
        return
    if _pauses(life, running, month):
        pledge.next_due = _following(pledge, due)
        return
    if _orphaned(life, pledge, due):
        stop(life, due, "Deceased Donor")
        return
    if _tired(life, running, month):
        stop(life, due, life.rng.choice(("No Longer Interested", "No Longer Interested", "Unknown")))
        return
    running.installment += 1
    failed = _fails(life, running, month)
    life.story.gifts.append(_installment(life, running, due, CLOSED_LOST if failed else CLOSED_WON))
    pledge.next_due = _following(pledge, due)
    if failed:
        _miss(life, running, due)
        return
    running.misses = 0
    pledge.paid, pledge.paid_cents, pledge.last_paid = pledge.paid + 1, pledge.paid_cents + pledge.cents, due
    life.gifts += 1
    life.last_gift = due
    _upgrade(life, pledge)


def _pauses(life: Life, running: Running, month: date) -> bool:
    """A break of a few months, mostly in hard times; nothing is due in it, and not everybody comes back."""
    if running.paused_until is None and life.chance(0.06 if life.in_hard_times(month) else 0.003):
        running.paused_until = add_months(month, life.rng.randint(2, 4))
    if running.paused_until is None:
        return False
    if month < running.paused_until:
        return True
    running.paused_until = None
    running.struggling = running.struggling or life.chance(0.4)
    return False


def _orphaned(life: Life, pledge: Pledge, day: date) -> bool:
    """The person who pledged has died, though others of the household live."""
    return pledge.contact not in {person.number for person in life.household.living(day)}


def _tired(life: Life, running: Running, month: date) -> bool:
    """Leaving on purpose; those who run out of money usually fail a few times first."""
    new = 1.6 if running.installment < 6 else 1.0
    leaves = life.chance(min(0.014 * new * exp(-0.75 * life.warmth - 0.3 * life.household.traits.loyalty), 0.3))
    if (leaves and life.chance(0.5)) or (life.in_hard_times(month) and life.chance(0.08)):
        running.struggling = True
        return False
    return leaves


def _fails(life: Life, running: Running, month: date) -> bool:
    pledge = running.pledge
    if pledge.card_expires and month >= pledge.card_expires and not running.card_dead:
        if life.chance(0.5):  # renewed in time, by the donor or the card network
            pledge.card_expires = add_months(pledge.card_expires, 36)
        else:
            running.card_dead = True
    if running.card_dead:
        if running.misses and life.chance(0.3 * exp(0.4 * life.warmth)):
            running.card_dead, pledge.card_expires = False, add_months(month, 36)
            return False
        return True
    return life.chance(0.55 if running.struggling else 0.02)


def _miss(life: Life, running: Running, due: date) -> None:
    running.misses += 1
    life.warmth -= 0.05
    if running.misses >= 3 or (running.struggling and running.misses >= 2 and life.chance(0.5)):
        reason = "Card Expired" if running.card_dead else "Financial Difficulty"
        stop(life, due, reason)


def _upgrade(life: Life, pledge: Pledge) -> None:
    if life.chance(0.011 * exp(0.7 * life.warmth + 0.8 * life.household.traits.raises_regular)):
        pledge.cents, pledge.change = money.cents(money.rung(pledge.cents / 100) + 1), "Upgrade"
    elif life.chance(0.0015):
        pledge.cents, pledge.change = money.cents(max(1, money.rung(pledge.cents / 100) - 1)), "Downgrade"


def stop(life: Life, day: date, reason: str) -> None:
    """End the pledge; those who leave on purpose also tend to leave the nonprofit."""
    running = life.running
    if running is None:
        return
    pledge = running.pledge
    pledge.status = "Lapsed" if reason == "Card Expired" and life.chance(0.5) else "Closed"
    pledge.ended, pledge.reason, pledge.next_due = min(day, life.calendar.as_of), reason, None
    life.running = None
    if reason == "No Longer Interested":
        life.active = life.chance(0.5)


def settle(life: Life) -> None:
    """On the last day: the next installment of a running pledge stands open, as NPSP keeps it."""
    running = life.running
    if running is None or running.pledge.next_due is None:
        return
    pledge = running.pledge
    if _orphaned(life, pledge, life.calendar.as_of):
        stop(life, life.calendar.as_of - timedelta(days=1), "Deceased Donor")
        return
    while pledge.next_due is not None and pledge.next_due < life.calendar.as_of:
        pledge.next_due = _following(pledge, pledge.next_due)
    if running.paused_until is not None and running.paused_until >= first_of_month(life.calendar.as_of):
        pledge.status = "Paused"
        return
    running.installment += 1
    assert pledge.next_due is not None  # noqa: S101 - set above
    life.story.gifts.append(_installment(life, running, pledge.next_due, PLEDGED))


def _following(pledge: Pledge, due: date) -> date:
    months = 12 if pledge.period == "Yearly" else pledge.every
    return add_months(due, months).replace(day=pledge.day_of_month)


def _installment(life: Life, running: Running, due: date, stage: str) -> Gift:
    pledge = running.pledge
    gift = Gift(
        account=life.household.number,
        contact=pledge.contact,
        cents=pledge.cents,
        day=due,
        stage=stage,
        method=pledge.method,
        campaign=pledge.campaign,
        pledge=pledge,
        installment=running.installment,
    )
    paid_on = due if stage == CLOSED_WON else None
    gift.payments.append(Payment(pledge.cents, due, paid_on, pledge.method, written_off=stage == CLOSED_LOST,
                                 card_expires=pledge.card_expires))  # fmt: skip
    if pledge.fund is not None:
        gift.designations = [(pledge.fund, pledge.cents)]
    return gift
