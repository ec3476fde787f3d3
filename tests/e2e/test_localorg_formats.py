"""The forms of REST: XML for those who ask for it, and what is said of bodies in no form at all."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from localorg_live import API, Client

pytestmark = pytest.mark.e2e
XML = {"Accept": "application/xml"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def parsed(answer: Any) -> ElementTree.Element:
    assert answer.headers["Content-Type"] == "application/xml;charset=UTF-8", answer.text
    return ElementTree.fromstring(answer.content)


def test_a_query_answers_in_xml_with_parents_and_children_in_their_places(admin: Client) -> None:
    home = admin.create("Account", Name="Müller & Söhne <1>")
    admin.create("Contact", LastName="Müller", AccountId=home)
    soql = f"SELECT Name, Website, Owner.Name, (SELECT LastName FROM Contacts) FROM Account WHERE Id = '{home}'"
    root = parsed(admin.get(f"{API}/query", params={"q": soql}, headers=XML))
    assert (root.tag, root.findtext("totalSize"), root.findtext("done")) == ("QueryResult", "1", "true")
    [record] = root.findall("records")
    assert record.attrib == {"type": "Account", "url": f"{API}/sobjects/Account/{home}"}
    assert record.findtext("Name") == "Müller & Söhne <1>"
    assert record.find("Website").get(NIL) == "true"  # type: ignore[union-attr]
    assert record.find("Owner").get("type") == "User"  # type: ignore[union-attr]
    assert [child.findtext("LastName") for child in record.findall("Contacts/records")] == ["Müller"]


def test_a_record_is_written_and_read_in_xml(admin: Client) -> None:
    body = "<Opportunity><Name>Gift</Name><Amount>12.5</Amount><StageName>Posted</StageName><IsPrivate>true</IsPrivate>"
    body += f'<CloseDate>2026-05-01</CloseDate><NextStep xmlns:x="{NIL[1:-4]}" x:nil="true"/></Opportunity>'
    answer = admin.send(
        "POST", f"{API}/sobjects/Opportunity", data=body, headers=XML | {"Content-Type": "application/xml"}
    )
    made = parsed(answer)
    assert (answer.status_code, made.tag, made.findtext("success")) == (201, "Result", "true")
    record = parsed(admin.get(f"{API}/sobjects/Opportunity/{made.findtext('id')}", headers=XML))
    assert record.tag == record.get("type") == "Opportunity"
    assert [record.findtext(name) for name in ("Amount", "IsPrivate", "CloseDate")] == ["12.5", "true", "2026-05-01"]


def test_refusals_and_resources_have_their_own_roots(admin: Client) -> None:
    refused = admin.get(f"{API}/sobjects/Nothing__c", headers=XML)
    root = parsed(refused)
    assert (refused.status_code, root.tag) == (404, "Errors")
    assert root.findtext("Error/errorCode") == "NOT_FOUND"
    assert parsed(admin.get("/services/data", headers=XML))[-1].findtext("version") == "68.0"
    assert parsed(admin.get(f"{API}/limits", headers=XML)).findtext("DailyApiRequests/Max", "").isdigit()
    saved = admin.post(f"{API}/composite/sobjects", {"records": [{"attributes": {"type": "Account"}}]}, headers=XML)
    assert parsed(saved).findtext("Result/errors/statusCode") == "REQUIRED_FIELD_MISSING"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, application/xml;q=0.5", "text/csv"])
def test_json_is_what_everybody_else_gets(admin: Client, accept: str) -> None:
    answer = admin.get(f"{API}/limits", headers={"Accept": accept})
    assert "DailyApiRequests" in answer.json()


@pytest.mark.parametrize(
    ("kind", "body", "status", "code", "message"),
    [
        ("text/plain", "{}", 415, "UNSUPPORTED_MEDIA_TYPE", "MediaType of 'text/plain' is not supported by this resource"),
        (
            "application/json", "", 400, "JSON_PARSER_ERROR",
            "The HTTP entity body is required, but this request has no entity body.",
        ),
        (
            "application/json", "{Name: 1}", 400, "JSON_PARSER_ERROR",
            "Unexpected character ('N' (code 78)): was expecting double-quote to start field name at [line:1, column:3]",
        ),
    ],
)  # fmt: skip
def test_bodies_of_no_known_form_are_refused(
    admin: Client, kind: str, body: str, status: int, code: str, message: str
) -> None:
    answer = admin.send("POST", f"{API}/sobjects/Account", data=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (status, [{"message": message, "errorCode": code}])


@pytest.mark.parametrize(
    "body", ["<Account><Name>", '<!DOCTYPE a [<!ENTITY b "c">]><Account><Name>&b;</Name></Account>']
)
def test_xml_that_is_broken_or_brings_entities_is_refused(admin: Client, body: str) -> None:
    answer = admin.send("POST", f"{API}/sobjects/Account", data=body, headers={"Content-Type": "application/xml"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "XML_PARSER_ERROR")


def test_a_record_that_did_not_change_need_not_be_read_again(admin: Client) -> None:
    record = f"{API}/sobjects/Account/{admin.create('Account', Name='Conditional')}"
    before, after = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
    assert admin.get(record, headers={"If-Modified-Since": after}).status_code == 304
    for since in (before, "yesterday"):
        assert admin.get(record, headers={"If-Modified-Since": since}).json()["Name"] == "Conditional"


def test_a_record_that_somebody_else_changed_is_not_written_over(admin: Client) -> None:
    record = f"{API}/sobjects/Account/{admin.create('Account', Name='Guarded')}"
    stale = {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    for method in ("PATCH", "DELETE"):
        answer = admin.send(method, record, json={"Name": "Lost"}, headers=stale)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (412, "PRECONDITION_FAILED")
    fresh = {"If-Unmodified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert admin.send("PATCH", record, json={"Name": "Kept"}, headers=fresh).status_code == 204
    assert admin.get(record).json()["Name"] == "Kept"


def test_a_client_that_cannot_patch_posts_with_the_method_in_the_address(admin: Client) -> None:
    record = f"{API}/sobjects/Account/{admin.create('Account', Name='Posted')}"
    answer = admin.post(record, {"Name": "Patched"}, params={"_HttpMethod": "PATCH"})
    assert (answer.status_code, admin.get(record).json()["Name"]) == (204, "Patched")


def test_resources_name_each_other(admin: Client) -> None:
    offered = admin.get(API).json()
    for name in ("composite", "search", "recent", "sobjects", "limits"):
        assert offered[name] == f"{API}/{name}"
    assert admin.get(offered["composite"]).json()["tree"] == f"{API}/composite/tree"


def test_a_client_may_leave_out_the_namespace_it_named(admin: Client) -> None:
    home = admin.create("Account", Name="Short Names", npsp__Number_of_Household_Members__c=2)
    one = admin.create("Contact", LastName="Short", AccountId=home, npsp__Deceased__c=True)
    names = "Deceased__c, Account.Number_of_Household_Members__c, npsp__Do_Not_Contact__c"
    soql = f"SELECT {names} FROM Contact WHERE Id = '{one}'"
    named = {"Sforce-Call-Options": "client=Reports/1.0, defaultNamespace=npsp"}
    [record] = admin.get(f"{API}/query", params={"q": soql}, headers=named).json()["records"]
    assert (record["Deceased__c"], record["Account"]["Number_of_Household_Members__c"]) == (True, 2.0)
    assert record["Do_Not_Contact__c"] in (True, False)
    funds = admin.get(
        f"{API}/query",
        params={"q": "SELECT Id, (SELECT Id FROM Allocations__r) FROM General_Accounting_Unit__c"},
        headers=named,
    )
    assert funds.status_code == 200, funds.text
    refused = admin.get(f"{API}/query", params={"q": soql})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_records_may_leave_the_namespace_out_as_well(admin: Client) -> None:
    named = {"Sforce-Call-Options": "client=Loader/1.0, defaultNamespace=npsp"}
    fund = admin.post(
        f"{API}/sobjects/General_Accounting_Unit__c", json={"Name": "Short", "Active__c": True}, headers=named
    )
    assert fund.status_code == 201, fund.text
    made = fund.json()["id"]
    changed = {"records": [{"attributes": {"type": "General_Accounting_Unit__c"}, "Id": made, "Description__c": "so"}]}
    [result] = admin.send("PATCH", f"{API}/composite/sobjects", json=changed, headers=named).json()
    assert result["success"] is True, result
    [record] = admin.query(
        f"SELECT npsp__Active__c, npsp__Description__c FROM npsp__General_Accounting_Unit__c WHERE Id = '{made}'"
    )
    assert (record["npsp__Active__c"], record["npsp__Description__c"]) == (True, "so")
    without = admin.post(f"{API}/sobjects/General_Accounting_Unit__c", json={"Name": "Short"})
    assert without.status_code == 404
