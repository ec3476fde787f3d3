"""What the simulation produces, in fundraisers' words; `rows` turns it into Salesforce records. Money is in cents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

CLOSED_WON, POSTED, AWARDED, IN_KIND = "Closed Won", "Posted", "Awarded", "In-Kind Received"
WON_STAGES = frozenset({CLOSED_WON, POSTED, AWARDED, IN_KIND})
CLOSED_LOST, PLEDGED, CULTIVATING, PROSPECTING = "Closed Lost", "Pledged", "Cultivating", "Prospecting"


@dataclass(slots=True, eq=False)
class Traits:
    """What nobody sees: the causes behind a household's giving. Standard normal unless said otherwise."""

    loyalty: float
    generosity: float
    capacity: float
    year_end: float  # share of giving that waits for the end of the year, 0..1
    favourite_month: int
    opens_appeals: float
    cause: int | None  # index of the fund they care for
    event_goer: bool
    has_fund: bool  # gives through a donor-advised fund
    method: str  # how they mostly pay
    channel: str  # the kind of appeal they answer best
    raises_regular: float  # how readily a regular gift grows


@dataclass(slots=True, eq=False)
class Person:
    number: int
    first: str
    last: str
    salutation: str
    email: str
    phone: str
    age: int
    volunteers: bool = False
    employer: Organization | None = None
    claims_matches: float = 0.0  # share of gifts for which the employer's form is sent
    deceased_on: date | None = None
    do_not_contact: bool = False
    no_email: bool = False
    no_calls: bool = False
    no_scoring: bool = False


@dataclass(slots=True, eq=False)
class Household:
    number: int
    name: str
    formal: str
    informal: str
    street: str
    city: str
    state: str
    postal_code: str
    source: str
    joined: date
    gives: bool
    prospect: bool  # known before they give, if they ever do
    traits: Traits
    people: list[Person]

    def living(self, day: date) -> list[Person]:
        return [person for person in self.people if person.deceased_on is None or person.deceased_on > day]


@dataclass(slots=True, eq=False)
class Organization:
    number: int
    name: str
    kind: str  # Company, Foundation, Congregation, Donor-advised fund
    matches: bool
    since: date
    contact: Person | None = None


@dataclass(slots=True, eq=False)
class Appeal:
    number: int
    name: str
    kind: str
    start: date
    end: date
    reach: float  # share of active donors who are asked
    pull: float  # how much it lifts giving


@dataclass(slots=True, eq=False)
class Role:
    contact: int
    role: str
    primary: bool = False
    partial_cents: int | None = None  # a partial soft credit replaces the gift's amount for this contact


@dataclass(slots=True, eq=False)
class Payment:
    cents: int
    scheduled: date
    paid_on: date | None
    method: str | None
    written_off: bool = False
    debit: str | None = None
    card_expires: date | None = None  # of the card it was charged to, as it was then


@dataclass(slots=True, eq=False)
class Pledge:
    """A recurring donation: its terms, and how it stands on the last day."""

    household: Household
    contact: int
    cents: int
    period: str
    every: int
    agreed_on: date
    started: date
    day_of_month: int
    method: str
    card_expires: date | None
    campaign: int | None = None
    fund: int | None = None
    status: str = "Active"
    ended: date | None = None
    reason: str | None = None
    change: str | None = None
    paid: int = 0
    paid_cents: int = 0
    last_paid: date | None = None
    next_due: date | None = None
    number: int = 0


@dataclass(slots=True, eq=False)
class Gift:
    """One Opportunity: a gift, a failed installment, a pledge not yet paid or an ask."""

    account: int
    contact: int | None
    cents: int
    day: date
    stage: str = CLOSED_WON
    kind: str = "Donation"
    type: str | None = None
    method: str = "Credit Card"
    campaign: int | None = None
    pledge: Pledge | None = None
    installment: int | None = None
    asked_cents: int | None = None
    asked_on: date | None = None
    strategy: str | None = None
    tribute: str | None = None
    honoree: Person | None = None
    matching: Gift | None = None
    matching_status: str | None = None
    matching_account: int | None = None
    household_credit: int | None = None  # the household behind a donor-advised fund's gift
    designations: list[tuple[int, int]] = field(default_factory=list)  # (fund number, cents)
    roles: list[Role] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    number: int = 0

    @property
    def won(self) -> bool:
        return self.stage in WON_STAGES

    def soft_credits(self, household_gift: bool, counted: frozenset[str]) -> Iterator[tuple[int, int]]:
        """(contact, cents) by NPSP's rule: counted roles, the primary one only on an organization's gift."""
        for role in self.roles:
            if role.role in counted and (not role.primary or not household_gift):
                yield role.contact, self.cents if role.partial_cents is None else role.partial_cents


@dataclass(slots=True, eq=False)
class Membership:
    """One person asked by one appeal, and whether they answered."""

    campaign: int
    contact: int
    asked_on: date
    responded_on: date | None


@dataclass(slots=True, eq=False)
class Touch:
    contact: int
    day: date
    kind: str  # Call, Email, Task, Meeting
    subject: str
    done: bool = True


@dataclass(slots=True, eq=False)
class Shift:
    contact: int
    campaign: int
    day: date
    hours: float
    status: str = "Completed"


@dataclass(slots=True, eq=False)
class Story:
    """Everything that happened; lists grow as the simulation runs."""

    gifts: list[Gift] = field(default_factory=list)
    pledges: list[Pledge] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
