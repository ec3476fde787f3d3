"""What an app asks an org for beside records: invocable Apex, quick actions, layouts, menus, suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localorg.apex import process
from localorg.server.serve import LocalOrgServer
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
needs_apex = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")
XMLNS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
META = f"<ApexClass {XMLNS}><apiVersion>67.0</apiVersion><status>Active</status></ApexClass>"
THANK = """public with sharing class ThankAction {
    public class Request {
        @InvocableVariable(label='Donor' required=true) public Id contactId;
        @InvocableVariable public Decimal amount;
        @InvocableVariable public List<String> words;
    }
    public class Result {
        @InvocableVariable public String text;
        @InvocableVariable public Contact donor;
    }
    @InvocableMethod(label='Thank Donors' description='Says thank you.' category='Steward')
    public static List<Result> thank(List<Request> requests) {
        List<Result> results = new List<Result>();
        for (Request one : requests) {
            if (one.amount != null && one.amount < 0) { throw new IllegalArgumentException('Nobody gives less than nothing'); }
            Result made = new Result();
            made.donor = [SELECT Id, LastName FROM Contact WHERE Id = :one.contactId];
            made.text = 'Thank you for ' + one.amount + (one.words == null ? '' : ' ' + String.join(one.words, ' '));
            results.add(made);
        }
        return results;
    }
}"""
PLAIN = """public with sharing class NamesAction {
    @InvocableMethod(label='Names') public static List<String> names(List<Id> contactIds) {
        List<String> found = new List<String>();
        for (Id one : contactIds) { found.add([SELECT LastName FROM Contact WHERE Id = :one].LastName); }
        return found;
    }
}"""
ACTION = f"""<QuickAction {XMLNS}><fieldOverrides><field>Title</field><literalValue>Friend</literalValue></fieldOverrides>
<label>New Friend</label><optionsCreateFeedItem>false</optionsCreateFeedItem><quickActionLayout>
<layoutSectionStyle>TwoColumnsLeftToRight</layoutSectionStyle><quickActionLayoutColumns><quickActionLayoutItems>
<emptySpace>false</emptySpace><field>LastName</field><uiBehavior>Required</uiBehavior></quickActionLayoutItems>
</quickActionLayoutColumns></quickActionLayout><targetObject>Contact</targetObject>
<targetParentField>AccountId</targetParentField><type>Create</type></QuickAction>"""
FILES = {
    "classes/ThankAction.cls": THANK,
    "classes/ThankAction.cls-meta.xml": META,
    "classes/NamesAction.cls": PLAIN,
    "classes/NamesAction.cls-meta.xml": META,
    "quickActions/Account.NewFriend.quickAction-meta.xml": ACTION,
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    folder, source = tmp_path_factory.mktemp("org"), tmp_path_factory.mktemp("source")
    for path, text in FILES.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    with LocalOrgServer(folder) as server:
        server.runtime.org.deploy(source)
        server.runtime.org.create_user("reader@example.org", profile="Standard User")
        yield LiveOrg(server, folder)


@pytest.fixture
def client(org: LiveOrg) -> Client:
    return org.as_user()


@pytest.fixture
def donor(client: Client) -> str:
    return client.create("Contact", LastName="Ada")


def asked(client: Client, path: str) -> Any:
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def invoked(client: Client, name: str, *inputs: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    answer = client.post(f"{API}/actions/custom/apex/{name}", json={"inputs": list(inputs)})
    return answer.status_code, answer.json()


@needs_apex
def test_invocable_apex_is_listed_and_described(client: Client) -> None:
    assert asked(client, "/actions")["custom"] == f"{API}/actions/custom"
    listed = asked(client, "/actions/custom/apex")["actions"]
    assert [(one["label"], one["name"]) for one in listed] == [
        ("Names", "NamesAction"),
        ("Thank Donors", "ThankAction"),
    ]
    described = asked(client, "/actions/custom/apex/ThankAction")
    shown = {one["name"]: (one["type"], one["required"], one["maxOccurs"]) for one in described["inputs"]}
    assert shown == {"contactId": ("ID", True, 1), "amount": ("DECIMAL", False, 1), "words": ("STRING", False, 2000)}
    assert {one["name"]: one["sobjectType"] for one in described["outputs"]} == {"text": None, "donor": "Contact"}
    assert (described["category"], described["standard"], described["type"]) == ("Steward", False, "APEX")


@needs_apex
def test_one_call_of_an_action_answers_many_requests_in_their_order(client: Client, donor: str) -> None:
    status, results = invoked(
        client, "thankaction", {"contactId": donor, "amount": 5.5}, {"contactId": donor, "words": ["very", "much"]}
    )
    assert status == 200
    assert [one["outputValues"]["text"] for one in results] == ["Thank you for 5.5", "Thank you for null very much"]
    assert results[0]["outputValues"]["donor"] == {"Id": donor, "LastName": "Ada"}
    assert results[0]["actionName"] == "ThankAction" and results[0]["isSuccess"] and results[0]["errors"] is None
    status, [named] = invoked(client, "NamesAction", {"contactIds": donor})
    assert (status, named["outputValues"]) == (200, {"output": "Ada"})


@needs_apex
def test_a_request_that_lacks_something_fails_by_itself(client: Client, donor: str) -> None:
    status, [whole, poor] = invoked(client, "ThankAction", {"contactId": donor, "amount": 1}, {"amount": 1})
    assert (status, whole["isSuccess"], poor["isSuccess"]) == (400, True, False)
    assert poor["errors"] == [
        {"statusCode": "MISSING_ARGUMENT", "message": "Missing required input parameter: contactId", "fields": []}
    ]


@needs_apex
def test_what_an_action_throws_is_told_and_undone(client: Client, donor: str) -> None:
    status, [failed] = invoked(client, "ThankAction", {"contactId": donor, "amount": -1})
    assert status == 400 and failed["outputValues"] is None
    assert "Nobody gives less than nothing" in failed["errors"][0]["message"]
    assert client.get(f"{API}/actions/custom/apex/Nothing").status_code == 404
    assert client.post(f"{API}/actions/custom/apex/ThankAction", json={}).json()[0]["errorCode"] == "INVALID_INPUT"


@needs_apex
def test_an_action_needs_access_to_its_class(org: LiveOrg, donor: str) -> None:
    status, [refused] = invoked(org.as_user("reader@example.org"), "ThankAction", {"contactId": donor})
    assert (status, refused["errorCode"]) == (403, "INSUFFICIENT_ACCESS")


def test_a_quick_action_makes_a_record_with_its_own_values(client: Client) -> None:
    account = client.create("Account", Name="Home")
    [listed] = asked(client, "/sobjects/Account/quickActions")
    assert (listed["name"], listed["label"], listed["type"]) == ("NewFriend", "New Friend", "Create")
    described = asked(client, "/sobjects/Account/quickActions/NewFriend/describe")
    assert described["targetSobjectType"] == "Contact"
    assert described["layout"]["layoutRows"][0]["layoutItems"][0]["layoutComponents"][0]["value"] == "LastName"
    values = asked(client, f"/sobjects/Account/quickActions/NewFriend/defaultValues/{account}")
    assert values == {"attributes": {"type": "Contact"}, "Title": "Friend", "AccountId": account}
    body = {"contextId": account, "record": {"LastName": "Bea"}}
    made = client.post(f"{API}/sobjects/Account/quickActions/NewFriend", json=body)
    assert made.status_code == 201 and made.json()["success"] and made.json()["created"]
    [found] = client.query(f"SELECT AccountId, Title FROM Contact WHERE Id = '{made.json()['id']}'")
    assert (found["AccountId"], found["Title"]) == (account, "Friend")
    refused = client.post(f"{API}/sobjects/Account/quickActions/NewFriend", json={"record": {}})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
    assert client.get(f"{API}/quickActions/Nothing").status_code == 404


def test_layouts_say_what_stands_where(client: Client) -> None:
    found = asked(client, "/sobjects/Contact/describe/layouts")
    [layout] = found["layouts"]
    items = [item for row in layout["detailLayoutSections"][0]["layoutRows"] for item in row["layoutItems"]]
    required = {item["layoutComponents"][0]["value"] for item in items if item["required"]}
    assert "LastName" in required and "FirstName" not in required
    [master] = found["recordTypeMappings"]
    assert (master["recordTypeId"], master["master"]) == ("012000000000000AAA", True)
    assert {one["picklistName"] for one in master["picklistsForRecordType"]} >= {"LeadSource", "Salutation"}
    assert asked(client, "/sobjects/Contact/describe/layouts/012000000000000AAA").keys() == layout.keys()
    compact = asked(client, "/sobjects/Contact/describe/compactLayouts")
    assert compact["compactLayouts"][0]["name"] == "SYSTEM" and compact["defaultCompactLayoutId"] is None
    assert asked(client, "/compactLayouts?q=Account,Contact").keys() == {"Account", "Contact"}
    assert asked(client, "/sobjects/Account/describe/approvalLayouts") == {"approvalLayouts": []}
    assert client.get(f"{API}/sobjects/Contact/describe/layouts/012000000000001AAA").status_code == 404


def test_every_address_that_a_description_names_is_served(client: Client) -> None:
    account = client.create("Account", Name="Addressed")
    for address in asked(client, "/sobjects/Account/describe")["urls"].values():
        if address.startswith(API):
            answer = client.get(address.replace("{ID}", account))
            assert answer.status_code == 200, (address, answer.text)
    for address in client.get(API).json().values():
        path = address.replace(client.base, "")
        assert client.get(path).status_code in (200, 400, 404), path  # 404: the root of a family


def test_menus_tabs_and_themes_are_the_users(client: Client) -> None:
    assert asked(client, "/appMenu/AppSwitcher") == {"appMenuItems": []}
    assert "standard-Contact" in {one["name"] for one in asked(client, "/tabs")}
    assert {one["name"] for one in asked(client, "/theme")["themeItems"]} >= {"Account", "npsp__Allocation__c"}


def test_processes_are_none_and_say_so(client: Client, donor: str) -> None:
    assert asked(client, "/process/approvals") == {"approvals": {}}
    assert asked(client, "/process/rules/Account") == {"rules": {"Account": []}}
    asking = {"requests": [{"actionType": "Submit", "contextId": donor}]}
    refused = client.post(f"{API}/process/approvals", json=asking)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "NO_APPLICABLE_PROCESS")


def test_suggestions_begin_with_what_was_typed(client: Client) -> None:
    for name in ("Quillfeather House", "The Quillfeathers", "Quarter"):
        client.create("Account", Name=name)
    found = asked(client, "/search/suggestions?q=Quillf&sobject=Account,Contact")
    assert [one["Name"] for one in found["autoSuggestResults"]] == ["Quillfeather House", "The Quillfeathers"]
    assert asked(client, "/search/suggestions?q=Quillf&sobject=Account&limit=1")["hasMoreResults"] is True
    assert asked(client, "/search/scopeOrder")[0]["type"] == "Account"
    [layout] = asked(client, "/search/layout?q=Account")
    assert layout["searchColumns"][0]["field"] == "Account.Name"
    assert client.get(f"{API}/search/suggestions?q=Qu&sobject=Account").json()[0]["errorCode"] == "MALFORMED_SEARCH"


def test_a_file_becomes_the_photo_of_a_user(admin: Client) -> None:
    version = admin.create("ContentVersion", Title="Face", PathOnClient="face.png", VersionData="aGk=")
    (file,) = admin.query(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'")
    (user,) = admin.query("SELECT Id FROM User WHERE FirstName = 'Ada'")
    place = f"{API}/connect/user-profiles/{user['Id']}/photo"
    shown = admin.send("POST", place, json={"fileId": file["ContentDocumentId"]})
    assert shown.status_code == 201 and shown.json()["photoVersionId"] == file["ContentDocumentId"]
    assert admin.send("POST", place, json={"fileId": 7}).json()[0]["errorCode"] == "INVALID_ID_FIELD"
    assert admin.send("GET", f"{API}/connect/communities/templates").json() == {"templates": [], "total": 0}
