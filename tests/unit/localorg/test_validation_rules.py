"""Validation rules: a row that breaks one is refused with its message and field, the others are saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_org import add, gift, household, new_org, one, refused, rows, saved
from localorg.engine import Org
from localorg.errors import ApiError
from localorg.model import Field, ValidationRule
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def rule(org: Org, sobject: str, formula: str, *, field: str = "", active: bool = True, name: str = "Rule") -> None:
    made = ValidationRule(name, formula, f"{name} is broken", field, active)
    org.schema[sobject].validation_rules[name.lower()] = made


BROKEN = ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Rule is broken")


def test_a_row_that_breaks_a_rule_is_refused_with_message_and_field(org: Org, admin: Session) -> None:
    rule(org, "Opportunity", "Amount < 0", field="Amount")
    answer = refused(
        admin.insert("Opportunity", [{"Name": "g", "StageName": "Posted", "CloseDate": "2024-01-01", "Amount": -1}])
    )
    assert answer == (*BROKEN, ("Amount",))
    assert rows(org, "SELECT Id FROM Opportunity") == []


def test_only_the_bad_rows_of_a_batch_are_refused(org: Org, admin: Session) -> None:
    rule(org, "Contact", 'LastName = "Nobody"')
    results = admin.insert("Contact", [{"LastName": name} for name in ("Ames", "Nobody", "Cole")])
    assert [result.success for result in results] == [True, False, True]
    assert rows(org, "SELECT LastName FROM Contact ORDER BY 1") == [("Ames",), ("Cole",)]


def test_an_update_is_judged_by_the_row_as_it_would_be_and_undone(org: Org, admin: Session) -> None:
    rule(org, "Opportunity", "AND(IsWon, ISBLANK(Amount))")
    key = gift(admin, StageName="Prospecting", Amount=None)
    assert refused(admin.update("Opportunity", [{"Id": key, "StageName": "Posted"}]))[:2] == BROKEN
    assert one(org, "SELECT StageName, IsWon FROM Opportunity") == ("Prospecting", 0)
    saved(admin.update("Opportunity", [{"Id": key, "StageName": "Posted", "Amount": 5}]))


def test_a_blank_leaves_a_condition_open_and_the_row_is_saved(org: Org, admin: Session) -> None:
    rule(org, "Opportunity", "Amount > 1000000")
    gift(admin, Amount=None)


def test_every_broken_rule_is_named(org: Org, admin: Session) -> None:
    rule(org, "Contact", "ISBLANK(FirstName)", name="First", field="FirstName")
    rule(org, "Contact", "ISBLANK(Email)", name="Mail", field="Email")
    [result] = admin.insert("Contact", [{"LastName": "Ray"}])
    assert sorted(error.fields for error in result.errors) == [("Email",), ("FirstName",)]


def test_an_inactive_rule_is_silent(org: Org, admin: Session) -> None:
    rule(org, "Contact", "true", active=False)
    add(admin, "Contact", LastName="Ray")


def test_rules_can_ask_what_is_new_and_what_changed(org: Org, admin: Session) -> None:
    rule(org, "Opportunity", "AND(NOT(ISNEW()), ISCHANGED(Amount), PRIORVALUE(Amount) > 50)")
    key = gift(admin, Amount=100)
    assert refused(admin.update("Opportunity", [{"Id": key, "Amount": 90}]))[:2] == BROKEN
    saved(admin.update("Opportunity", [{"Id": key, "Name": "other", "Amount": 100}]))
    small = gift(admin, Amount=20)
    saved(admin.update("Opportunity", [{"Id": small, "Amount": 90}]))


def test_rules_see_parents_and_picklists_and_patterns(org: Org, admin: Session) -> None:
    rule(org, "Contact", 'AND(ISPICKVAL(Salutation, "Mr."), Account.Name = "Rivera Household")', name="Rule")
    account, _ = household(admin, Salutation="Ms.")
    answer = refused(admin.insert("Contact", [{"LastName": "R", "AccountId": account, "Salutation": "Mr."}]))
    assert answer[:2] == BROKEN
    rule(org, "Contact", 'NOT(REGEX(MailingPostalCode, "\\\\d{5}(-\\\\d{4})?"))')
    assert refused(admin.insert("Contact", [{"LastName": "Z", "MailingPostalCode": "1234"}]))[:2] == BROKEN
    add(admin, "Contact", LastName="Z", MailingPostalCode="12345-6789")


def test_rules_know_who_saves(org: Org, admin: Session) -> None:
    rule(org, "Contact", '$Profile.Name = "System Administrator"')
    assert refused(admin.insert("Contact", [{"LastName": "Z"}]))[:2] == BROKEN
    rule(org, "Contact", '$User.Username <> "admin@steward.example"')
    add(admin, "Contact", LastName="Z")


def test_bulk_rows_are_judged_too(org: Org, admin: Session) -> None:
    rule(org, "Contact", 'BEGINS(LastName, "X")')
    results = list(admin.bulk("insert", "Contact", ["LastName"], [["Xu"], ["Yu"]]))
    assert [result.success for result in results] == [False, True]
    assert results[0].errors[0].code == BROKEN[0]


def test_a_rule_that_cannot_be_worked_out_says_so(org: Org, admin: Session) -> None:
    rule(org, "Contact", "VLOOKUP(LastName, LastName, LastName) = FirstName")
    with pytest.raises(ApiError, match="validation rule Rule of Contact cannot be worked out here"):
        admin.insert("Contact", [{"LastName": "Z"}])


def test_formula_fields_know_their_reader(org: Org, admin: Session) -> None:
    mine = 'IF($User.Id = OwnerId, $Profile.Name & "/" & $User.FirstName, "someone else\'s")'
    org.schema["Contact"].add(Field("Mine__c", "string", length=255, formula=mine))
    add(admin, "Contact", LastName="Z")
    assert [record["Mine__c"] for record in admin.query("SELECT Mine__c FROM Contact").records] == [
        "System Administrator/Ada"
    ]
