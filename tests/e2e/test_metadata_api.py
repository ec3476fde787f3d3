"""The Metadata API on the wire: deployments and retrievals over SOAP and REST, and who is refused with which fault."""

from __future__ import annotations

import base64
import io
import json
import time
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from localorg.apex.process import missing
from localorg.deploy.archive import pack
from localorg.server.serve import LocalOrgServer
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    f'<soap:Header><SessionHeader xmlns="{NAMESPACE}"><sessionId>{{token}}</sessionId></SessionHeader></soap:Header>'
    f'<soap:Body><{{operation}} xmlns="{NAMESPACE}">{{body}}</{{operation}}></soap:Body></soap:Envelope>'
)
FIELD = (
    f'<?xml version="1.0"?>\n<CustomObject xmlns="{NAMESPACE}"><fields>\n    <fullName>Shoe_Size__c</fullName>'
    "<label>Shoe Size</label>\n    <precision>{precision}</precision><scale>0</scale><type>Number</type></fields></CustomObject>"
)
MANIFEST = (
    f'<?xml version="1.0"?><Package xmlns="{NAMESPACE}"><fullName>Shoes</fullName><types>'
    "<members>Contact.Shoe_Size__c</members><name>CustomField</name></types><version>67.0</version></Package>"
)


def shoes(precision: str = "2") -> bytes:
    return pack(
        {"package.xml": MANIFEST.encode(), "objects/Contact.object": FIELD.format(precision=precision).encode()}
    )


@pytest.fixture(scope="module")
def live_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    """An org that nothing has been deployed to."""
    folder: Path = tmp_path_factory.mktemp("org")
    with LocalOrgServer(folder) as server:
        yield LiveOrg(server, folder)


class Metadata:
    """The calls a client makes; answers as dictionaries of texts, by element."""

    def __init__(self, client: Client, org_id: str) -> None:
        self.client, self.path = client, f"/services/Soap/m/67.0/{org_id}"

    def post(self, operation: str, body: str) -> requests.Response:
        text = ENVELOPE.format(token=self.client.token, operation=operation, body=body).encode()
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": operation, "Authorization": ""}
        return self.client.send("POST", self.path, data=text, headers=headers)

    def results(self, operation: str, body: str = "") -> list[ET.Element]:
        answer = self.post(operation, body)
        assert answer.status_code == 200, answer.text
        return list(ET.fromstring(answer.content).iter(f"{{{NAMESPACE}}}result"))

    def fault(self, operation: str, body: str = "") -> tuple[int, str, str]:
        answer = self.post(operation, body)
        root = ET.fromstring(answer.content)
        return answer.status_code, str(root.findtext(".//faultcode")), str(root.findtext(".//faultstring"))

    def finished(self, operation: str, job_id: str, more: str = "") -> ET.Element:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            (result,) = self.results(operation, f"<asyncProcessId>{job_id}</asyncProcessId>{more}")
            if text(result, "done") == "true":
                return result
            time.sleep(0.1)
        raise AssertionError(f"{job_id} did not finish")

    def deploy(self, data: bytes, **options: str) -> ET.Element:
        given = "".join(f"<{name}>{value}</{name}>" for name, value in {"singlePackage": "true", **options}.items())
        zipped = base64.b64encode(data).decode()
        (result,) = self.results("deploy", f"<ZipFile>{zipped}</ZipFile><DeployOptions>{given}</DeployOptions>")
        assert text(result, "done") == "false"
        return self.finished("checkDeployStatus", text(result, "id"), "<includeDetails>true</includeDetails>")


def text(element: ET.Element, path: str) -> str:
    return element.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))) or ""


def every(element: ET.Element, path: str) -> list[ET.Element]:
    return element.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


@pytest.fixture
def metadata(live_org: LiveOrg) -> Metadata:
    return Metadata(live_org.as_user(), live_org.server.runtime.org_id)


