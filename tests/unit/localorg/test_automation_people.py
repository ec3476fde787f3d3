"""NPSP's own automation: households, contact roles and payments follow what people enter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_org import add, gift, new_org, one, rows, saved
from localorg.automation import handlers
from localorg.engine import Org
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path, npsp=True) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def home(org: Org, contact: str) -> str:
    return str(one(org, "SELECT AccountId FROM Contact WHERE Id = ?", contact)[0])


def account(org: Org, key: str) -> dict[str, Any]:
    with org.store.read() as connection:
        cursor = connection.execute("SELECT * FROM Account WHERE Id = ?", (key,))
        names = [item[0] for item in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def roles(org: Org, opportunity: str) -> set[tuple[str, str, int]]:
    sql = "SELECT ContactId, Role, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = ? AND IsDeleted = 0"
    return set(rows(org, sql, opportunity))


def payments(org: Org, opportunity: str) -> list[tuple[Any, ...]]:
    sql = """SELECT npe01__Payment_Amount__c, npe01__Paid__c, npe01__Payment_Date__c, npe01__Scheduled_Date__c
        FROM npe01__OppPayment__c WHERE npe01__Opportunity__c = ? AND IsDeleted = 0"""
    return rows(org, sql, opportunity)


# Households


def test_a_contact_without_an_account_gets_a_household(org: Org, admin: Session) -> None:
    contact = add(admin, "Contact", FirstName="Sam", LastName="Hill", MailingCity="Troy")
    found = account(org, home(org, contact))
    assert found["Name"] == "Hill Household"
    assert found["npe01__SYSTEM_AccountType__c"] == "Household Account"
    assert found["npe01__SYSTEMIsIndividual__c"] == 1
    assert found["npe01__One2OneContact__c"] == contact
    assert found["npsp__Number_of_Household_Members__c"] == 1
    assert found["BillingCity"] == "Troy"
    household = "SELECT npe01__HH_Account_RecordTypeID__c FROM npe01__Contacts_And_Orgs_Settings__c"
    assert found["RecordTypeId"] == one(org, household)[0]


def test_a_second_member_is_counted_and_named(org: Org, admin: Session) -> None:
    first = add(admin, "Contact", Salutation="Mr.", FirstName="Sam", LastName="Hill")
    add(admin, "Contact", Salutation="Ms.", FirstName="Ana", LastName="Diaz", AccountId=home(org, first))
    found = account(org, home(org, first))
    assert found["Name"] == "Hill and Diaz Household"
    assert found["npo02__Formal_Greeting__c"] == "Mr. Sam Hill and Ms. Ana Diaz"
    assert found["npo02__Informal_Greeting__c"] == "Sam and Ana"
    assert found["npsp__Number_of_Household_Members__c"] == 2
    assert found["npe01__One2OneContact__c"] == first


def test_people_of_one_name_are_greeted_together(org: Org, admin: Session) -> None:
    first = add(admin, "Contact", Salutation="Mr.", FirstName="Sam", LastName="Hill")
    for salutation, name in (("Mrs.", "Lee"), ("", "Kim")):
        add(admin, "Contact", Salutation=salutation, FirstName=name, LastName="Hill", AccountId=home(org, first))
    found = account(org, home(org, first))
    assert found["Name"] == "Hill Household"
    assert found["npo02__Formal_Greeting__c"] == "Mr. Sam, Mrs. Lee and Kim Hill"
    assert found["npo02__Informal_Greeting__c"] == "Sam, Lee and Kim"


def test_a_name_someone_chose_stays(org: Org, admin: Session) -> None:
    contact = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    key = home(org, contact)
    changes = {"Id": key, "Name": "The Hills", "npo02__SYSTEM_CUSTOM_NAMING__c": "Name"}
    saved(admin.update("Account", [changes]))
    saved(admin.update("Contact", [{"Id": contact, "FirstName": "Samuel"}]))
    found = account(org, key)
    assert (found["Name"], found["npo02__Informal_Greeting__c"]) == ("The Hills", "Samuel")


def test_the_last_member_to_leave_takes_the_gifts_along(org: Org, admin: Session) -> None:
    first = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    second = add(admin, "Contact", FirstName="Ana", LastName="Diaz")
    old, new = home(org, first), home(org, second)
    given = gift(admin, AccountId=old)
    saved(admin.update("Contact", [{"Id": first, "AccountId": new}]))
    assert one(org, "SELECT AccountId FROM Opportunity WHERE Id = ?", given) == (new,)
    assert one(org, "SELECT IsDeleted FROM Account WHERE Id = ?", old) == (1,)
    assert account(org, new)["npsp__Number_of_Household_Members__c"] == 2


def test_a_contact_whose_account_is_emptied_gets_a_household_of_their_own(org: Org, admin: Session) -> None:
    first = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    second = add(admin, "Contact", FirstName="Lee", LastName="Hill", AccountId=home(org, first))
    together = home(org, first)
    saved(admin.update("Contact", [{"Id": second, "AccountId": None}]))
    assert home(org, second) not in (together, "None")
    assert account(org, together)["npsp__Number_of_Household_Members__c"] == 1


def test_a_deleted_contact_leaves_no_empty_household_unless_it_gave(org: Org, admin: Session) -> None:
    quiet = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    donor = add(admin, "Contact", FirstName="Ana", LastName="Diaz")
    empty, giving = home(org, quiet), home(org, donor)
    gift(admin, AccountId=giving, StageName="Prospecting")
    for contact in (quiet, donor):
        saved(admin.delete("Contact", [contact]))
    assert one(org, "SELECT IsDeleted FROM Account WHERE Id = ?", empty) == (1,)
    assert one(org, "SELECT IsDeleted FROM Account WHERE Id = ?", giving) == (0,)


def test_merged_contacts_bring_their_households_together(org: Org, admin: Session) -> None:
    winner = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    loser = add(admin, "Contact", FirstName="S.", LastName="Hill")
    given = gift(admin, AccountId=home(org, loser))
    left = home(org, loser)
    admin.merge("Contact", winner, [loser])
    assert one(org, "SELECT AccountId FROM Opportunity WHERE Id = ?", given) == (home(org, winner),)
    assert one(org, "SELECT IsDeleted FROM Account WHERE Id = ?", left) == (1,)


def test_deceased_members_are_not_greeted_and_not_contacted(org: Org, admin: Session) -> None:
    first = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    second = add(admin, "Contact", FirstName="Ana", LastName="Diaz", AccountId=home(org, first))
    saved(admin.update("Contact", [{"Id": first, "npsp__Deceased__c": True}]))
    flags = "SELECT npsp__Do_Not_Contact__c, HasOptedOutOfEmail, DoNotCall FROM Contact WHERE Id = ?"
    assert one(org, flags, first) == (1, 1, 1)
    assert account(org, home(org, first))["npo02__Informal_Greeting__c"] == "Ana"
    saved(admin.update("Contact", [{"Id": second, "npsp__Deceased__c": True}]))
    assert account(org, home(org, first))["npsp__All_Members_Deceased__c"] == 1
    saved(admin.update("Contact", [{"Id": first, "npsp__Deceased__c": False}]))
    assert one(org, flags, first) == (0, 0, 0)


def test_a_private_contact_stays_alone(org: Org, admin: Session) -> None:
    contact = add(admin, "Contact", LastName="Secret", npe01__Private__c=True)
    assert one(org, "SELECT AccountId FROM Contact WHERE Id = ?", contact) == (None,)


def test_the_one_to_one_model_names_the_account_after_the_person(org: Org, admin: Session) -> None:
    [setting] = rows(org, "SELECT Id FROM npe01__Contacts_And_Orgs_Settings__c")
    change = {"Id": setting[0], "npe01__Account_Processor__c": "One-to-One"}
    saved(admin.update("npe01__Contacts_And_Orgs_Settings__c", [change]))
    contact = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    found = account(org, home(org, contact))
    assert (found["Name"], found["npe01__SYSTEM_AccountType__c"]) == ("Sam Hill", "One-to-One Individual")


# Gifts


@pytest.fixture
def couple(org: Org, admin: Session) -> tuple[str, str, str]:
    first = add(admin, "Contact", FirstName="Sam", LastName="Hill")
    second = add(admin, "Contact", FirstName="Lee", LastName="Hill", AccountId=home(org, first))
    return home(org, first), first, second


def test_a_household_gift_has_a_donor_and_household_members(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    household, first, second = couple
    given = gift(admin, npsp__Primary_Contact__c=second)
    assert one(org, "SELECT AccountId, npe01__Contact_Id_for_Role__c FROM Opportunity") == (household, second)
    assert roles(org, given) == {(second, "Donor", 1), (first, "Household Member", 0)}


def test_a_gift_of_the_household_takes_its_primary_contact(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    household, first, second = couple
    given = gift(admin, AccountId=household)
    assert roles(org, given) == {(first, "Donor", 1), (second, "Household Member", 0)}


def test_the_primary_contact_of_an_organizations_gift_has_soft_credit(
    org: Org, admin: Session, couple: tuple[str, str, str]
) -> None:
    _, first, _ = couple
    company = add(admin, "Account", Name="Acme")
    given = gift(admin, AccountId=company, npsp__Primary_Contact__c=first)
    assert roles(org, given) == {(first, "Soft Credit", 1)}


def test_the_dead_are_no_household_members_of_a_gift(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    household, first, second = couple
    saved(admin.update("Contact", [{"Id": second, "npsp__Deceased__c": True}]))
    assert roles(org, gift(admin, AccountId=household)) == {(first, "Donor", 1)}


def test_another_primary_contact_changes_the_roles(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    household, first, second = couple
    given = gift(admin, AccountId=household)
    saved(admin.update("Opportunity", [{"Id": given, "npsp__Primary_Contact__c": second}]))
    assert roles(org, given) == {(second, "Donor", 1), (first, "Household Member", 0)}


def test_roles_can_be_switched_off_for_a_gift(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    household, _, _ = couple
    given = gift(admin, AccountId=household, npsp__DisableContactRoleAutomation__c=True)
    assert roles(org, given) == set()


def test_a_won_gift_is_paid_and_a_pledge_is_scheduled(org: Org, admin: Session, couple: tuple[str, str, str]) -> None:
    household, _, _ = couple
    paid = gift(admin, AccountId=household, Amount=40)
    assert payments(org, paid) == [(40.0, 1, "2024-05-06", "2024-05-06")]
    pledge = gift(admin, AccountId=household, Amount=60, StageName="Pledged")
    assert payments(org, pledge) == [(60.0, 0, None, "2024-05-06")]
    saved(admin.update("Opportunity", [{"Id": pledge, "Amount": 75}]))
    assert payments(org, pledge) == [(75.0, 0, None, "2024-05-06")]
    saved(admin.update("Opportunity", [{"Id": pledge, "StageName": "Posted"}]))
    assert payments(org, pledge) == [(75.0, 1, "2024-05-06", "2024-05-06")]


@pytest.mark.parametrize(
    "values", [{"Amount": None}, {"Amount": 0}, {"npe01__Do_Not_Automatically_Create_Payment__c": True}]
)
def test_some_gifts_have_no_payment(org: Org, admin: Session, values: dict[str, Any]) -> None:
    assert payments(org, gift(admin, **values)) == []


def test_a_bulk_load_is_left_alone_unless_the_org_is_told_otherwise(org: Org, admin: Session) -> None:
    list(admin.bulk("insert", "Contact", ["LastName"], [["Loaded"]]))
    assert one(org, "SELECT count(*) FROM Account") == (0,)
    handlers.use_in_bulk(org.store, on=True)
    results = list(admin.bulk("insert", "Contact", ["LastName"], [[f"N{number}"] for number in range(250)]))
    assert all(result.success for result in results)
    households = "SELECT count(*), count(DISTINCT npe01__One2OneContact__c) FROM Account"
    assert one(org, households) == (250, 250)


def test_handlers_that_are_switched_off_do_nothing(org: Org, admin: Session) -> None:
    found = rows(org, "SELECT Id FROM npsp__Trigger_Handler__c")
    admin.update("npsp__Trigger_Handler__c", [{"Id": key, "npsp__Active__c": False} for (key,) in found])
    contact = add(admin, "Contact", LastName="Hill")
    given = gift(admin, npsp__Primary_Contact__c=contact)
    assert one(org, "SELECT AccountId FROM Contact") == (None,)
    assert (roles(org, given), payments(org, given)) == (set(), [])


def test_a_user_a_handler_excludes_is_left_alone(org: Org, admin: Session) -> None:
    sql = "SELECT Id FROM npsp__Trigger_Handler__c WHERE npsp__Class__c = 'PMT_PaymentCreator_TDTM'"
    [(key,)] = rows(org, sql)
    change = {"Id": key, "npsp__Usernames_to_Exclude__c": f"someone@example.org;{admin.user.username}"}
    saved(admin.update("npsp__Trigger_Handler__c", [change]))
    assert payments(org, gift(admin)) == []
