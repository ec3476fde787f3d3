"""The cast: households of one to three people with hidden traits, and the organizations around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from faker import Faker

from .appeals import FUNDS, Calendar
from .dates import add_months, day_in, months
from .records import Household, Organization, Person, Traits

_SALUTATIONS = {"F": ("Ms.", "Ms.", "Mrs.", "Dr."), "M": ("Mr.", "Mr.", "Mr.", "Dr.")}
_SOURCES = ("Web", "Event", "Direct Mail", "Friend", "Volunteer", "Social Media")
_DAF_SPONSORS = ("Meridian Charitable Gift Fund", "Commonweal Donor Fund", "Lakeshore Community Foundation DAF")
_DONORS_BEFORE_HISTORY = 0.40
_NEVER_GAVE = 0.06
_PROSPECTS = 0.25  # came as volunteers, guests or readers, and may give one day


class Cast:
    """Draws names from Faker and everything else from `rng`; the same seed gives the same people in any process."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        self.rng = Random(f"{seed}:people")  # noqa: S311 - a simulation, not a secret
        self.fake = Faker("en_US")
        self.fake.seed_instance(seed)
        self.calendar = calendar
        self._contacts = 0
        self._joining = self._joining_weights()

    def organizations(self, contacts: int) -> list[Organization]:
        """About one organization for thirty contacts, donor-advised fund sponsors first."""
        made = [
            Organization(number, name, "Donor-advised fund", False, self.calendar.start)
            for number, name in enumerate(_DAF_SPONSORS, start=1)
        ]
        for number in range(len(made) + 1, len(made) + 1 + max(6, contacts // 30)):
            kind = self.rng.choices(("Company", "Foundation", "Congregation"), (6, 2, 2))[0]
            suffix = {"Company": "", "Foundation": " Foundation", "Congregation": " Congregation"}[kind]
            name = self.fake.company() if kind == "Company" else self.fake.last_name() + suffix
            since = add_months(self.calendar.start, self.rng.randrange(0, 60))
            made.append(Organization(number, name, kind, kind == "Company" and self.rng.random() < 0.5, since))
        return made

    def households(self, contacts: int, organizations: Sequence[Organization]) -> Iterator[Household]:
        """Households until there are exactly `contacts` people."""
        employers = [each for each in organizations if each.kind == "Company"]
        number = len(organizations)
        while self._contacts < contacts:
            number += 1
            size = min(self.rng.choices((1, 2, 3), (45, 43, 12))[0], contacts - self._contacts)
            yield self._household(number, size, employers)

    def _household(self, number: int, size: int, employers: Sequence[Organization]) -> Household:
        fake, rng = self.fake, self.rng
        last, age = fake.last_name(), rng.randint(24, 84)
        people = [self._person(last if rng.random() < 0.85 else fake.last_name(), age, i) for i in range(size)]
        for person in people:
            if employers and person.age < 67 and rng.random() < 0.22:
                person.employer = rng.choice(employers)
                person.claims_matches = rng.betavariate(0.9, 1.1)
        prospect = rng.random() < _PROSPECTS
        if prospect and rng.random() < 0.5:
            people[0].volunteers = True
        surnames = list(dict.fromkeys(person.last for person in people))
        return Household(
            number=number,
            name=f"{' and '.join(surnames)} Household",
            formal=" and ".join(f"{p.salutation} {p.first} {p.last}" for p in people),
            informal=" and ".join(p.first for p in people),
            street=fake.street_address(),
            city=fake.city(),
            state=fake.state_abbr(include_territories=False),
            postal_code=fake.postcode(),
            source=rng.choice(_SOURCES),
            joined=self._joining_day(),
            gives=rng.random() >= _NEVER_GAVE,
            prospect=prospect,
            traits=self._traits(age),
            people=people,
        )

    def _person(self, last: str, age: int, place: int) -> Person:
        rng, fake = self.rng, self.fake
        self._contacts += 1
        sex = rng.choice("FM")
        first = fake.first_name_female() if sex == "F" else fake.first_name_male()
        years = age + rng.randint(-6, 6) if place < 2 else max(19, age - rng.randint(24, 34))
        return Person(
            number=self._contacts,
            first=first,
            last=last,
            salutation=rng.choice(_SALUTATIONS[sex]),
            email=f"{first}.{last}.{self._contacts}@example.org".lower().replace(" ", ""),
            phone=f"555-01{rng.randrange(100):02d}",
            age=max(19, years),
            volunteers=rng.random() < 0.09,
            no_calls=rng.random() < 0.08,
            no_scoring=rng.random() < 0.012,
            do_not_contact=rng.random() < 0.012,
        )

    def _traits(self, age: int) -> Traits:
        rng = self.rng
        loyalty, generosity = rng.gauss(0.01 * (age - 54), 0.95), rng.gauss(0.0, 1.0)
        capacity = 0.55 * generosity + 0.8 * rng.gauss(0.0, 1.0) + 0.008 * (age - 54)
        return Traits(
            loyalty=loyalty,
            generosity=generosity,
            capacity=capacity,
            year_end=rng.betavariate(1.2, 1.8),
            favourite_month=rng.randint(1, 12),
            opens_appeals=0.35 * loyalty + rng.gauss(0.0, 0.9),
            cause=rng.randrange(1, len(FUNDS)) if rng.random() < 0.4 else None,
            event_goer=rng.random() < 0.2,
            has_fund=capacity > 0.8 and rng.random() < 0.45,
            method=self._method(age),
            channel="Direct Mail" if rng.random() < (0.75 if age >= 60 else 0.35) else "Email",
            raises_regular=rng.gauss(0.0, 0.8),
        )

    def _method(self, age: int) -> str:
        """The old write checks, the young use cards."""
        weights = (0.35, 0.5, 0.1, 0.03, 0.02) if age >= 62 else (0.7, 0.1, 0.1, 0.09, 0.01)
        return self.rng.choices(("Credit Card", "Check", "ACH", "PayPal", "Cash"), weights)[0]

    def _joining_weights(self) -> tuple[list[date], list[float]]:
        """When new donors arrive: a growing nonprofit, year-ends, and emergencies."""
        emergencies = self.calendar.emergencies
        all_months = list(months(self.calendar.start, self.calendar.as_of))
        weights = [
            (1.0 + 0.004 * i) * (2.6 if month.month == 12 else 1.0) * (4.0 if month in emergencies else 1.0)
            for i, month in enumerate(all_months)
        ]
        return all_months, weights

    def _joining_day(self) -> date:
        rng, start = self.rng, self.calendar.start
        if rng.random() < _DONORS_BEFORE_HISTORY:
            return day_in(add_months(start, rng.randrange(12)), rng)
        return day_in(rng.choices(*self._joining)[0], rng)