def test_a_deployment_takes_effect_and_is_retrieved_by_its_package_and_by_its_name(
    metadata: Metadata, admin: Client
) -> None:
    result = metadata.deploy(shoes())
    assert (text(result, "status"), text(result, "success"), text(result, "numberComponentsDeployed")) == (
        "Succeeded", "true", "1",
    )  # fmt: skip
    (success,) = every(result, "details/componentSuccesses")
    told = {name: text(success, name) for name in ("componentType", "fullName", "fileName", "created", "success")}
    assert told == {
        "componentType": "CustomField", "fullName": "Contact.Shoe_Size__c", "fileName": "objects/Contact.object",
        "created": "true", "success": "true",
    }  # fmt: skip
    created = admin.create("Contact", LastName="Rivera", Shoe_Size__c=38)
    assert admin.query(f"SELECT Shoe_Size__c FROM Contact WHERE Id = '{created}'")[0]["Shoe_Size__c"] == 38
    named = "<unpackaged><types><members>Contact.Shoe_Size__c</members><name>CustomField</name></types></unpackaged>"
    for root, body in (("Shoes", "<packageNames>Shoes</packageNames>"), ("unpackaged", named)):
        (started,) = metadata.results(
            "retrieve", f"<retrieveRequest><apiVersion>67.0</apiVersion>{body}</retrieveRequest>"
        )
        found = metadata.finished("checkRetrieveStatus", text(started, "id"))
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(text(found, "zipFile")))) as archive:
            assert sorted(archive.namelist()) == [f"{root}/objects/Contact.object", f"{root}/package.xml"]
            assert b"<fullName>Shoe_Size__c</fullName>" in archive.read(f"{root}/objects/Contact.object")
        assert text(every(found, "fileProperties")[0], "fullName") == "Contact.Shoe_Size__c"


def test_a_refusal_names_component_file_line_and_problem(metadata: Metadata) -> None:
    result = metadata.deploy(shoes("many"))
    assert (text(result, "status"), text(result, "success"), text(result, "numberComponentErrors")) == (
        "Failed", "false", "1",
    )  # fmt: skip
    (failure,) = every(result, "details/componentFailures")
    names = ("componentType", "fullName", "fileName", "lineNumber", "columnNumber", "problem", "problemType", "success")
    assert {name: text(failure, name) for name in names} == {
        "componentType": "CustomField", "fullName": "Contact.Shoe_Size__c", "fileName": "objects/Contact.object",
        "lineNumber": "4", "columnNumber": "16", "problemType": "Error", "success": "false",
        "problem": "Error parsing file: 'many' is not a valid value for the type xsd:int",
    }  # fmt: skip


def test_deployments_are_records_of_the_tooling_api(metadata: Metadata, admin: Client) -> None:
    job = text(metadata.deploy(shoes(), checkOnly="true"), "id")
    soql = f"SELECT Status, CheckOnly, NumberComponentsDeployed FROM DeployRequest WHERE Id = '{job}'"
    [row] = admin.get(f"{API}/tooling/query", params={"q": soql}).json()["records"]
    assert (row["Status"], row["CheckOnly"], row["NumberComponentsDeployed"]) == ("Succeeded", True, 1)


def test_a_package_that_was_never_deployed_cannot_be_retrieved(metadata: Metadata) -> None:
    (started,) = metadata.results("retrieve", "<retrieveRequest><packageNames>Hats</packageNames></retrieveRequest>")
    found = metadata.finished("checkRetrieveStatus", text(started, "id"))
    assert text(found, "messages/problem") == "INVALID_CROSS_REFERENCE_KEY: No package named 'Hats' found"


def test_installed_packages_are_told_with_their_versions(metadata: Metadata) -> None:
    """What CumulusCI's preflight check asks before an install."""
    wanted = "<types><members>*</members><name>InstalledPackage</name></types>"
    (started,) = metadata.results("retrieve", f"<retrieveRequest><unpackaged>{wanted}</unpackaged></retrieveRequest>")
    found = metadata.finished("checkRetrieveStatus", text(started, "id"))
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(text(found, "zipFile")))) as archive:
        packages = {name for name in archive.namelist() if name.startswith("unpackaged/installedPackages/")}
        assert {f"unpackaged/installedPackages/{name}.installedPackage" for name in ("npsp", "npe01")} <= packages
        assert b"<versionNumber>3.236</versionNumber>" in archive.read(
            "unpackaged/installedPackages/npsp.installedPackage"
        )


