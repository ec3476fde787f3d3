"""Picklists under a field that decides over them, and record types that offer some values only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from localorg.engine import Org
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
ROOT = '<{kind} xmlns="http://soap.sforce.com/2006/04/metadata">{inside}</{kind}>'
INFO = f"{API}/ui-api/object-info/Visit__c"
VALUE = "<value><fullName>{0}</fullName><default>false</default><label>{0}</label></value>"
GOES_WITH = "<valueSettings>{0}<valueName>{1}</valueName></valueSettings>"


def picklist(name: str, values: str, before: str = "", after: str = "") -> str:
    listed = "".join(map(VALUE.format, values.split()))
    definition = f"<valueSetDefinition><sorted>false</sorted>{listed}</valueSetDefinition>"
    value_set = f"<valueSet>{before}<restricted>true</restricted>{definition}{after}</valueSet>"
    return f"<fullName>{name}</fullName><label>{name}</label><type>Picklist</type>{value_set}"


def goes_with(value: str, *controlling: str) -> str:
    return GOES_WITH.format(
        "".join(f"<controllingFieldValue>{one}</controllingFieldValue>" for one in controlling), value
    )


FILES = {
    "Visit__c.object-meta.xml": (
        "CustomObject",
        "<deploymentStatus>Deployed</deploymentStatus><label>Visit</label><nameField><label>Visit</label><type>Text</type>"
        "</nameField><pluralLabel>Visits</pluralLabel><sharingModel>ReadWrite</sharingModel>",
    ),
    "fields/Kind__c.field-meta.xml": ("CustomField", picklist("Kind__c", "Call Letter Meeting")),
    "fields/Result__c.field-meta.xml": (
        "CustomField",
        picklist(
            "Result__c",
            "Reached Sent",
            "<controllingField>Kind__c</controllingField>",
            goes_with("Reached", "Call", "Meeting") + goes_with("Sent", "Letter"),
        ),
    ),
    "recordTypes/Office.recordType-meta.xml": (
        "RecordType",
        "<fullName>Office</fullName><active>true</active><label>Office</label><picklistValues><picklist>Kind__c</picklist>"
        "<values><fullName>Letter</fullName><default>false</default></values></picklistValues>",
    ),
}


@pytest.fixture(scope="module")
def visits(live_org: LiveOrg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("visits") / "objects" / "Visit__c"
    for name, (kind, inside) in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(ROOT.format(kind=kind, inside=inside), encoding="utf-8")
    live_org.server.runtime.org.deploy(folder.parents[1])
    return folder.parents[1]


@pytest.mark.usefixtures("visits")
def test_a_description_says_which_values_go_together(admin: Client) -> None:
    fields = {field["name"]: field for field in admin.get(f"{API}/sobjects/Visit__c/describe").json()["fields"]}
    kind, result = fields["Kind__c"], fields["Result__c"]
    assert (kind["controllerName"], kind["dependentPicklist"], kind["picklistValues"][0]["validFor"]) == (
        None,
        False,
        None,
    )
    assert (result["controllerName"], result["dependentPicklist"]) == ("Kind__c", True)
    # one bit a controlling value from the left: Call and Meeting are 1010 0000, Letter is 0100 0000
    assert [value["validFor"] for value in result["picklistValues"]] == ["oA==", "QA=="]


@pytest.mark.usefixtures("visits")
def test_a_page_learns_what_to_offer_for_the_record_type(admin: Client) -> None:
    info = admin.get(INFO).json()
    assert info["dependentFields"] == {"Kind__c": {"Result__c": {}}}
    assert info["fields"]["Result__c"]["controllingFields"] == ["Kind__c"]
    [office] = [key for key, one in info["recordTypeInfos"].items() if one["name"] == "Office"]
    offered: dict[str, Any] = admin.get(f"{INFO}/picklist-values/{office}").json()["picklistFieldValues"]
    assert [value["value"] for value in offered["Kind__c"]["values"]] == ["Letter"]
    assert offered["Result__c"]["controllerValues"] == {"Call": 0, "Letter": 1, "Meeting": 2}
    assert [(one["value"], one["validFor"]) for one in offered["Result__c"]["values"]] == [
        ("Reached", [0, 2]),
        ("Sent", [1]),
    ]
    master = admin.get(f"{INFO}/picklist-values/012000000000000AAA/Kind__c").json()
    assert [value["value"] for value in master["values"]] == ["Call", "Letter", "Meeting"]


def test_an_org_that_was_stopped_still_knows_what_goes_together(visits: Path, tmp_path: Path) -> None:
    first = Org.open(tmp_path)
    first.deploy(visits)
    first.close()
    again = Org.open(tmp_path)
    try:
        [result] = [one for one in again.administrator().describe("Visit__c")["fields"] if one["name"] == "Result__c"]
        assert [value["validFor"] for value in result["picklistValues"]] == ["oA==", "QA=="]
    finally:
        again.close()
