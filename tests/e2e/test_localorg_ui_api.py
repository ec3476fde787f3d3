"""UI API over TLS, as a record page in a browser asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
UI = f"{API}/ui-api"
MASTER = "012000000000000AAA"


@pytest.fixture
def contact(admin: Client) -> str:
    account = admin.create("Account", Name="Page Household")
    return admin.create("Contact", FirstName="Page", LastName="Turner", Birthdate="1970-02-03", AccountId=account)


@pytest.fixture
def stranger(live_org: LiveOrg) -> Client:
    if live_org.server.runtime.find_user("stranger@example.org") is None:
        live_org.server.runtime.org.create_user("stranger@example.org")
    return live_org.as_user("stranger@example.org")


def test_a_record_shows_values_and_what_people_read(admin: Client) -> None:
    key = admin.create(
        "Opportunity", Name="UI gift", StageName="Posted", CloseDate="2024-05-06", Amount=1234.5, IsPrivate=False
    )
    names = "Opportunity.Name,Opportunity.Amount,Opportunity.CloseDate,Opportunity.StageName,Opportunity.IsPrivate"
    answer = admin.get(f"{UI}/records/{key}", params={"fields": names})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["fields"] == {
        "Amount": {"displayValue": "$1,234.50", "value": 1234.5},
        "CloseDate": {"displayValue": "5/6/2024", "value": "2024-05-06"},
        "IsPrivate": {"displayValue": None, "value": False},
        "Name": {"displayValue": None, "value": "UI gift"},
        "StageName": {"displayValue": "Posted", "value": "Posted"},
    }
    assert (body["apiName"], body["id"], body["childRelationships"]) == ("Opportunity", key, {})
    moment = datetime.fromisoformat(body["systemModstamp"])
    assert body["weakEtag"] == int(moment.timestamp() * 1000)
    assert body["lastModifiedById"].startswith("005")
    assert len(body["eTag"]) == 32


def test_parents_come_as_records_within_the_record(admin: Client, contact: str) -> None:
    fields = "Contact.Account.Name,Contact.Owner.Name,Contact.Name"
    body = admin.get(f"{UI}/records/{contact}", params={"fields": fields}).json()
    account = body["fields"]["Account"]
    assert account["displayValue"] == "Page Household"
    assert account["value"]["apiName"] == "Account"
    assert account["value"]["fields"]["Name"]["value"] == "Page Household"
    assert body["fields"]["Owner"]["value"]["fields"]["Name"]["value"] == "Ada Admin"


def test_unknown_fields_are_refused_unless_they_are_optional(admin: Client, contact: str) -> None:
    refused = admin.get(f"{UI}/records/{contact}", params={"fields": "Contact.Nope__c"})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    asked = {"fields": "Contact.LastName", "optionalFields": "Contact.Nope__c,Contact.FirstName"}
    answer = admin.get(f"{UI}/records/{contact}", params=asked).json()
    assert sorted(answer["fields"]) == ["FirstName", "LastName"]


def test_an_unchanged_record_is_not_sent_again(admin: Client, contact: str) -> None:
    first = admin.get(f"{UI}/records/{contact}", params={"fields": "Contact.Name"})
    again = admin.get(
        f"{UI}/records/{contact}", params={"fields": "Contact.Name"}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_layouts_name_the_fields(admin: Client, contact: str) -> None:
    body = admin.get(f"{UI}/records/{contact}", params={"layoutTypes": "Full"}).json()
    assert body["fields"]["Birthdate"] == {"displayValue": "2/3/1970", "value": "1970-02-03"}
    wrong = admin.get(f"{UI}/records/{contact}", params={"layoutTypes": "Round"})
    assert (wrong.status_code, wrong.json()[0]["errorCode"]) == (400, "INVALID_INPUT")


def test_a_record_is_created_changed_and_deleted(admin: Client) -> None:
    made = admin.post(f"{UI}/records", {"apiName": "Contact", "fields": {"LastName": "Born", "FirstName": "Newly"}})
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    assert made.json()["fields"]["FirstName"]["value"] == "Newly"
    changed = admin.send("PATCH", f"{UI}/records/{key}", json={"fields": {"LastName": "Wed"}})
    assert (changed.status_code, changed.json()["fields"]["LastName"]["value"]) == (200, "Wed")
    assert admin.send("DELETE", f"{UI}/records/{key}").status_code == 204
    gone = admin.get(f"{UI}/records/{key}", params={"fields": "Contact.Name"})
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_a_refused_save_says_which_field_is_wrong(admin: Client, contact: str) -> None:
    answer = admin.send("PATCH", f"{UI}/records/{contact}", json={"fields": {"Email": "nonsense"}})
    [body] = answer.json()
    assert (answer.status_code, body["enhancedErrorType"]) == (400, "RecordError")
    assert body["message"] == "An error occurred while trying to update the record. Please try again."
    [error] = body["output"]["fieldErrors"]["Email"]
    assert (error["errorCode"], error["field"], error["fieldLabel"]) == ("INVALID_EMAIL_ADDRESS", "Email", "Email")
    created = admin.post(f"{UI}/records", {"apiName": "Contact", "fields": {"FirstName": "only"}})
    assert list(created.json()[0]["output"]["fieldErrors"]) == ["LastName"]


def test_a_later_change_of_someone_else_is_not_overwritten(admin: Client, contact: str) -> None:
    long_ago = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    answer = admin.send(
        "PATCH",
        f"{UI}/records/{contact}",
        json={"fields": {"LastName": "X"}},
        headers={"If-Unmodified-Since": long_ago},
    )
    assert answer.status_code == 412
    assert answer.json()[0]["output"]["id"] == contact


def test_a_batch_answers_for_each_record(admin: Client, contact: str) -> None:
    missing = contact[:-6] + "zzzAAA"
    body = admin.get(f"{UI}/records/batch/{contact},{missing}", params={"fields": "Contact.LastName"}).json()
    assert body["hasErrors"] is True
    assert [one["statusCode"] for one in body["results"]] == [200, 404]
    assert body["results"][0]["result"]["fields"]["LastName"]["value"] == "Turner"


def test_object_info_tells_what_a_page_needs(admin: Client) -> None:
    body = admin.get(f"{UI}/object-info/Contact").json()
    assert (body["apiName"], body["label"], body["keyPrefix"]) == ("Contact", "Contact", "003")
    assert body["nameFields"] == ["Name", "FirstName", "LastName"]
    account = body["fields"]["AccountId"]
    assert (account["dataType"], account["relationshipName"]) == ("Reference", "Account")
    assert account["referenceToInfos"] == [{"apiName": "Account", "nameFields": ["Name"]}]
    assert body["fields"]["LastName"]["required"] is True
    assert body["fields"]["Birthdate"]["dataType"] == "Date"
    assert body["recordTypeInfos"][MASTER]["master"] is True
    unknown = admin.get(f"{UI}/object-info/Nope__c")
    assert (unknown.status_code, unknown.json()[0]["errorCode"]) == (404, "INVALID_TYPE")


def test_picklists_come_one_by_one_or_all_at_once(admin: Client) -> None:
    one = admin.get(f"{UI}/object-info/npe03__Recurring_Donation__c/picklist-values/{MASTER}/npsp__Status__c").json()
    assert [value["value"] for value in one["values"]] == ["Active", "Lapsed", "Closed", "Paused"]
    assert one["values"][0] == {"attributes": None, "label": "Active", "validFor": [], "value": "Active"}
    assert one["defaultValue"]["value"] == "Active"
    every = admin.get(f"{UI}/object-info/npe03__Recurring_Donation__c/picklist-values/{MASTER}").json()
    assert every["picklistFieldValues"]["npsp__Status__c"]["values"] == one["values"]


def test_record_ui_brings_layout_and_object_along(admin: Client, contact: str) -> None:
    body = admin.get(f"{UI}/record-ui/{contact}", params={"layoutTypes": "Compact", "modes": "View"}).json()
    assert sorted(body) == ["eTag", "layoutUserStates", "layouts", "objectInfos", "records"]
    [by_kind] = body["layouts"]["Contact"].values()
    layout = by_kind["Compact"]["View"]
    items = [item for section in layout["sections"] for row in section["layoutRows"] for item in row["layoutItems"]]
    assert "Name" in [item["layoutComponents"][0]["apiName"] for item in items]
    assert body["records"][contact]["fields"]["Name"]["value"] == "Page Turner"


def test_a_new_record_starts_with_its_defaults(admin: Client) -> None:
    body = admin.get(f"{UI}/record-defaults/create/npe03__Recurring_Donation__c").json()
    fields = body["record"]["fields"]
    assert fields["npsp__Status__c"]["value"] == "Active"
    assert fields["OwnerId"]["value"].startswith("005")
    assert body["layout"]["mode"] == "Create"


def test_someone_who_may_not_see_a_record_is_told_so(admin: Client, contact: str, stranger: Client) -> None:
    answer = stranger.get(f"{UI}/records/{contact}", params={"fields": "Contact.Name"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS")


PROFILE = "AI_Donor_Profile__c"


def profile(admin: Client, name: str, **values: object) -> str:
    contact = admin.create("Contact", LastName=name)
    return admin.create(PROFILE, Contact__c=contact, Donor_Id__c=contact, **values)


def test_every_list_view_of_the_package_opens(admin: Client) -> None:
    listed = admin.get(f"{UI}/list-ui/{PROFILE}").json()
    assert listed["count"] >= 9
    for view in listed["lists"]:
        answer = admin.get(f"{UI}/list-ui/{PROFILE}/{view['apiName']}")
        assert answer.status_code == 200, (view["apiName"], answer.text)
        by_id = admin.get(f"{UI}/list-ui/{view['id']}")
        assert by_id.json()["info"] == answer.json()["info"]


def test_a_list_view_holds_the_records_its_filters_let_through(admin: Client) -> None:
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat(timespec="seconds")
    shown = {"Household_Lead__c": True, "Mode__c": "Full", "Expires_At__c": later}
    inside = profile(admin, "Inside", Segment__c="At risk of lapsing", **shown)
    outside = profile(admin, "Outside", Segment__c="Loyal donor", **shown)
    body = admin.get(f"{UI}/list-records/{PROFILE}/At_Risk_of_Lapsing").json()
    found = {record["id"]: record for record in body["records"]}
    assert inside in found
    assert outside not in found
    contact = found[inside]["fields"]["Contact__r"]
    assert contact["displayValue"] == "Inside"
    assert contact["value"]["fields"]["Name"]["value"] == "Inside"


def test_a_list_view_says_what_it_shows(admin: Client) -> None:
    body = admin.get(f"{UI}/list-info/{PROFILE}/All").json()
    assert body["label"] == "All Donor Profiles"
    first = body["displayColumns"][0]
    assert (first["fieldApiName"], first["lookupId"]) == ("Contact__r.Name", "Contact__r.Id")
    assert body["listReference"]["listViewApiName"] == "All"


def test_a_list_comes_in_pages_sorted_as_asked(admin: Client) -> None:
    for name in ("Aa", "Bb", "Cc"):
        profile(admin, name)
    asked = {"pageSize": 2, "sortBy": "-Contact__r.Name"}
    first = admin.get(f"{UI}/list-records/{PROFILE}/All", params=asked).json()
    names = [record["fields"]["Contact__r"]["displayValue"] for record in first["records"]]
    assert names == sorted(names, reverse=True)
    assert (first["count"], first["nextPageToken"], first["previousPageToken"]) == (2, "2", None)
    second = admin.get(f"{UI}/list-records/{PROFILE}/All", params=asked | {"pageToken": "2"}).json()
    assert second["previousPageToken"] == "0"
    assert {one["id"] for one in first["records"]}.isdisjoint(one["id"] for one in second["records"])


def test_a_list_view_that_is_not_there_is_not_found(admin: Client) -> None:
    answer = admin.get(f"{UI}/list-records/{PROFILE}/Nope")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_the_deployed_layout_decides_what_a_page_shows(admin: Client) -> None:
    key = profile(admin, "Laid out")
    body = admin.get(f"{UI}/record-ui/{key}").json()
    [by_kind] = body["layouts"][PROFILE].values()
    assert len(by_kind["Full"]["View"]["sections"]) > 1
    assert "Segment__c" in body["records"][key]["fields"]
    assert "Content_Hash__c" not in body["records"][key]["fields"]


def test_a_record_that_is_not_there_is_not_found(admin: Client, contact: str) -> None:
    answer = admin.get(f"{UI}/records/{contact[:9]}zzzzzzAAA", params={"fields": "Contact.Name"})
    assert answer.status_code == 404
    assert answer.json()[0] == {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