def test_values_of_the_platforms_own_picklists_are_retrieved_though_nobody_deployed_them(metadata: Metadata) -> None:
    """What CumulusCI's add_standard_value_set_entries starts from."""
    wanted = (
        "<types><members>OpportunityStage</members><members>LeadSource</members><name>StandardValueSet</name></types>"
    )
    (started,) = metadata.results("retrieve", f"<retrieveRequest><unpackaged>{wanted}</unpackaged></retrieveRequest>")
    found = metadata.finished("checkRetrieveStatus", text(started, "id"))
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(text(found, "zipFile")))) as archive:
        stages = archive.read("unpackaged/standardValueSets/OpportunityStage.standardValueSet")
        assert b"<forecastCategory>Pipeline</forecastCategory>" in stages
        assert "unpackaged/standardValueSets/LeadSource.standardValueSet" in archive.namelist()
        assert b"<members>OpportunityStage</members>" in archive.read("unpackaged/package.xml")
    (read,) = metadata.results("readMetadata", "<type>StandardValueSet</type><fullNames>TaskStatus</fullNames>")
    assert text(read, "records/standardValue/closed") == "false"


@pytest.mark.parametrize("data", [b"no zip at all", b"PK\x03\x04 broken", b""])
def test_what_is_no_zip_fails_with_a_reason(metadata: Metadata, data: bytes) -> None:
    result = metadata.deploy(data)
    assert text(result, "status") == "Failed"
    assert text(result, "errorMessage") == "INVALID_ZIP_FILE: The zip file is not valid"


def test_kinds_and_components_can_be_listed_and_read(metadata: Metadata) -> None:
    metadata.deploy(shoes())
    (described,) = metadata.results("describeMetadata", "<asOfVersion>67.0</asOfVersion>")
    shown = {text(one, "xmlName"): text(one, "directoryName") for one in every(described, "metadataObjects")}
    assert shown["ApexClass"] == "classes" and shown["LightningComponentBundle"] == "lwc" and "CustomField" not in shown
    (listed,) = metadata.results("listMetadata", "<queries><type>CustomField</type></queries>")
    assert (text(listed, "fullName"), text(listed, "type")) == ("Contact.Shoe_Size__c", "CustomField")
    (found,) = metadata.results("readMetadata", "<type>CustomField</type><fullNames>Contact.Shoe_Size__c</fullNames>")
    assert text(found, "records/label") == "Shoe Size"


CLASS_META = f'<ApexClass xmlns="{NAMESPACE}"><apiVersion>67.0</apiVersion><status>Active</status></ApexClass>'
TEST_CLASS = """@IsTest
private class Shoe_TEST {
    @IsTest
    static void sizesAddUp() {
        Assert.areEqual(%s, Shoe.half(76), 'half of a pair');
    }
}
"""


def apex(**classes: str) -> bytes:
    members = "".join(f"<members>{name}</members>" for name in classes)
    manifest = (
        f'<Package xmlns="{NAMESPACE}"><types>{members}<name>ApexClass</name></types><version>67.0</version></Package>'
    )
    files = {"package.xml": manifest.encode()}
    for name, code in classes.items():
        files |= {f"classes/{name}.cls": code.encode(), f"classes/{name}.cls-meta.xml": CLASS_META.encode()}
    return pack(files)


SHOE = "public class Shoe {\n    public static Integer half(Integer pair) {\n        return pair / 2;\n    }\n}\n"
needs_apex = pytest.mark.skipif(missing() is not None, reason=f"Apex is off: {missing()}")


@needs_apex
def test_apex_that_does_not_compile_is_refused_at_its_line(metadata: Metadata, admin: Client) -> None:
    result = metadata.deploy(apex(Shoe=SHOE.replace("pair / 2", "pear / 2")))
    (failure,) = every(result, "details/componentFailures")
    told = {name: text(failure, name) for name in ("componentType", "fullName", "fileName", "lineNumber", "problem")}
    assert told == {
        "componentType": "ApexClass", "fullName": "Shoe", "fileName": "classes/Shoe.cls", "lineNumber": "3",
        "problem": "Variable does not exist: pear",
    }  # fmt: skip
    found = admin.get(f"{API}/tooling/query", params={"q": "SELECT Id FROM ApexClass WHERE Name = 'Shoe'"}).json()
    assert found["records"] == []


