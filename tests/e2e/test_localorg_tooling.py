"""What tools ask about the org itself: installed packages, Apex, tabs and entities."""

from __future__ import annotations

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


def tooling(client: Client, soql: str) -> dict:
    answer = client.get(f"{API}/tooling/query/", params={"q": soql})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_npsps_packages_are_installed_each_with_its_version(admin: Client) -> None:
    soql = (
        "SELECT SubscriberPackage.Id, SubscriberPackage.NamespacePrefix, SubscriberPackageVersionId "
        "FROM InstalledSubscriberPackage"
    )
    found = tooling(admin, soql)
    assert list(found) == ["size", "totalSize", "done", "queryLocator", "entityTypeName", "records"]
    assert (found["size"], found["entityTypeName"]) == (len(found["records"]), "InstalledSubscriberPackage")
    namespaces = {one["SubscriberPackage"]["NamespacePrefix"] for one in found["records"]}
    assert {"npe01", "npo02", "npe03", "npe4", "npe5", "npsp"} <= namespaces
    parent = found["records"][0]["SubscriberPackage"]
    assert parent["attributes"]["url"] == f"{API}/tooling/sobjects/SubscriberPackage/{parent['Id']}"
    for one in found["records"]:
        version = tooling(
            admin,
            "SELECT Id, MajorVersion, MinorVersion, PatchVersion, BuildNumber, IsBeta FROM SubscriberPackageVersion "
            f"WHERE Id='{one['SubscriberPackageVersionId']}'",
        )
        assert [record["MajorVersion"] for record in version["records"]] == [3]
        assert version["records"][0]["IsBeta"] is False


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Id, Name FROM ApexClass WHERE NamespacePrefix = 'npsp'",
        "SELECT Id, Status, ApexClassId FROM ApexTestQueueItem WHERE ParentJobId = '707000000000001AAA'",
        "SELECT ApexClassOrTrigger.Name, ApexClassOrTriggerId, NumLinesCovered, NumLinesUncovered "
        "FROM ApexCodeCoverageAggregate ORDER BY ApexClassOrTrigger.Name ASC",
        "SELECT Id,MethodName,Outcome,(SELECT Id,Cpu,Soql FROM ApexTestResults) FROM ApexTestResult "
        "WHERE AsyncApexJobId='707000000000001AAA'",
    ],
)
def test_what_never_happened_is_not_there(admin: Client, soql: str) -> None:
    found = tooling(admin, soql)
    assert (found["size"], found["totalSize"], found["done"], found["records"]) == (0, 0, True, [])


def test_deployed_apex_is_there_with_its_code(admin: Client) -> None:
    soql = (
        "SELECT Id, Name, Body, ApiVersion, Status FROM ApexClass WHERE NamespacePrefix = null AND Name LIKE '%_TEST%'"
    )
    found = {one["Name"]: one for one in tooling(admin, soql)["records"]}
    assert "OverrideStamp_TEST" in found
    one = found["OverrideStamp_TEST"]
    assert "class OverrideStamp_TEST" in one["Body"] and one["Status"] == "Active" and one["Id"].startswith("01p")
    triggers = tooling(admin, "SELECT Name, TableEnumOrId FROM ApexTrigger")["records"]
    assert ("DonorProfileTrigger", "AI_Donor_Profile__c") in [(one["Name"], one["TableEnumOrId"]) for one in triggers]


def test_fields_are_known_by_their_entity(admin: Client) -> None:
    soql = (
        "SELECT QualifiedApiName, DataType, EntityDefinition.QualifiedApiName FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'AI_Donor_Profile__c' AND QualifiedApiName LIKE '%Score__c'"
    )
    found = {one["QualifiedApiName"]: one["DataType"] for one in tooling(admin, soql)["records"]}
    assert found["Propensity_Score__c"] == "Number(3, 1)"


def test_components_can_be_asked_for(admin: Client) -> None:
    rows = tooling(admin, "SELECT ValidationName, Active, EntityDefinition.QualifiedApiName FROM ValidationRule")[
        "records"
    ]
    assert ("Override_Needs_a_Reason", True) in [(one["ValidationName"], one["Active"]) for one in rows]
    unmanaged = tooling(admin, "SELECT DeveloperName FROM CustomObject WHERE ManageableState = 'unmanaged'")["records"]
    assert "AI_Donor_Profile" in {one["DeveloperName"] for one in unmanaged}


