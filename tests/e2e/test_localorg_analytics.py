"""The Reports and Dashboards REST API and related lists, as clients ask for them."""

from __future__ import annotations

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
REPORTS, DASHBOARDS = f"{API}/analytics/reports", f"{API}/analytics/dashboards"
FEEDBACK = "AI_Feedback__r"


@pytest.fixture(scope="module")
def profile(live_org: LiveOrg) -> str:
    """A profile about which three people said something."""
    admin = live_org.as_user()
    contact = admin.create("Contact", LastName="Reported")
    made = admin.create(
        "AI_Donor_Profile__c", Donor_Id__c="D-report", Contact__c=contact, Household_Lead__c=True, Mode__c="Full",
        Propensity_Band__c="High", Suggested_Ask__c=120,
    )  # fmt: skip
    for note in ("first", "second", "third"):
        admin.create("AI_Feedback__c", Donor_Profile__c=made, Useful__c="Yes", Note__c=note)
    return made


def report(admin: Client, name: str) -> str:
    return next(one["url"] for one in admin.get(REPORTS).json() if one["name"] == name)


def test_a_report_is_listed_described_and_run(admin: Client, profile: str) -> None:
    url = report(admin, "Likely to Give in 90 Days")
    described = admin.get(f"{url}/describe").json()
    ran = admin.get(url, params={"includeDetails": "true"}).json()

    assert ran["attributes"] == described["attributes"]
    assert ran["reportMetadata"] == described["reportMetadata"]
    assert ran["reportMetadata"]["reportFormat"] == "SUMMARY"
    assert ran["reportMetadata"]["folderId"].startswith("00l")
    assert [one["label"] for one in ran["groupingsDown"]["groupings"]] == ["High"]
    assert ran["factMap"]["0!T"]["rows"][0]["dataCells"][0]["label"] == "Reported"
    assert admin.post(url, json={}).json()["factMap"].keys() == ran["factMap"].keys()


def test_what_is_not_there_or_not_run_is_said(admin: Client) -> None:
    url = report(admin, "Donors by Segment")
    filtered = admin.post(url, json={"reportMetadata": {"reportFilters": []}})

    assert (filtered.status_code, filtered.json()[0]["errorCode"]) == (501, "UNSUPPORTED_REPORT")
    assert admin.get(f"{REPORTS}/00O000000000000AAA").status_code == 404
    assert admin.get(f"{DASHBOARDS}/01Z000000000000AAA").status_code == 404


def test_a_dashboard_brings_what_its_reports_found(admin: Client, profile: str) -> None:
    listed = {one["name"]: one["url"] for one in admin.get(DASHBOARDS).json()}
    assert set(listed) == {f"Donor Insights: {name}" for name in ("Executives", "Gift Officers", "Operations")}

    shown = admin.get(listed["Donor Insights: Gift Officers"]).json()

    places = [one["componentData"] for one in shown["dashboardMetadata"]["components"]]
    assert places == list(range(len(shown["componentData"])))
    assert {one["status"]["dataStatus"] for one in shown["componentData"]} == {"DATA"}
    assert len(shown["dashboardMetadata"]["layout"]["components"]) == len(places)


def test_related_records_come_in_pages_and_in_order(admin: Client, profile: str) -> None:
    url = f"{API}/ui-api/related-list-records/{profile}/{FEEDBACK}"
    asked = {"fields": "AI_Feedback__c.Note__c", "sortBy": "Note__c", "pageSize": "2"}
    first = admin.get(url, params=asked).json()
    second = admin.get(url, params=asked | {"pageToken": first["nextPageToken"]}).json()

    notes = [[one["fields"]["Note__c"]["value"] for one in page["records"]] for page in (first, second)]
    assert notes == [["first", "second"], ["third"]]
    assert (first["currentPageToken"], second["currentPageToken"], second["nextPageToken"]) == ("0", "2", None)
    assert admin.get(f"{API}/ui-api/related-list-records/{profile}/Nothing__r").status_code == 404
