"""Who shares the credit: contact roles as NPSP sets them, partial soft credits and honorees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from .records import Gift, Household, Person, Role


def credit(gifts: Sequence[Gift], households: Mapping[int, Household], rng: Random) -> None:
    """Add contact roles to every Opportunity that involves a person."""
    departed = [person for household in households.values() for person in household.people if person.deceased_on]
    everyone = [person for household in households.values() for person in household.people]
    joined = {person.number: household.joined for household in households.values() for person in household.people}
    for gift in gifts:
        household = households.get(gift.household_credit or gift.account)
        if household is None:
            continue
        _household_roles(gift, household)
        if gift.tribute is not None:
            _honour(gift, departed if gift.tribute == "Memorial" else everyone, rng)
        if gift.won and gift.pledge is None and rng.random() < 0.004:
            _share_with_fundraiser(gift, [one for one in everyone if joined[one.number] < gift.day], rng)


def _household_roles(gift: Gift, household: Household) -> None:
    """The primary contact is the donor (or, on a fund's gift, soft-credited); the others are household members."""
    if gift.contact is None:
        return
    through_fund = gift.household_credit is not None
    gift.roles.append(Role(gift.contact, "Soft Credit" if through_fund else "Donor", primary=True))
    for person in household.living(gift.day):
        if person.number != gift.contact and not through_fund:
            gift.roles.append(Role(person.number, "Household Member"))


def _honour(gift: Gift, candidates: Sequence[Person], rng: Random) -> None:
    remembered = [person for person in candidates if person.deceased_on is None or person.deceased_on <= gift.day]
    taken = {role.contact for role in gift.roles}
    if not remembered:
        gift.tribute = None
        return
    person = rng.choice(remembered)
    if person.number not in taken:
        gift.honoree = person
        gift.roles.append(Role(person.number, "Honoree"))
    else:
        gift.tribute = None


def _share_with_fundraiser(gift: Gift, everyone: Sequence[Person], rng: Random) -> None:
    """Somebody else's birthday fundraiser brought the gift: part of it is credited to them."""
    person = rng.choice(everyone) if everyone else None
    if person is not None and person.deceased_on is None and person.number not in {role.contact for role in gift.roles}:
        gift.roles.append(Role(person.number, "Soft Credit", partial_cents=gift.cents // rng.choice((1, 2, 2, 4))))