@needs_apex
def test_tests_that_fail_undo_the_deployment_they_came_with(metadata: Metadata, admin: Client) -> None:
    query = {"q": "SELECT Name FROM ApexClass WHERE Name LIKE 'Shoe%' ORDER BY Name"}
    for expected, status, left in ((37, "Failed", []), (38, "Succeeded", ["Shoe", "Shoe_TEST"])):
        files = apex(Shoe=SHOE, Shoe_TEST=TEST_CLASS % expected)
        result = metadata.deploy(files, testLevel="RunSpecifiedTests", runTests="Shoe_TEST")
        assert text(result, "status") == status
        assert text(result, "details/runTestResult/numTestsRun") == "1"
        names = [one["Name"] for one in admin.get(f"{API}/tooling/query", params=query).json()["records"]]
        assert names == left
        if status == "Failed":
            assert "Expected: 37, Actual: 38" in text(result, "details/runTestResult/failures/message")
            assert text(result, "details/runTestResult/failures/methodName") == "sizesAddUp"
        else:
            covered = every(result, "details/runTestResult/codeCoverage")
            assert {text(one, "name"): text(one, "numLocationsNotCovered") for one in covered}["Shoe"] == "0"


def test_what_waits_can_be_cancelled_and_what_is_done_stays(metadata: Metadata) -> None:
    zipped, ids = base64.b64encode(shoes()).decode(), []
    for _ in range(4):
        (started,) = metadata.results(
            "deploy",
            f"<ZipFile>{zipped}</ZipFile><DeployOptions><checkOnly>true</checkOnly><singlePackage>true</singlePackage></DeployOptions>",
        )
        ids.append(text(started, "id"))
    metadata.results("cancelDeploy", f"<String>{ids[-1]}</String>")
    ends = [text(metadata.finished("checkDeployStatus", job), "status") for job in ids]
    assert ends == ["Succeeded", "Succeeded", "Succeeded", "Canceled"]
    metadata.results("cancelDeploy", f"<String>{ids[0]}</String>")
    assert text(metadata.finished("checkDeployStatus", ids[0]), "status") == "Succeeded"


def test_only_an_open_session_of_a_user_who_may_deploys(live_org: LiveOrg, metadata: Metadata) -> None:
    limited = live_org.server.runtime.org.create_user("limited@steward.example")
    assert limited
    org_id = live_org.server.runtime.org_id
    assert Metadata(live_org.as_user("limited@steward.example"), org_id).fault("describeMetadata") == (
        500,
        "sf:INSUFFICIENT_ACCESS",
        "INSUFFICIENT_ACCESS: use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions",
    )
    assert Metadata(Client(live_org.url, live_org.ca, "00Dxx!wrong"), org_id).fault("describeMetadata") == (
        500,
        "sf:INVALID_SESSION_ID",
        "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session",
    )
    assert metadata.fault("explode")[1] == "sf:INVALID_OPERATION"
    assert metadata.fault("checkDeployStatus", "<asyncProcessId>0Af000000000000</asyncProcessId>")[1] == (
        "sf:INVALID_CROSS_REFERENCE_KEY"
    )
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    answer = metadata.client.send("POST", metadata.path, data=bomb, headers={"Content-Type": "text/xml"})
    assert (answer.status_code, "not well-formed" in answer.text) == (500, True)


def test_a_deployment_over_rest_ends_as_one_over_soap(admin: Client) -> None:
    options = {"deployOptions": {"checkOnly": True, "singlePackage": True, "rollbackOnError": True}}
    parts = {
        "json": (None, json.dumps(options), "application/json"),
        "file": ("deploy.zip", shoes(), "application/zip"),
    }
    answer = admin.send("POST", f"{API}/metadata/deployRequest", files=parts)
    assert answer.status_code == 201, answer.text
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = admin.get(f"{API}/metadata/deployRequest/{answer.json()['id']}?includeDetails=true").json()[
            "deployResult"
        ]
        if found["done"]:
            break
        time.sleep(0.1)
    assert (found["status"], found["checkOnly"]) == ("Succeeded", True)
    assert [one["fullName"] for one in found["details"]["componentSuccesses"]] == ["Contact.Shoe_Size__c"]
    assert admin.send("POST", f"{API}/metadata/deployRequest", json={}).status_code == 415
