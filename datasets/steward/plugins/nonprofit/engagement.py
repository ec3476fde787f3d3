"""What the nonprofit can see of a household's mood: appeals answered, evenings attended, hours volunteered."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from .dates import day_between, day_in
from .records import Appeal, Membership, Shift, Touch

if TYPE_CHECKING:
    from .life import Life


_WRITTEN_IN = (("Email", "Question from donor"), ("Call", "Donor called"), ("Task", "Thank-you note"))


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


def meet(life: Life, month: date) -> None:
    """This month's appeals, volunteer days and stray contacts."""
    life.pull, life.received, life.answered = 0.0, None, None
    for appeal in life.calendar.opening(month):
        _receive(life, appeal)
    _volunteer(life, month)
    _write_in(life, month)


def _receive(life: Life, appeal: Appeal) -> None:
    """An appeal goes to active donors first; warm people answer, and an answer warms them."""
    stranger = 0.6 if life.household.prospect and not life.gifts else 0.35
    reach = appeal.reach * (1.0 if life.active and life.gifts else stranger)
    if appeal.kind == "Event":
        reach *= 1.6 if life.household.traits.event_goer else 0.5
    person = life.giver(appeal.start)
    if person is None or person.do_not_contact or not life.chance(reach):
        return
    traits = life.household.traits
    fits = 0.35 if appeal.kind == traits.channel else -0.25
    answers = life.chance(sigmoid(-2.1 + fits + 0.9 * life.warmth + 0.6 * traits.opens_appeals))
    responded = None
    if answers:
        day = day_between(appeal.start, min(appeal.end, appeal.start + timedelta(days=40)), life.rng)
        responded = day if day < life.calendar.as_of else None
    life.story.memberships.append(Membership(appeal.number, person.number, appeal.start, responded))
    life.received = appeal.number
    life.pull += appeal.pull * (0.35 + 0.65 * answers)
    if answers:
        life.warmth += 0.12
        life.answered = appeal.number


def _volunteer(life: Life, month: date) -> None:
    for person in life.household.people:
        if not person.volunteers or (person.deceased_on and person.deceased_on <= month):
            continue
        if life.chance(sigmoid(-1.9 + 0.8 * life.warmth)):
            day = day_in(month, life.rng)
            if day < life.calendar.as_of:
                status = "Completed" if life.chance(0.93) else "No-Show"
                hours = life.rng.choice((1.5, 2, 3, 3, 4, 6)) if status == "Completed" else 0
                life.story.shifts.append(
                    Shift(person.number, life.calendar.volunteer_days(day).number, day, hours, status)
                )
            life.warmth += 0.08
            life.volunteered = month


def _write_in(life: Life, month: date) -> None:
    """Warm people call and write of their own accord; staff log it."""
    if not life.chance(0.012 * exp(0.8 * life.warmth)):
        return
    day, person = day_in(month, life.rng), life.giver(month)
    if person is not None and day < life.calendar.as_of:
        kind, subject = life.rng.choice(_WRITTEN_IN)
        life.story.touches.append(Touch(person.number, day, kind, subject))
