"""What a deployment changes of what the org has by itself: standard value sets, sharing defaults, tabs of permission sets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from deploy_kit import package, refusals, taken, xml
from engine_org import new_org
from localorg.deploy import standard_values
from localorg.engine import Org
from localorg.model import Field


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path / "org") as opened:
        yield opened


def value(name: str, more: str = "", default: bool = False) -> str:
    return f"<standardValue><fullName>{name}</fullName><default>{str(default).lower()}</default>{more}</standardValue>"


def value_set(name: str, *values: str) -> dict[str, bytes]:
    inside = f"<sorted>false</sorted>{''.join(values)}"
    path = f"standardValueSets/{name}.standardValueSet"
    return package({path: xml("StandardValueSet", inside)}, {"StandardValueSet": name})


def described(org: Org, name: str) -> dict[str, dict[str, str]]:
    """Each value's elements, by the value's name."""
    with org.store.read() as connection:
        part = standard_values.described(name, org.schema, connection)
    assert part is not None
    return {
        element.get("fullName"): {str(child.tag).rpartition("}")[2]: child.text or "" for child in element.node}
        for element in part.root.all("standardValue")
    }


def rows(org: Org, soql: str) -> list[tuple[Any, ...]]:
    found = org.administrator().query(soql).records
    return [tuple(value for name, value in record.items() if name != "attributes") for record in found]


def field_of(org: Org, path: str) -> Field:
    owner, _, own = path.partition(".")
    field = org.schema[owner].get(own)
    assert field is not None
    return field


def test_stages_say_how_gifts_end(org: Org) -> None:
    won = (
        "<closed>true</closed><forecastCategory>Closed</forecastCategory><probability>100</probability><won>true</won>"
    )
    half = "<closed>false</closed><forecastCategory>BestCase</forecastCategory><probability>45</probability><won>false</won>"
    taken(org, value_set("OpportunityStage", value("Received", won), value("Promised", half)))
    session = org.administrator()
    gift = {"Name": "A gift", "CloseDate": "2026-01-01", "Amount": 10}
    session.insert("Opportunity", [gift | {"StageName": "Received"}, gift | {"StageName": "promised"}])
    assert rows(org, "SELECT StageName, IsClosed, IsWon, Probability, ForecastCategoryName FROM Opportunity") == [
        ("Received", True, True, 100.0, "Closed"),
        ("Promised", False, False, 45.0, "Best Case"),
    ]
    active = rows(org, "SELECT ApiName FROM OpportunityStage WHERE IsActive = true ORDER BY SortOrder")
    assert active == [("Received",), ("Promised",)]
    picklist = field_of(org, "Opportunity.StageName").picklist
    assert [one.value for one in picklist if one.active] == ["Received", "Promised"]
    assert "Closed Won" in [one.value for one in picklist if not one.active]


def test_a_shared_set_reaches_every_object_and_stays(org: Org, tmp_path: Path) -> None:
    taken(org, value_set("LeadSource", value("Gala", "<label>At the gala</label>"), value("Web", default=True)))
    for name in ("Contact.LeadSource", "Opportunity.LeadSource", "Account.AccountSource"):
        field = field_of(org, name)
        assert [(one.value, one.label) for one in field.picklist if one.active] == [
            ("Gala", "At the gala"),
            ("Web", "Web"),
        ]
        assert field.default == "Web"
    org.close()
    with closing(Org.open(tmp_path / "org")) as again:
        again.administrator().insert("Contact", [{"LastName": "Hill"}])
        assert rows(again, "SELECT LeadSource FROM Contact") == [("Web",)]


def test_a_closed_status_closes_tasks(org: Org) -> None:
    taken(org, value_set("TaskStatus", value("To do", default=True), value("Done", "<closed>true</closed>")))
    session = org.administrator()
    session.insert("Task", [{"Subject": "Call"}, {"Subject": "Call", "Status": "Done"}])
    assert rows(org, "SELECT Status, IsClosed FROM Task ORDER BY Status") == [("To do", False), ("Done", True)]
    assert described(org, "TaskStatus")["Done"]["closed"] == "true"


def test_sets_that_nobody_deployed_are_told(org: Org) -> None:
    assert described(org, "OpportunityStage")["Prospecting"] == {
        "fullName": "Prospecting", "default": "false", "label": "Prospecting", "closed": "false",
        "forecastCategory": "Pipeline", "probability": "10", "won": "false",
    }  # fmt: skip
    assert "Mr." in described(org, "Salutation")
    assert not standard_values.is_known("Anything")


def test_what_is_told_can_be_deployed_as_it_is(org: Org) -> None:
    for name in ("OpportunityStage", "TaskStatus", "LeadStatus", "AccountType", "Salutation"):
        before = described(org, name)
        with org.store.read() as connection:
            part = standard_values.described(name, org.schema, connection)
        assert part is not None
        files = {f"standardValueSets/{name}.standardValueSet": part.xml()}
        assert taken(org, package(files, {"StandardValueSet": name})).outcomes[0].created is False
        assert described(org, name) == before


def test_a_set_needs_values_of_different_names(org: Org) -> None:
    assert refusals(org, value_set("Industry")) == ["A standard value set must have at least one value"]
    assert refusals(org, value_set("Industry", value("Arts"), value("arts"))) == ["Duplicate value: arts"]


# What tools send that set a scratch org up


def test_object_settings_come_under_a_name_of_their_own(org: Org) -> None:
    settings = xml("Object", "<sharingModel>Private</sharingModel>")
    taken(org, package({"objects/Account.object": settings}, {"CustomObject": "Account"}))
    assert org.schema["Account"].sharing == "Private"


def test_defaults_of_sharing_are_set_for_objects_of_packages_and_stay(org: Org, tmp_path: Path) -> None:
    name = "npe03__Recurring_Donation__c"
    settings = xml("CustomObject", "<sharingModel>Private</sharingModel>")
    taken(org, package({f"objects/{name}.object": settings}, {"CustomObject": name}))
    org.close()
    with closing(Org.open(tmp_path / "org")) as again:
        assert again.schema[name].sharing == "Private"


def test_flags_may_be_written_with_a_capital(org: Org) -> None:
    site = "<disableProtocolSecurity>False</disableProtocolSecurity><isActive>True</isActive><url>https://example.org</url>"
    files = {"remoteSiteSettings/Site.remoteSite": xml("RemoteSiteSetting", site)}
    taken(org, package(files, {"RemoteSiteSetting": "Site"}))


def test_a_permission_sets_tabs_are_rows(org: Org) -> None:
    tabs = "<label>Givers</label><tabSettings><tab>standard-Contact</tab><visibility>Visible</visibility></tabSettings>"
    files = {"permissionsets/Givers.permissionset": xml("PermissionSet", tabs)}
    taken(org, package(files, {"PermissionSet": "Givers"}))
    found = rows(org, "SELECT Name, Visibility FROM PermissionSetTabSetting WHERE Parent.Name = 'Givers'")
    assert found == [("standard-Contact", "DefaultOn")]


def test_business_processes_of_a_scratch_org_say_no_default(org: Org) -> None:
    process = "<fullName>Sales</fullName><isActive>true</isActive><values><fullName>Prospecting</fullName></values>"
    kind = "<fullName>Sales</fullName><active>true</active><businessProcess>Sales</businessProcess><label>Sales</label>"
    inside = f"<businessProcesses>{process}</businessProcesses><recordTypes>{kind}</recordTypes>"
    members = {
        "CustomObject": "Opportunity", "BusinessProcess": "Opportunity.Sales", "RecordType": "Opportunity.Sales",
    }  # fmt: skip
    taken(org, package({"objects/Opportunity.object": xml("Object", inside)}, members))
    found = rows(org, "SELECT SobjectType FROM RecordType WHERE DeveloperName = 'Sales'")
    assert found == [("Opportunity",)]
