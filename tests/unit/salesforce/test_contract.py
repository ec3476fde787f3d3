"""The data contract holds what the architecture promises and asks for nothing personal."""

from __future__ import annotations

import pathlib
import re

import pytest
from steward.salesforce import contract

ROOT = pathlib.Path(__file__).parents[3]


def test_nothing_personal_is_ever_requested() -> None:
    asked = [(sobject, path) for sobject, path in contract.readable() if contract.is_forbidden(sobject, path)]
    assert asked == []


@pytest.mark.parametrize(
    "path",
    ["FirstName", "LastName", "Name", "Email", "npe01__HomeEmail__c", "Phone", "MobilePhone", "MailingStreet",
     "BillingPostalCode", "Birthdate", "Description", "Subject", "npo02__Formal_Greeting__c", "Account.Name",
     "npsp__Honoree_Name__c", "GW_Volunteers__Comments__c", "Title", "Gender__c"],
)  # fmt: skip
def test_personal_fields_are_known_as_such(path: str) -> None:
    assert contract.is_forbidden("Contact", path)


def test_the_document_equals_the_contract() -> None:
    assert (ROOT / "docs" / "data-contract.md").read_text(encoding="utf-8") == contract.as_markdown()


def test_the_snapshot_has_exactly_the_columns_of_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (.*) \|$", text.split("## 1.")[1].split("## 2.")[0], re.MULTILINE)
    promised = {name: _columns(cell) for name, cell in rows if name not in ("table", "settings")}
    held = {one.name: [(column.name, column.nullable) for column in one.columns] for one in contract.TABLES}
    assert held == promised


def test_the_settings_row_has_exactly_the_columns_of_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    cell = re.search(r"^\| settings \| one row: (.*) \|$", text, re.MULTILINE)
    assert cell
    assert [setting.name for setting in contract.SETTINGS] == [name for name, _ in _columns(cell[1])]


def _columns(cell: str) -> list[tuple[str, bool]]:
    return [(name, mark == "?") for name, mark in re.findall(r"(\w+)(\??)", re.sub(r"\([^)]*\)", "", cell))]


def test_every_profile_field_of_the_architecture_is_written_or_left_to_people() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## 5.")[1]
    named = set(re.findall(r"\b(?!AI_)[A-Z]\w+__c\b", text.split("`AI_Scoring_Run__c`: Run_Id__c")[0]))
    named -= {"Effective_Segment__c", "Opted_Out__c", "Touch_This_Week__c", "Score__c", "Band__c", "Rank__c"}
    held = {field.name for field in contract.PROFILE.fields} | set(contract.PROFILE.people)
    assert named <= held
    assert not {field.name for field in contract.PROFILE.fields} & set(contract.PROFILE.people)


def test_the_content_hash_leaves_out_the_run_and_the_dates() -> None:
    left_out = {field.name for field in contract.PROFILE.fields if not field.hashed}
    assert left_out == {
        "Scoring_Run__c", "Scored_At__c", "Expires_At__c", "Content_Hash__c",
        "Answer_Source__c", "Known_Until__c", "Real_Time_Until__c", "Correlation_Id__c",
    }  # fmt: skip


def test_a_query_leaves_out_what_the_org_does_not_show() -> None:
    gaus = contract.table("gaus")
    assert contract.soql(gaus) == "SELECT Id, Name, npsp__Active__c FROM npsp__General_Accounting_Unit__c"
    assert contract.soql(gaus, absent={"Name"}, where="Id != null", extra=("IsDeleted",)) == (
        "SELECT Id, npsp__Active__c, IsDeleted FROM npsp__General_Accounting_Unit__c WHERE Id != null"
    )


def test_needs_name_only_what_a_permission_set_can_grant() -> None:
    needed = contract.needs()
    assert len({(need.object, need.field) for need in needed}) == len(needed)
    named = {(need.object, need.field) for need in needed}
    assert ("Contact", "npsp__Deceased__c") in named
    assert ("Opportunity", "CloseDate") not in named
    assert ("npe01__OppPayment__c", "npe01__Opportunity__c") not in named
    editable = {(need.object, need.field) for need in needed if need.edit}
    assert ("Contact", "AI_Donor_Profile__c") in editable
    assert ("AI_Donor_Profile__c", "Segment__c") in editable
    assert not any(need.edit for need in needed if need.field in contract.PROFILE.people)


def test_references_name_tables_that_exist() -> None:
    names = {one.name for one in contract.TABLES}
    refs = [column for one in contract.TABLES for column in one.columns if column.is_id and column.name != one.key]
    assert refs
    assert all(column.to in names for column in refs)
