"""What the data API tells of the org itself: share records, reports and list views, asked by SOQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


@pytest.fixture
def private(live_org: LiveOrg) -> Iterator[None]:
    org = live_org.server.runtime.org
    before = {name: org.schema[name].sharing for name in ("Account", "Contact")}
    for name in before:
        org.set_sharing(name, "Private")
    yield
    for name, model in before.items():
        org.set_sharing(name, model)


def test_who_owns_a_record_has_all_access_to_it(admin: Client, private: None) -> None:
    home = admin.create("Account", Name="Shared")
    contact = admin.create("Contact", LastName="Shared", AccountId=home)
    [account] = admin.query(
        "SELECT AccountId, UserOrGroupId, AccountAccessLevel, ContactAccessLevel, RowCause FROM AccountShare "
        f"WHERE AccountId = '{home}'"
    )
    owner = admin.query(f"SELECT OwnerId FROM Account WHERE Id = '{home}'")[0]["OwnerId"]
    assert (account["UserOrGroupId"], account["AccountAccessLevel"], account["RowCause"]) == (owner, "All", "Owner")
    [share] = admin.query(f"SELECT Id, ContactAccessLevel FROM ContactShare WHERE ContactId = '{contact}'")
    assert (share["Id"][:3], share["ContactAccessLevel"]) == ("03s", "All")


def test_contacts_whose_account_decides_have_no_shares(admin: Client, live_org: LiveOrg) -> None:
    org = live_org.server.runtime.org
    before = org.schema["Contact"].sharing
    org.set_sharing("Contact", "ControlledByParent")
    admin.create("Contact", LastName="Controlled")
    assert admin.query("SELECT Id FROM ContactShare") == []
    org.set_sharing("Contact", before)


def test_deployed_reports_dashboards_and_list_views_are_records(admin: Client) -> None:
    reports = admin.query("SELECT DeveloperName, Name, FolderName, Format FROM Report")
    assert reports and all(one["DeveloperName"] and one["Name"] and one["Format"] for one in reports)
    views = admin.query("SELECT Id, DeveloperName, Name FROM ListView WHERE SobjectType = 'AI_Donor_Profile__c'")
    listed = admin.get(f"{API}/sobjects/AI_Donor_Profile__c/listviews").json()["listviews"]
    assert {one["DeveloperName"] for one in views} == {one["developerName"] for one in listed}
    dashboards = admin.query("SELECT DeveloperName, Title FROM Dashboard")
    assert all(one["Title"] for one in dashboards)
