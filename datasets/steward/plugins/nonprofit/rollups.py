"""NPSP's roll-ups as its nightly job leaves them: hard credit on Accounts and Contacts, soft credit on Contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .records import Gift

SOFT_CREDIT_ROLES = frozenset({"Matched Donor", "Soft Credit", "Household Member"})  # NPSP's default
ROLLUP_DAYS = 365  # npo02__Rollup_N_Day_Value__c

_BLANK_WITHOUT_GIFTS = (
    "npo02__FirstCloseDate__c",
    "npo02__LastCloseDate__c",
    "npo02__Best_Gift_Year__c",
    "npo02__Best_Gift_Year_Total__c",
)
SOFT_FIELDS = (
    "npo02__Soft_Credit_Total__c",
    "npo02__Soft_Credit_This_Year__c",
    "npo02__Soft_Credit_Last_Year__c",
    "npo02__Soft_Credit_Two_Years_Ago__c",
    "npsp__Soft_Credit_Last_N_Days__c",
    "npsp__Number_of_Soft_Credits__c",
    "npsp__Number_of_Soft_Credits_This_Year__c",
    "npsp__Number_of_Soft_Credits_Last_Year__c",
    "npsp__Number_of_Soft_Credits_Two_Years_Ago__c",
    "npsp__Number_of_Soft_Credits_Last_N_Days__c",
    "npsp__First_Soft_Credit_Amount__c",
    "npsp__First_Soft_Credit_Date__c",
    "npsp__Last_Soft_Credit_Amount__c",
    "npsp__Last_Soft_Credit_Date__c",
    "npsp__Largest_Soft_Credit_Amount__c",
    "npsp__Largest_Soft_Credit_Date__c",
)

Credit = tuple[date, int, int]  # day, gift number (breaks ties), cents


def _dollars(cents: int) -> Decimal:
    """A number rather than text: Snowfakery would compile text to see whether it is an expression."""
    return Decimal(cents).scaleb(-2)


@dataclass(slots=True)
class Credits:
    """All credits of one Account or Contact, and the roll-up fields made of them."""

    as_of: date
    rows: list[Credit] = field(default_factory=list)

    def total(self, keep: Callable[[date], bool] = lambda day: True) -> int:
        return sum(cents for day, _, cents in self.rows if keep(day))

    def count(self, keep: Callable[[date], bool] = lambda day: True) -> int:
        return sum(1 for day, _, _ in self.rows if keep(day))

    def year(self, ago: int) -> Callable[[date], bool]:
        wanted = self.as_of.year - ago
        return lambda day: day.year == wanted

    def recent(self) -> Callable[[date], bool]:
        since = self.as_of - timedelta(days=ROLLUP_DAYS)
        return lambda day: since <= day <= self.as_of

    def best_year(self) -> tuple[int, int]:
        """The total of the year of largest giving, and that year; the later of two equal ones."""
        totals: dict[int, int] = defaultdict(int)
        for day, _, cents in self.rows:
            totals[day.year] += cents
        return max((cents, year) for year, cents in totals.items())

    def hard(self) -> dict[str, object]:
        """The npo02 fields, the same on Account and Contact; NPSP defaults counts and totals to zero."""
        fields: dict[str, object] = {
            "npo02__TotalOppAmount__c": _dollars(self.total()),
            "npo02__NumberOfClosedOpps__c": len(self.rows),
            "npo02__OppAmountLastNDays__c": _dollars(self.total(self.recent())),
            "npo02__OppsClosedLastNDays__c": self.count(self.recent()),
        }
        for ago, suffix in enumerate(("ThisYear", "LastYear", "2YearsAgo")):
            fields[f"npo02__OppAmount{suffix}__c"] = _dollars(self.total(self.year(ago)))
            fields[f"npo02__OppsClosed{suffix}__c"] = self.count(self.year(ago))
        return fields | self._extremes()

    def _extremes(self) -> dict[str, object]:
        if not self.rows:
            zeros = ("AverageAmount", "LargestAmount", "SmallestAmount", "LastOppAmount")
            return {f"npo02__{name}__c": _dollars(0) for name in zeros} | dict.fromkeys(_BLANK_WITHOUT_GIFTS)
        first, last, best = min(self.rows), max(self.rows), self.best_year()
        amounts = [cents for _, _, cents in self.rows]
        return {
            "npo02__AverageAmount__c": _dollars((2 * sum(amounts) + len(amounts)) // (2 * len(amounts))),
            "npo02__LargestAmount__c": _dollars(max(amounts)),
            "npo02__SmallestAmount__c": _dollars(min(amounts)),
            "npo02__LastOppAmount__c": _dollars(last[2]),
            "npo02__FirstCloseDate__c": first[0],
            "npo02__LastCloseDate__c": last[0],
            "npo02__Best_Gift_Year__c": str(best[1]),
            "npo02__Best_Gift_Year_Total__c": _dollars(best[0]),
        }

    def soft(self) -> dict[str, object]:
        """The Contact's soft credit fields; NPSP leaves them blank for people without any."""
        if not self.rows:
            return dict.fromkeys(SOFT_FIELDS)
        first, last = min(self.rows), max(self.rows)
        largest = max(self.rows, key=lambda row: (row[2], row[0]))
        fields: dict[str, object] = {
            "npo02__Soft_Credit_Total__c": _dollars(self.total()),
            "npsp__Soft_Credit_Last_N_Days__c": _dollars(self.total(self.recent())),
            "npsp__Number_of_Soft_Credits__c": len(self.rows),
            "npsp__Number_of_Soft_Credits_Last_N_Days__c": self.count(self.recent()),
        }
        for ago, suffix in enumerate(("This_Year", "Last_Year", "Two_Years_Ago")):
            fields[f"npo02__Soft_Credit_{suffix}__c"] = _dollars(self.total(self.year(ago)))
            fields[f"npsp__Number_of_Soft_Credits_{suffix}__c"] = self.count(self.year(ago))
        for name, (day, _, cents) in (("First", first), ("Last", last), ("Largest", largest)):
            fields[f"npsp__{name}_Soft_Credit_Date__c"] = day
            fields[f"npsp__{name}_Soft_Credit_Amount__c"] = _dollars(cents)
        return fields


@dataclass(slots=True)
class Rollups:
    accounts: Mapping[int, Credits]
    contacts: Mapping[int, Credits]
    soft: Mapping[int, Credits]


def roll_up(gifts: Iterable[Gift], household_accounts: frozenset[int], as_of: date) -> Rollups:
    """Won gifts to their Account; to the primary contact on a household's gift; soft credit by role."""
    accounts: dict[int, Credits] = defaultdict(lambda: Credits(as_of))
    contacts: dict[int, Credits] = defaultdict(lambda: Credits(as_of))
    soft: dict[int, Credits] = defaultdict(lambda: Credits(as_of))
    for gift in gifts:
        if not gift.won:
            continue
        household_gift = gift.account in household_accounts
        accounts[gift.account].rows.append((gift.day, gift.number, gift.cents))
        if household_gift and gift.contact is not None:
            contacts[gift.contact].rows.append((gift.day, gift.number, gift.cents))
        for contact, cents in gift.soft_credits(household_gift, SOFT_CREDIT_ROLES):
            soft[contact].rows.append((gift.day, gift.number, cents))
    return Rollups(accounts, contacts, soft)
