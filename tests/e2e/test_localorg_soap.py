"""The SOAP API beside login: `create`, by which CumulusCI's create_blank_profile makes a profile."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from localorg_live import Client, LiveOrg

pytestmark = pytest.mark.e2e
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com"
    xmlns:urn1="urn:sobject.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <soapenv:Header><urn:SessionHeader><urn:sessionId>{token}</urn:sessionId></urn:SessionHeader></soapenv:Header>
  <soapenv:Body>{body}</soapenv:Body>
</soapenv:Envelope>"""
PROFILE = """<urn:create><urn:sObjects xsi:type="urn1:Profile"><Name>{name}</Name><Description></Description>
    <UserLicenseId>{license}</UserLicenseId></urn:sObjects></urn:create>"""


def sent(org: LiveOrg, token: str, body: str) -> tuple[int, dict[str, list[str]]]:
    """The status, and the texts of each element of the answer by its name."""
    path = f"/services/Soap/u/53.0/{org.server.runtime.org_id}"
    data = ENVELOPE.format(token=token, body=body).encode()
    answer = org.anonymous().send("POST", path, data=data, headers={"Content-Type": "text/xml; charset=UTF-8"})
    found: dict[str, list[str]] = {}
    for element in ElementTree.fromstring(answer.content).iter():
        found.setdefault(element.tag.rpartition("}")[2], []).append((element.text or "").strip())
    return answer.status_code, found


def test_a_blank_profile_is_made_as_cumulusci_asks_for_it(live_org: LiveOrg, admin: Client) -> None:
    [licence] = admin.query("SELECT Id FROM UserLicense WHERE Name = 'Salesforce'")
    blank = PROFILE.format(name="Volunteer Desk", license=licence["Id"])
    status, made = sent(live_org, admin.token, blank)
    assert (status, made["success"]) == (200, ["true"])
    [profile] = admin.query("SELECT Id, UserType, UserLicense.Name FROM Profile WHERE Name = 'Volunteer Desk'")
    assert (profile["Id"], profile["UserType"]) == (made["id"][0], "Standard")
    user = {
        "Username": "desk@steward.example", "LastName": "Desk", "Email": "desk@steward.example", "Alias": "desk",
        "ProfileId": profile["Id"], "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US",
    }  # fmt: skip
    admin.create("User", **user)
    assert live_org.as_user("desk@steward.example").get("/services/data/v67.0/sobjects/Account").status_code >= 400
    status, twice = sent(live_org, admin.token, blank)
    assert (status, twice["id"], twice["fields"], twice["message"], twice["statusCode"]) == (
        200, [""], ["Name"], ["The profile name is already in use: Name"], ["FIELD_INTEGRITY_EXCEPTION"],
    )  # fmt: skip


def test_create_takes_records_of_any_type_and_refuses_each_by_itself(live_org: LiveOrg, admin: Client) -> None:
    account = (
        "<urn:sObjects><type>Account</type><Name>By SOAP</Name><NumberOfEmployees>5</NumberOfEmployees></urn:sObjects>"
    )
    nameless = "<urn:sObjects><type>Contact</type></urn:sObjects>"
    status, answer = sent(live_org, admin.token, f"<urn:create>{account}{nameless}</urn:create>")
    assert (status, answer["success"], answer["statusCode"]) == (200, ["true", "false"], ["REQUIRED_FIELD_MISSING"])
    [found] = admin.query(f"SELECT Name, NumberOfEmployees FROM Account WHERE Id = '{answer['id'][0]}'")
    assert (found["Name"], found["NumberOfEmployees"]) == ("By SOAP", 5)


def test_what_soap_cannot_do_is_a_fault(live_org: LiveOrg, admin: Client) -> None:
    assert sent(live_org, "nobody", PROFILE.format(name="x", license=""))[1]["faultcode"] == ["sf:INVALID_SESSION_ID"]
    status, answer = sent(live_org, admin.token, "<urn:convertLead/>")
    assert (status, answer["faultcode"]) == (500, ["sf:INVALID_OPERATION"])
