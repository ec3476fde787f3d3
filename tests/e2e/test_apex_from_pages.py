"""@AuraEnabled methods as a page's user calls them: class access, what may be kept, what may be written, in whose language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from localorg.apex import process
from localorg.server.serve import LocalOrgServer
from localorg_live import Client, LiveOrg

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")]
CALLS = "/services/localorg/apex/Notes"
CLASS = """public with sharing class Notes {
    @AuraEnabled(cacheable=true) public static Integer count() { return [SELECT COUNT() FROM Account]; }
    @AuraEnabled(cacheable=true) public static void sneak() { insert new Account(Name = 'Sneaked'); }
    @AuraEnabled public static String save(String name) { insert as system new Account(Name = name); return name; }
    @AuraEnabled public static String greeting() { return Label.Greeting; }
}"""
FILES = {
    "classes/Notes.cls": CLASS,
    "classes/Notes.cls-meta.xml": '<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>67.0</apiVersion>'
    "<status>Active</status></ApexClass>",
    "labels/CustomLabels.labels-meta.xml": '<CustomLabels xmlns="http://soap.sforce.com/2006/04/metadata"><labels>'
    "<fullName>Greeting</fullName><language>en_US</language><protected>true</protected>"
    "<shortDescription>Greeting</shortDescription><value>Hello</value></labels></CustomLabels>",
    "translations/fr.translation-meta.xml": '<Translations xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<customLabels><label>Bonjour</label><name>Greeting</name></customLabels></Translations>",
    "permissionsets/Writers.permissionset-meta.xml": '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<classAccesses><apexClass>Notes</apexClass><enabled>true</enabled></classAccesses><label>Writers</label></PermissionSet>",
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    folder, source = tmp_path_factory.mktemp("org"), tmp_path_factory.mktemp("source")
    for path, text in FILES.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    with LocalOrgServer(folder) as server:
        inside = server.runtime.org
        inside.deploy(source)
        for name in ("writer", "reader"):
            inside.create_user(f"{name}@example.org", profile="Standard User")
        writer = str(inside.user_id("writer@example.org"))
        inside.assign_permission_set(writer, "Writers")
        inside.administrator().update("User", [{"Id": writer, "LanguageLocaleKey": "fr"}])
        yield LiveOrg(server, folder)


@pytest.fixture
def writer(org: LiveOrg) -> Client:
    return org.as_user("writer@example.org")


def test_a_class_is_called_by_those_whose_permission_sets_name_it(org: LiveOrg, writer: Client) -> None:
    refused = org.as_user("reader@example.org").post(f"{CALLS}/save", json={"name": "No"})

    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "You do not have access to the Apex class named 'Notes'.",
    )
    assert writer.post(f"{CALLS}/save", json={"name": "Yes"}).json() == "Yes"
    assert [row["Name"] for row in org.as_user().query("SELECT Name FROM Account WHERE Name IN ('Yes', 'No')")] == [
        "Yes"
    ]


def test_a_wire_takes_only_what_is_cacheable(writer: Client) -> None:
    kept = writer.post(f"{CALLS}/count?wired=true", json={})
    refused = writer.post(f"{CALLS}/save?wired=true", json={"name": "Wired"})

    assert kept.status_code == 200
    assert (refused.status_code, "cacheable=true" in refused.json()["message"]) == (500, True)


def test_what_is_cacheable_writes_nothing(org: LiveOrg, writer: Client) -> None:
    refused = writer.post(f"{CALLS}/sneak", json={})

    assert (refused.status_code, refused.json()["message"]) == (500, "Too many DML statements: 1")
    assert org.as_user().query("SELECT Id FROM Account WHERE Name = 'Sneaked'") == []


def test_labels_in_apex_are_in_the_users_language(org: LiveOrg, writer: Client) -> None:
    assert writer.post(f"{CALLS}/greeting", json={}).json() == "Bonjour"
    assert org.as_user().post(f"{CALLS}/greeting", json={}).json() == "Hello"


def test_a_label_that_is_deployed_anew_is_read_anew(org: LiveOrg, tmp_path: Path) -> None:
    client, path = org.as_user(), "labels/CustomLabels.labels-meta.xml"
    assert client.post(f"{CALLS}/greeting", json={}).json() == "Hello"
    (tmp_path / "labels").mkdir()
    (tmp_path / path).write_text(FILES[path].replace("Hello", "Good day"))

    org.server.runtime.org.deploy(tmp_path)

    assert client.post(f"{CALLS}/greeting", json={}).json() == "Good day"
