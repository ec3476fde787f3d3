"""Changing and upserting records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from engine_org import FORCE_APP, add, gift, household, new_org, one, refused, rows, saved
from localorg import ids
from localorg.engine import Org
from localorg.errors import NotFound
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        opened.travel_to(datetime(2024, 6, 1, tzinfo=UTC))
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def test_an_update_changes_what_is_given_and_the_stamps(org: Org, admin: Session) -> None:
    _, contact = household(admin)
    org.travel_to(datetime(2024, 6, 2, tzinfo=UTC))
    saved(admin.update("Contact", [{"Id": contact, "FirstName": "Bea"}]))
    row = one(
        org, "SELECT Name, LastName, CreatedDate < SystemModstamp, LastModifiedDate = SystemModstamp FROM Contact"
    )
    assert row == ("Bea Rivera", "Rivera", 1, 1)


def test_rows_may_give_different_fields(org: Org, admin: Session) -> None:
    first, second = add(admin, "Account", Name="A", Phone="1"), add(admin, "Account", Name="B", Phone="2")
    admin.update("Account", [{"Id": first, "Name": "AA"}, {"Id": second, "Phone": None}])
    assert rows(org, "SELECT Name, Phone FROM Account ORDER BY Id") == [("AA", "1"), ("B", None)]


def test_a_required_field_cannot_be_emptied(admin: Session) -> None:
    _, contact = household(admin)
    code, message, _ = refused(admin.update("Contact", [{"Id": contact, "LastName": None}]))
    assert (code, message) == ("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]")


def test_a_new_stage_brings_its_own_probability_and_is_dated(org: Org, admin: Session) -> None:
    opportunity = gift(admin, StageName="Pledged", Probability=75, Amount=200)
    saved(admin.update("Opportunity", [{"Id": opportunity, "Amount": 400}]))
    sql = "SELECT Probability, ExpectedRevenue, IsWon, LastStageChangeDate FROM Opportunity"
    assert one(org, sql) == (75.0, 300.0, 0, None)
    saved(admin.update("Opportunity", [{"Id": opportunity, "StageName": "Posted"}]))
    assert one(org, sql) == (100.0, 400.0, 1, org.clock.stamp())


def test_the_id_must_be_of_the_object(admin: Session) -> None:
    account, _ = household(admin)
    code, message, fields = refused(admin.update("Contact", [{"Id": account, "LastName": "x"}]))
    assert (code, fields) == ("MALFORMED_ID", ("Id",))
    assert message == f"Record ID: id value of incorrect type: {account}"


def test_what_is_not_there_cannot_be_changed(admin: Session) -> None:
    missing = ids.make("003", 12345)
    assert refused(admin.update("Contact", [{"Id": missing, "LastName": "x"}]))[0] == "INVALID_CROSS_REFERENCE_KEY"
    _, contact = household(admin)
    admin.delete("Contact", [contact])
    assert refused(admin.update("Contact", [{"Id": contact, "LastName": "x"}]))[0] == "ENTITY_IS_DELETED"
    assert refused(admin.update("Contact", [{"LastName": "x"}]))[0] == "MISSING_ARGUMENT"


def test_a_detail_keeps_its_master(org: Org, admin: Session) -> None:
    first, second = gift(admin), gift(admin)
    payment = add(admin, "npe01__OppPayment__c", npe01__Opportunity__c=first)
    code, _, fields = refused(admin.update("npe01__OppPayment__c", [{"Id": payment, "npe01__Opportunity__c": second}]))
    assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ("npe01__Opportunity__c",))
    assert one(org, "SELECT npe01__Opportunity__c FROM npe01__OppPayment__c") == (first,)


@pytest.fixture
def profiles(org: Org, admin: Session) -> tuple[str, str]:
    org.deploy(FORCE_APP)
    return household(admin)[1], household(admin)[1]


def test_upsert_inserts_and_then_updates(org: Org, admin: Session, profiles: tuple[str, str]) -> None:
    contact, _ = profiles
    first = admin.upsert("AI_Donor_Profile__c", "Donor_Id__c", [{"Donor_Id__c": contact, "Contact__c": contact}])
    assert first[0].created
    change = {"Donor_Id__c": contact, "Propensity_Score__c": 34.05}
    second = admin.upsert("AI_Donor_Profile__c", "Donor_Id__c", [change])
    assert not second[0].created
    assert second[0].id == first[0].id
    assert one(org, "SELECT Propensity_Score__c FROM AI_Donor_Profile__c") == (34.1,)


def test_upsert_results_keep_the_order_of_the_rows(admin: Session, profiles: tuple[str, str]) -> None:
    known, new = profiles
    admin.upsert("AI_Donor_Profile__c", "Donor_Id__c", [{"Donor_Id__c": known, "Contact__c": known}])
    results = admin.upsert(
        "AI_Donor_Profile__c",
        "Donor_Id__c",
        [{"Donor_Id__c": new, "Contact__c": new}, {"Donor_Id__c": None}, {"Donor_Id__c": known, "Method__c": "Rule"}],
    )
    assert [(result.success, result.created) for result in results] == [(True, True), (False, False), (True, False)]
    assert results[1].errors[0].code == "MISSING_ARGUMENT"


def test_an_external_id_may_come_once_a_call(admin: Session, profiles: tuple[str, str]) -> None:
    contact, _ = profiles
    twice = [{"Donor_Id__c": contact, "Contact__c": contact}] * 2
    results = admin.upsert("AI_Donor_Profile__c", "Donor_Id__c", twice)
    assert [result.errors[0].code for result in results] == ["DUPLICATE_VALUE"] * 2
    assert results[0].errors[0].message == f"Duplicate external id specified: {contact}"


def test_a_unique_value_names_its_holder(org: Org, admin: Session, profiles: tuple[str, str]) -> None:
    first, second = profiles
    holder = add(admin, "AI_Donor_Profile__c", Donor_Id__c="key", Contact__c=first)
    code, message, _ = refused(admin.insert("AI_Donor_Profile__c", [{"Donor_Id__c": "KEY", "Contact__c": second}]))
    assert code == "DUPLICATE_VALUE"
    assert message == f"duplicate value found: Donor_Id__c duplicates value on record with id: {holder[:15]}"
    same = admin.insert("AI_Donor_Profile__c", [{"Donor_Id__c": "new", "Contact__c": second}] * 2)
    assert [result.success for result in same] == [True, False]
    admin.delete("AI_Donor_Profile__c", [holder])
    add(admin, "AI_Donor_Profile__c", Donor_Id__c="key", Contact__c=second)


def test_upsert_needs_an_external_id_field(admin: Session) -> None:
    with pytest.raises(NotFound) as caught:
        admin.upsert("Contact", "Title", [{"Title": "x"}])
    assert "Title" in caught.value.message


def test_a_row_can_be_upserted_by_its_own_id(org: Org, admin: Session) -> None:
    account = add(admin, "Account", Name="A")
    results = admin.upsert("Account", "Id", [{"Id": account, "Name": "B"}, {"Name": "C"}])
    assert [(result.success, result.created) for result in results] == [(True, False), (True, True)]
    assert rows(org, "SELECT Name FROM Account ORDER BY Name") == [("B",), ("C",)]
