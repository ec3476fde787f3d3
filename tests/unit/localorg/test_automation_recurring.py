"""Enhanced recurring donations: due dates, installments, totals, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from engine_org import add, new_org, one, rows, saved
from localorg.automation.schedule import Schedule
from localorg.engine import Org
from localorg.session import Session

RECURRING = "npe03__Recurring_Donation__c"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path, npsp=True) as opened:
        opened.travel_to(datetime(2026, 3, 10, 15, tzinfo=UTC))
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


@pytest.fixture
def donor(admin: Session) -> str:
    return add(admin, "Contact", FirstName="Sam", LastName="Hill")


def pledge(admin: Session, donor: str, **values: Any) -> str:
    given = {"npe03__Contact__c": donor, "npe03__Amount__c": 25, "npe03__Installment_Period__c": "Monthly"}
    return add(admin, RECURRING, **(given | {"npsp__StartDate__c": "2026-03-15"} | values))


def donation(org: Org, *fields: str) -> tuple[Any, ...]:
    return one(org, f"SELECT {', '.join(fields)} FROM {RECURRING}")


def gifts(org: Org) -> list[tuple[Any, ...]]:
    sql = """SELECT CloseDate, Amount, StageName, npsp__Recurring_Donation_Installment_Number__c
        FROM Opportunity WHERE IsDeleted = 0 ORDER BY CloseDate"""
    return rows(org, sql)


def pay(org: Org, admin: Session) -> None:
    key = one(org, "SELECT Id FROM Opportunity WHERE IsClosed = 0 AND IsDeleted = 0")[0]
    saved(admin.update("Opportunity", [{"Id": key, "StageName": "Posted"}]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("Monthly", 1, "15"), ["2026-01-15", "2026-02-15", "2026-03-15"]),
        (("Monthly", 1, "5"), ["2026-02-05", "2026-03-05", "2026-04-05"]),
        (("Monthly", 1, "31"), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (("Monthly", 1, "Last_Day"), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (("Monthly", 3, "10"), ["2026-01-10", "2026-04-10", "2026-07-10"]),
        (("Quarterly", 1, ""), ["2026-01-10", "2026-04-10", "2026-07-10"]),
        (("Yearly", 1, ""), ["2026-01-10", "2027-01-10", "2028-01-10"]),
        (("Weekly", 2, ""), ["2026-01-10", "2026-01-24", "2026-02-07"]),
        (("1st and 15th", 1, ""), ["2026-01-15", "2026-02-01", "2026-02-15"]),
    ],
)
def test_due_dates_follow_period_frequency_and_day(given: tuple[str, int, str], expected: list[str]) -> None:
    schedule = Schedule(date(2026, 1, 10), *given)
    assert [day.isoformat() for day in islice(schedule.dates(), 3)] == expected


def test_a_new_donation_has_its_first_installment(org: Org, admin: Session, donor: str) -> None:
    pledge(admin, donor)
    assert gifts(org) == [("2026-03-15", 25.0, "Pledged", 1.0)]
    names = ("npsp__Status__c", "npe03__Next_Payment_Date__c", "npe03__Date_Established__c", "npsp__Day_of_Month__c")
    assert donation(org, *names) == ("Active", "2026-03-15", "2026-03-10", "15")
    values = donation(org, "npsp__CurrentYearValue__c", "npsp__NextYearValue__c")
    assert values == (10 * 25.0, 12 * 25.0)
    owner = "SELECT o.AccountId = c.AccountId, o.npsp__Primary_Contact__c = c.Id FROM Opportunity o, Contact c"
    assert one(org, owner) == (1, 1)
    assert one(org, "SELECT npsp__Sustainer__c FROM Contact") == ("Active",)


def test_a_paid_installment_brings_the_next_and_counts(org: Org, admin: Session, donor: str) -> None:
    pledge(admin, donor)
    pay(org, admin)
    assert gifts(org) == [("2026-03-15", 25.0, "Posted", 1.0), ("2026-04-15", 25.0, "Pledged", 2.0)]
    names = ("npe03__Paid_Amount__c", "npe03__Total_Paid_Installments__c", "npe03__Last_Payment_Date__c")
    assert donation(org, *names, "npe03__Next_Payment_Date__c") == (25.0, 1.0, "2026-03-15", "2026-04-15")


def test_installments_are_paid_the_way_the_donation_is(org: Org, admin: Session, donor: str) -> None:
    pledge(admin, donor, npsp__PaymentMethod__c="Credit Card")
    sql = "SELECT npe01__Payment_Method__c, npe01__Payment_Amount__c, npe01__Paid__c FROM npe01__OppPayment__c"
    assert rows(org, sql) == [("Credit Card", 25.0, 0)]


def test_a_fixed_donation_ends_with_its_last_installment(org: Org, admin: Session, donor: str) -> None:
    pledge(admin, donor, npsp__RecurringType__c="Fixed", npe03__Installments__c=2)
    pay(org, admin)
    pay(org, admin)
    assert len(gifts(org)) == 2
    names = ("npsp__Status__c", "npsp__ClosedReason__c", "npe03__Next_Payment_Date__c")
    assert donation(org, *names) == ("Closed", "Commitment Completed", None)


def test_a_closed_donation_loses_its_open_installment_and_its_sustainer(org: Org, admin: Session, donor: str) -> None:
    key = pledge(admin, donor)
    change = {"Id": key, "npsp__Status__c": "Closed", "npsp__ClosedReason__c": "Financial Difficulty"}
    saved(admin.update(RECURRING, [change]))
    assert [gift[2] for gift in gifts(org)] == ["Closed Lost"]
    names = ("npe03__Next_Payment_Date__c", "npsp__CurrentYearValue__c", "npsp__NextYearValue__c")
    assert donation(org, *names) == (None, 0, 0)
    assert one(org, "SELECT npsp__Sustainer__c FROM Contact") == ("Former",)


def test_a_paused_donation_asks_for_nothing_until_it_is_active_again(org: Org, admin: Session, donor: str) -> None:
    key = pledge(admin, donor)
    saved(admin.update(RECURRING, [{"Id": key, "npsp__Status__c": "Paused"}]))
    pay(org, admin)
    assert len(gifts(org)) == 1
    assert donation(org, "npe03__Next_Payment_Date__c") == (None,)
    assert one(org, "SELECT npsp__Sustainer__c FROM Contact") == ("Active",)
    saved(admin.update(RECURRING, [{"Id": key, "npsp__Status__c": "Active"}]))
    assert gifts(org)[-1][:2] == ("2026-04-15", 25.0)


def test_a_setting_keeps_installments_from_being_made(org: Org, admin: Session, donor: str) -> None:
    setting = "npe03__Recurring_Donations_Settings__c"
    [(row,)] = rows(org, f"SELECT Id FROM {setting}")
    change = {"Id": row, "npsp__InstallmentOppAutoCreateOption__c": "Disable_All_Installments"}
    saved(admin.update(setting, [change]))
    pledge(admin, donor)
    assert gifts(org) == []
    assert donation(org, "npe03__Next_Payment_Date__c") == ("2026-03-15",)
