"""Describe: the shape clients read, measured against a recorded reply of a real org."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_org import FACTS, new_org
from localorg.engine import Org

EXCHANGES = FACTS.parent / "corpora" / "recorded_exchanges.jsonl"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


def field(described: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in described["fields"] if entry["name"] == name)


def test_a_field_says_what_may_be_done_with_it(org: Org) -> None:
    contact = org.administrator().describe("contact")
    assert contact["name"] == "Contact"
    assert contact["keyPrefix"] == "003"
    name = field(contact, "Name")
    assert (name["createable"], name["nillable"], name["length"], name["extraTypeInfo"]) == (
        False,
        False,
        121,
        "personname",
    )
    assert field(contact, "FirstName")["compoundFieldName"] == "Name"
    assert field(contact, "Email")["idLookup"]
    assert field(contact, "Description")["filterable"] is False
    account = field(contact, "AccountId")
    assert (account["referenceTo"], account["relationshipName"]) == (["Account"], "Account")
    assert field(contact, "npsp__HHId__c")["calculated"]
    picked = field(contact, "npsp__Sustainer__c")["picklistValues"]
    assert [value["value"] for value in picked] == ["Active", "Lapsed", "Former"]


def test_children_are_named_as_in_subqueries(org: Org) -> None:
    opportunity = org.administrator().describe("Opportunity")
    names = {child["relationshipName"]: child["childSObject"] for child in opportunity["childRelationships"]}
    assert names["npe01__OppPayment__r"] == "npe01__OppPayment__c"
    assert names["OpportunityContactRoles"] == "OpportunityContactRole"


def test_record_types_come_with_the_master_last(org: Org) -> None:
    infos = org.administrator().describe("Account")["recordTypeInfos"]
    assert [info["developerName"] for info in infos] == ["HH_Account", "Organization", "Master"]


def test_describe_is_json_and_complete_for_every_object(org: Org) -> None:
    admin = org.administrator()
    names = [entry["name"] for entry in admin.describe_global()["sobjects"]]
    assert names == sorted(names)
    for name in names:
        described = admin.describe(name)
        assert json.dumps(described)
        assert {entry["name"] for entry in described["fields"]} == {item.name for item in org.schema[name]}


@pytest.mark.skipif(not EXCHANGES.exists(), reason="the recorded exchanges are not on this machine")
def test_contact_roles_are_described_as_a_real_org_does(org: Org) -> None:
    exchanges = (json.loads(line) for line in EXCHANGES.read_text().splitlines())
    real = next(
        json.loads(one["response_body"]) for one in exchanges if "OpportunityContactRole/describe" in one["uri"]
    )
    ours = org.administrator().describe("OpportunityContactRole")
    assert set(real) <= set(ours)
    # Lengths of standard picklists grew since the recording; our administrator may set audit fields.
    known = {("Id", "label"), ("Role", "length"), ("Role", "byteLength"), ("Role", "picklistValues")}
    differences = {
        (entry["name"], key)
        for entry in real["fields"]
        for key, value in entry.items()
        if field(ours, entry["name"]).get(key) != value
    } - known
    assert {key for _, key in differences} <= {"createable"}
    assert {name for name, _ in differences} <= {"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"}
