"""The whole nonprofit at once: cast, calendar, lives, institutions, credits, numbers and roll-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from .appeals import Calendar, plan
from .crediting import credit
from .institutions import Institutions
from .life import Life, live
from .people import Cast
from .records import Household, Organization, Person, Story
from .rollups import Rollups, roll_up


@dataclass(slots=True)
class World:
    as_of: date
    calendar: Calendar
    organizations: list[Organization]
    households: list[Household]
    story: Story
    rollups: Rollups


def simulate(contacts: int, as_of: date, years: int, seed: int) -> World:
    """A nonprofit of `contacts` people over `years` up to the day before `as_of`; equal arguments, equal world."""
    start = as_of.replace(year=as_of.year - years, day=1)
    calendar = plan(start, as_of, Random(f"{seed}:calendar"))  # noqa: S311 - a simulation, not a secret
    cast = Cast(seed, calendar)
    organizations = cast.organizations(contacts)
    households = list(cast.households(contacts, organizations))
    story = Story()
    funds = [each for each in organizations if each.kind == "Donor-advised fund"]
    for household in households:
        rng = Random(f"{seed}:household:{household.number}")  # noqa: S311
        life = Life(household, calendar, funds, story, rng)
        live(life)
        _settle_consent(household.people, life)
    institutions = Institutions(calendar, story, Random(f"{seed}:institutions"))  # noqa: S311
    own_gifts = list(story.gifts)
    institutions.run(organizations, households)
    people = (person for household in households for person in household.people)
    institutions.match(own_gifts, {p.number: p for p in people if p.employer and p.employer.matches})
    by_number = {household.number: household for household in households}
    credit(story.gifts, by_number, Random(f"{seed}:credits"))  # noqa: S311
    _number(story)
    return World(as_of, calendar, organizations, households, story, roll_up(story.gifts, frozenset(by_number), as_of))


def _settle_consent(people: list[Person], life: Life) -> None:
    """Cold people unsubscribe; NPSP sets both channels off for the deceased and for do-not-contact."""
    for person in people:
        person.no_email = life.rng.random() < (0.05 if life.warmth > 0 else 0.13)
        if person.deceased_on or person.do_not_contact:
            person.do_not_contact = person.no_email = person.no_calls = True


def _number(story: Story) -> None:
    """Opportunities and pledges are numbered by date, as an org would have met them."""
    story.gifts.sort(key=lambda gift: (gift.day, gift.account, gift.installment or 0, gift.cents))
    story.pledges.sort(key=lambda pledge: (pledge.started, pledge.household.number))
    for number, gift in enumerate(story.gifts, start=1):
        gift.number = number
    for number, pledge in enumerate(story.pledges, start=1):
        pledge.number = number
