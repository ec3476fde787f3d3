"""What organizations give: grants, sponsorships, collections, and employers who match their people's gifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import money
from .appeals import FUNDS, Calendar
from .dates import day_in, months
from .records import (
    AWARDED,
    CLOSED_LOST,
    CLOSED_WON,
    PROSPECTING,
    WON_STAGES,
    Gift,
    Household,
    Organization,
    Payment,
    Person,
    Role,
    Story,
)

_MATCH_LIMIT = 500_000


@dataclass(slots=True)
class Institutions:
    calendar: Calendar
    story: Story
    rng: Random

    def run(self, organizations: Sequence[Organization], households: Sequence[Household]) -> None:
        """Give every organization its contact and its years; donor-advised funds only pass gifts on."""
        for organization in organizations:
            known = [household for household in households if household.joined <= organization.since]
            people = [person for household in known for person in household.people if not person.deceased_on]
            if organization.kind != "Donor-advised fund" and people:
                organization.contact = self.rng.choice(people)
            if organization.kind == "Company":
                self._sponsor(organization)
            elif organization.kind == "Foundation":
                self._fund(organization)
            elif organization.kind == "Congregation":
                self._collect(organization)

    def match(self, gifts: Sequence[Gift], employed: Mapping[int, Person]) -> None:
        """Matching companies double some of their people's gifts a few weeks later."""
        for gift in gifts:
            person = employed.get(gift.contact or 0)
            if person is None or not gift.won or gift.pledge or gift.cents < 2_500 or gift.household_credit:
                continue
            if person.employer is not None and self.rng.random() < person.claims_matches:
                self._match_one(gift, person.employer)

    def _match_one(self, gift: Gift, employer: Organization) -> None:
        day = gift.day + timedelta(days=self.rng.randint(14, 75))
        gift.matching_account, gift.matching_status = employer.number, "Submitted"
        if day >= self.calendar.as_of or gift.contact is None:
            return
        match = self._book(employer, min(gift.cents, _MATCH_LIMIT), day, CLOSED_WON, "MatchingGift")
        match.contact, match.roles = gift.contact, [Role(gift.contact, "Matched Donor", primary=True)]
        gift.matching, gift.matching_status = match, "Received"

    def _sponsor(self, organization: Organization) -> None:
        """Sponsors the gala, and mostly goes on once it has begun."""
        level, keeps = money.rung(money.around(1200, 0.8, self.rng)), True
        for gala in (appeal for appeal in self.calendar.appeals if appeal.kind == "Event"):
            if not organization.since <= gala.start < self.calendar.as_of:
                continue
            keeps = self.rng.random() < (0.8 if keeps else 0.15)
            day = gala.start - timedelta(days=self.rng.randint(1, 40))
            if keeps and day < self.calendar.as_of:
                level += self.rng.choice((0, 0, 0, 1))
                self._book(organization, money.cents(level), day, CLOSED_WON).campaign = gala.number

    def _fund(self, organization: Organization) -> None:
        """A grant asked for every year, awarded or not; the youngest proposals stand open."""
        level, month = money.rung(money.around(12_000, 0.7, self.rng)), self.rng.randint(1, 12)
        for year in range(organization.since.year + 1, self.calendar.as_of.year + 1):
            asked_on = day_in(date(year, month, 1), self.rng)
            if asked_on >= self.calendar.as_of:
                return
            day = asked_on + timedelta(days=self.rng.randint(60, 150))
            stage = AWARDED if self.rng.random() < 0.6 else CLOSED_LOST
            stage = PROSPECTING if day >= self.calendar.as_of else stage
            asked = money.cents(level)
            given = asked // 2 if stage == AWARDED and self.rng.random() < 0.4 else asked
            grant = self._book(organization, given, day, stage, "Grant")
            grant.asked_cents, grant.asked_on, grant.strategy = asked, asked_on, "Renewal"
            grant.designations = [(self.rng.randrange(1, len(FUNDS)) + 1, given)]
            level += int(stage == AWARDED and self.rng.random() < 0.3)

    def _collect(self, organization: Organization) -> None:
        """A congregation's quarterly collection."""
        level = money.rung(money.around(250, 0.6, self.rng))
        for month in months(organization.since, self.calendar.as_of):
            day = day_in(month, self.rng)
            if month.month % 3 == 0 and day < self.calendar.as_of and self.rng.random() < 0.75:
                self._book(organization, money.cents(level + self.rng.choice((-1, 0, 0, 1))), day, CLOSED_WON)

    def _book(self, organization: Organization, cents: int, day: date, stage: str, kind: str = "Donation") -> Gift:
        """An organization's Opportunity; its primary contact gets soft credit by the role NPSP sets."""
        contact = organization.contact.number if organization.contact else None
        gift = Gift(organization.number, contact, cents, day, stage, kind, "Check")
        if contact is not None:
            gift.roles.append(Role(contact, "Soft Credit", primary=True))
        if stage in WON_STAGES:
            gift.payments.append(Payment(cents, day, day, "Check"))
        self.story.gifts.append(gift)
        return gift