def test_entities_are_those_the_user_can_see(live_org: LiveOrg, admin: Client) -> None:
    soql = "SELECT QualifiedApiName, NamespacePrefix FROM EntityDefinition WHERE QualifiedApiName LIKE '%Profile__c'"
    rows = {one["QualifiedApiName"]: one["NamespacePrefix"] for one in tooling(admin, soql)["records"]}
    assert rows == {"AI_Donor_Profile__c": None}
    counted = tooling(admin, "SELECT COUNT() FROM EntityDefinition WHERE NamespacePrefix = 'npsp'")
    assert counted["totalSize"] > 20 and counted["records"] == []


def test_tabs_are_asked_for_by_plain_queries_too(admin: Client) -> None:
    soql = "SELECT SObjectName FROM TabDefinition WHERE IsCustom = true AND SObjectName IN ('npsp__Fund__c')"
    assert admin.query(soql) == []


def test_what_can_be_asked_for_is_described_and_found_by_its_id(admin: Client) -> None:
    assert admin.get(f"{API}/tooling").json()["sobjects"] == f"{API}/tooling/sobjects"
    named = {one["name"]: one["urls"] for one in admin.get(f"{API}/tooling/sobjects").json()["sobjects"]}
    assert named["ApexClass"]["describe"] == f"{API}/tooling/sobjects/ApexClass/describe"
    described = admin.get(named["ValidationRule"]["describe"]).json()
    fields = {one["name"]: one for one in described["fields"]}
    assert fields["EntityDefinitionId"]["referenceTo"] == ["EntityDefinition"] and described["createable"] is False
    [one, *_] = tooling(admin, "SELECT Id, Name FROM ApexClass ORDER BY Name")["records"]
    found = admin.get(f"{API}/tooling/sobjects/ApexClass/{one['Id']}").json()
    assert (found["Name"], found["attributes"]["url"]) == (one["Name"], one["attributes"]["url"])
    assert "class" in found["Body"]
    for path in ("Nothing/describe", "ApexClass/01p000000000001AAA", "ApexClass/nothing"):
        assert admin.get(f"{API}/tooling/sobjects/{path}").status_code == 404


def test_settings_record_types_and_sharing_defaults_are_told(admin: Client) -> None:
    """What CumulusCI's preflight checks ask."""
    [settings] = tooling(admin, "SELECT IsChatterEnabled FROM ChatterSettings")["records"]
    assert settings["IsChatterEnabled"] is True
    [kind] = tooling(admin, "SELECT SobjectType, FullName FROM RecordType WHERE DeveloperName = 'HH_Account'")[
        "records"
    ]
    assert (kind["SobjectType"], kind["FullName"]) == ("Account", "Account.HH_Account")
    soql = (
        "SELECT InternalSharingModel, (SELECT QualifiedApiName FROM Fields WHERE QualifiedApiName = 'Name') "
        "FROM EntityDefinition WHERE QualifiedApiName = 'Account'"
    )
    [account] = tooling(admin, soql)["records"]
    assert account["InternalSharingModel"] == "ReadWrite"
    assert [field["QualifiedApiName"] for field in account["Fields"]["records"]] == ["Name"]


def test_users_are_records_in_both_apis(admin: Client) -> None:
    [user] = tooling(admin, "SELECT Id, Username FROM User WHERE Username = 'admin@steward.example'")["records"]
    assert user["attributes"]["url"] == f"{API}/tooling/sobjects/User/{user['Id']}"


@pytest.mark.parametrize(
    ("path", "soql", "code"),
    [
        ("tooling/query", "SELECT Id FROM Account", "INVALID_TYPE"),
        ("tooling/query", "SELECT Nme FROM ApexClass", "INVALID_FIELD"),
        ("tooling/query", "SELEKT Id FROM ApexClass", "MALFORMED_QUERY"),
        ("query", "SELECT Id FROM InstalledSubscriberPackage", "INVALID_TYPE"),
        ("query", "SELECT Nme FROM ApexClass", "INVALID_FIELD"),
    ],
)
def test_what_an_api_does_not_have_is_refused(admin: Client, path: str, soql: str, code: str) -> None:
    answer = admin.get(f"{API}/{path}", params={"q": soql})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
