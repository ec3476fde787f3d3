"""NPSP's roll-ups: whose gifts count where, in which year, and what the nightly batch leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_org import add, gift, new_org, one, rows, saved
from localorg.automation import nightly
from localorg.engine import Org
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path, npsp=True) as opened:
        opened.travel_to(datetime(2026, 6, 30, 15, tzinfo=UTC))
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


@pytest.fixture
def couple(org: Org, admin: Session) -> tuple[str, str, str]:
    first = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    account = str(one(org, "SELECT AccountId FROM Contact")[0])
    return account, first, add(admin, "Contact", FirstName="Lee", LastName="Hill", AccountId=account)


def rolled(org: Org, sobject: str, key: str, *names: str) -> tuple[Any, ...]:
    org.run_npsp_batch()
    fields = ", ".join(f"npo02__{name}__c" for name in names)
    return one(org, f"SELECT {fields} FROM {sobject} WHERE Id = ?", key)


def setting(org: Org, admin: Session, **values: Any) -> None:
    [(key,)] = rows(org, "SELECT Id FROM npo02__Households_Settings__c")
    saved(admin.update("npo02__Households_Settings__c", [{"Id": key} | values]))


TOTALS = ("TotalOppAmount", "NumberOfClosedOpps")


def test_a_household_and_its_primary_contact_are_credited(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    account, first, second = couple
    gift(admin, AccountId=account, Amount=100, CloseDate="2024-03-01")
    gift(admin, AccountId=account, Amount=50.5, CloseDate="2026-02-01", StageName="Awarded")
    gift(admin, AccountId=account, Amount=900, StageName="Pledged")
    names = (*TOTALS, "AverageAmount", "LargestAmount", "SmallestAmount", "LastOppAmount", "FirstCloseDate")
    expected = (150.5, 2, 75.25, 100, 50.5, 50.5, "2024-03-01")
    assert rolled(org, "Account", account, *names) == expected
    assert rolled(org, "Contact", first, *names) == expected
    assert rolled(org, "Contact", second, *TOTALS) == (0, 0)


def test_years_and_days_are_counted_from_today(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    account, _, _ = couple
    days = {"2026-01-01": 1, "2025-12-31": 10, "2025-06-30": 100, "2025-06-29": 1000, "2024-01-01": 10000}
    for day, amount in days.items():
        gift(admin, AccountId=account, Amount=amount, CloseDate=day)
    names = ("OppAmountThisYear", "OppAmountLastYear", "OppAmount2YearsAgo", "OppAmountLastNDays")
    assert rolled(org, "Account", account, *names) == (1, 1110, 10000, 111)
    counts = ("OppsClosedThisYear", "OppsClosedLastYear", "OppsClosed2YearsAgo", "OppsClosedLastNDays")
    assert rolled(org, "Account", account, *counts) == (1, 3, 1, 3)
    assert rolled(org, "Account", account, "Best_Gift_Year", "Best_Gift_Year_Total") == ("2024", 10000)


def test_fiscal_years_count_where_the_settings_say_so(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    account, _, _ = couple
    with org.store.write() as connection:
        connection.execute("UPDATE Organization SET FiscalYearStartMonth = 7")
    setting(org, admin, npo02__Use_Fiscal_Year_for_Rollups__c=True)
    gift(admin, AccountId=account, Amount=1, CloseDate="2025-07-01")
    gift(admin, AccountId=account, Amount=10, CloseDate="2025-06-30")
    assert rolled(org, "Account", account, "OppAmountThisYear", "OppAmountLastYear") == (1, 10)


def test_an_organizations_gift_is_soft_credit_for_its_primary_contact(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    _, first, _ = couple
    company = add(admin, "Account", Name="Acme")
    gift(admin, AccountId=company, npsp__Primary_Contact__c=first, Amount=70, CloseDate="2026-01-05")
    assert rolled(org, "Account", company, *TOTALS) == (70, 1)
    assert rolled(org, "Contact", first, *TOTALS, "Soft_Credit_Total", "Soft_Credit_This_Year") == (0, 0, 70, 70)
    names = "npsp__Number_of_Soft_Credits__c, npsp__Last_Soft_Credit_Amount__c, npsp__Last_Soft_Credit_Date__c"
    assert one(org, f"SELECT {names} FROM Contact WHERE Id = ?", first) == (1, 70, "2026-01-05")
    setting(org, admin, npo02__Always_Rollup_to_Primary_Contact__c=True)
    assert rolled(org, "Contact", first, *TOTALS) == (70, 1)


def test_household_members_have_soft_credit_and_a_partial_one_replaces_it(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    account, first, second = couple
    given = gift(admin, AccountId=account, Amount=100, CloseDate="2026-01-05")
    assert rolled(org, "Contact", second, "Soft_Credit_Total") == (100,)
    assert rolled(org, "Contact", first, "Soft_Credit_Total") == (None,)
    partial = {"npsp__Opportunity__c": given, "npsp__Contact__c": second, "npsp__Amount__c": 30}
    add(admin, "npsp__Partial_Soft_Credit__c", npsp__Role_Name__c="Household Member", **partial)
    assert rolled(org, "Contact", second, "Soft_Credit_Total") == (30,)


def test_excluded_types_do_not_count(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    account, first, _ = couple
    gift(admin, AccountId=account, Amount=100, Type="In-Kind")
    gift(admin, AccountId=account, Amount=5)
    setting(org, admin, npo02__Excluded_Contact_Opp_Types__c="In-Kind;Other")
    assert rolled(org, "Account", account, *TOTALS) == (105, 2)
    assert rolled(org, "Contact", first, *TOTALS) == (5, 1)


def test_gifts_without_an_amount_and_deleted_ones_do_not_count(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    account, _, _ = couple
    gift(admin, AccountId=account, Amount=None)
    doomed = gift(admin, AccountId=account, Amount=10)
    assert rolled(org, "Account", account, *TOTALS) == (10, 1)
    saved(admin.delete("Opportunity", [doomed]))
    assert rolled(org, "Account", account, *TOTALS, "LastCloseDate", "LargestAmount") == (0, 0, None, 0)


def test_a_second_run_changes_nothing(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    account, _, _ = couple
    gift(admin, AccountId=account, Amount=10)
    assert org.run_npsp_batch() == {"Account": 1, "Contact": 2}
    org.travel_to(org.clock.now() + timedelta(hours=1))
    assert org.run_npsp_batch() == {"Account": 0, "Contact": 0}


def test_the_batch_runs_by_night_when_it_is_scheduled(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    account, _, _ = couple
    gift(admin, AccountId=account, Amount=10)

    def total() -> tuple[Any, ...]:
        return one(org, "SELECT npo02__TotalOppAmount__c FROM Account WHERE Id = ?", account)

    org.travel_to(datetime(2026, 7, 1, 4, tzinfo=UTC))
    assert total() == (0,)
    nightly.schedule(org, on=True)
    org.travel_to(datetime(2026, 7, 2, 2, 59, tzinfo=UTC))  # 22:59 in New York
    assert total() == (0,)
    org.travel_to(datetime(2026, 7, 2, 3, 1, tzinfo=UTC))
    assert total() == (10,)
