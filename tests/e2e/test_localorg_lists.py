"""What a user comes back to: records viewed lately, list views and their records; and how a query would be run."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


def test_records_that_were_viewed_are_recent_the_last_first(admin: Client, live_org: LiveOrg) -> None:
    ids = [admin.create("Contact", LastName=f"Seen {number}") for number in range(3)]
    unseen = admin.get(f"{API}/recent").json()
    assert not {one["Id"] for one in unseen} & set(ids)
    for record in ids[:2]:
        admin.query(f"SELECT Id FROM Contact WHERE Id = '{record}' FOR VIEW")
        live_org.server.runtime.org.travel_to(live_org.server.runtime.org.clock.now() + timedelta(seconds=5))
    admin.query(f"SELECT Id FROM Contact WHERE Id = '{ids[2]}' FOR REFERENCE")
    found = admin.get(f"{API}/recent", params={"limit": "2"}).json()
    assert [(one["Id"], one["Name"]) for one in found] == [(ids[1], "Seen 1"), (ids[0], "Seen 0")]
    mru = admin.query("SELECT Id FROM Contact USING SCOPE mru")
    assert {one["Id"] for one in mru} == set(ids[:2])


def test_a_deployed_list_view_tells_its_columns_and_records(admin: Client) -> None:
    listed = admin.get(f"{API}/sobjects/AI_Donor_Profile__c/listviews").json()
    assert (listed["sobjectType"], listed["size"]) == ("AI_Donor_Profile__c", len(listed["listviews"]))
    view = listed["listviews"][0]
    described = admin.get(view["describeUrl"]).json()
    assert described["query"].startswith("SELECT ")
    contact = admin.create("Contact", LastName="Listed")
    admin.create("AI_Donor_Profile__c", Donor_Id__c="D-list", Contact__c=contact)
    expected = admin.query(described["query"] + " LIMIT 25")
    shown = admin.get(view["resultsUrl"]).json()
    assert [one["fieldNameOrPath"] for one in shown["columns"]] == [
        one["fieldNameOrPath"] for one in described["columns"]
    ]
    assert (shown["size"], len(shown["records"])) == (len(expected), len(expected))
    unseen = [one["fieldNameOrPath"] for one in shown["columns"] if one["hidden"]]
    assert unseen == ["Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"]
    assert [one["fieldNameOrPath"] for one in described["orderBy"]][-1] == "Id"
    [created] = [one["value"] for one in shown["records"][0]["columns"] if one["fieldNameOrPath"] == "CreatedDate"]
    assert re.fullmatch(r"\w{3} \w{3} \d\d \d\d:\d\d:\d\d GMT \d{4}", created)
    assert admin.get(f"{API}/sobjects/AI_Donor_Profile__c/listviews/recent").json()["listviews"] == []
    assert admin.get(f"{API}/sobjects/AI_Donor_Profile__c/listviews/00B000000000000AAA").status_code == 404


def test_explain_tells_an_index_from_a_scan(admin: Client) -> None:
    contact = admin.create("Contact", LastName="Explained")
    [plan] = admin.get(f"{API}/query", params={"explain": f"SELECT Id FROM Contact WHERE Id = '{contact}'"}).json()[
        "plans"
    ]
    assert (plan["sobjectType"], plan["leadingOperationType"], plan["cardinality"]) == ("Contact", "Index", 1)
    [scan] = admin.get(f"{API}/query", params={"explain": "SELECT Id FROM Contact WHERE LastName != 'x'"}).json()[
        "plans"
    ]
    assert (scan["leadingOperationType"], scan["relativeCost"]) == ("TableScan", 1.0)
    assert scan["sobjectCardinality"] >= scan["cardinality"] >= 1
    refused = admin.get(f"{API}/query", params={"explain": "SELECT Nothing__c FROM Contact"})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
