"""Friendly addresses of related records, and files: versions, their documents, links and bytes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from localorg_live import API, Client

pytestmark = pytest.mark.e2e


@pytest.fixture
def donor(admin: Client) -> dict[str, str]:
    home = admin.create("Account", Name="Linden Household")
    return {"home": home, "contact": admin.create("Contact", LastName="Linden", AccountId=home)}


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def test_the_parent_of_a_record_is_under_its_relationships_name(admin: Client, donor: dict[str, str]) -> None:
    answer = admin.get(f"{API}/sobjects/Contact/{donor['contact']}/Account", params={"fields": "Name"})
    url = f"{API}/sobjects/Account/{donor['home']}"
    assert answer.json() == {"attributes": {"type": "Account", "url": url}, "Name": "Linden Household"}


def test_the_children_of_a_record_are_a_page_of_records(admin: Client, donor: dict[str, str]) -> None:
    found = admin.get(f"{API}/sobjects/Account/{donor['home']}/Contacts").json()
    assert (found["totalSize"], found["done"]) == (1, True)
    assert (found["records"][0]["Id"], found["records"][0]["LastName"]) == (donor["contact"], "Linden")


@pytest.mark.parametrize("relationship", ["ReportsTo", "Nothing__r", "Accounts"])
def test_an_empty_lookup_and_an_unknown_relationship_are_not_there(
    admin: Client, donor: dict[str, str], relationship: str
) -> None:
    answer = admin.get(f"{API}/sobjects/Contact/{donor['contact']}/{relationship}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_a_parent_is_changed_and_deleted_through_its_child(admin: Client, donor: dict[str, str]) -> None:
    path = f"{API}/sobjects/Contact/{donor['contact']}"
    assert admin.send("PATCH", f"{path}/Account", json={"Name": "Lindens"}).status_code == 204
    assert admin.get(f"{path}/Account", params={"fields": "Name"}).json()["Name"] == "Lindens"
    for relationship in ("ReportsTo", "Contacts", "Nothing__r"):
        assert admin.send("PATCH", f"{path}/{relationship}", json={"Name": "x"}).status_code == 404
    chief = admin.create("Contact", LastName="Chief")
    admin.send("PATCH", path, json={"ReportsToId": chief})
    assert admin.send("DELETE", f"{path}/ReportsTo").status_code == 204
    assert admin.query(f"SELECT Id FROM Contact WHERE Id = '{chief}'") == []


def published(admin: Client, **given: Any) -> dict[str, Any]:
    made = admin.create("ContentVersion", **given)
    names = "Id, Title, FileType, FileExtension, ContentSize, IsLatest, ContentDocumentId, VersionData"
    return admin.query(f"SELECT {names} FROM ContentVersion WHERE Id = '{made}'")[0]


def test_a_first_version_makes_its_document_and_shows_it_where_it_was_published(
    admin: Client, donor: dict[str, str]
) -> None:
    made = published(
        admin, PathOnClient="letters/thanks.PDF", VersionData=text(b"dear"), FirstPublishLocationId=donor["home"]
    )
    del made["attributes"]
    url = f"{API}/sobjects/ContentVersion/{made['Id']}/VersionData"
    assert made | {"Id": "", "ContentDocumentId": ""} == {
        "Id": "", "Title": "thanks", "FileType": "PDF", "FileExtension": "pdf", "ContentSize": 4, "IsLatest": True,
        "ContentDocumentId": "", "VersionData": url,
    }  # fmt: skip
    links = admin.query(
        "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = "
        f"'{made['ContentDocumentId']}' AND LinkedEntityId = '{donor['home']}'"
    )
    assert [link["ShareType"] for link in links] == ["V"]
    answer = admin.get(made["VersionData"])
    assert (answer.content, answer.headers["Content-Type"]) == (b"dear", "application/octetstream")


def test_a_later_version_becomes_the_documents_latest(admin: Client) -> None:
    first = published(admin, PathOnClient="a.txt", VersionData=text(b"1"))
    document = first["ContentDocumentId"]
    second = published(admin, PathOnClient="b.txt", VersionData=text(b"22"), ContentDocumentId=document)
    versions = admin.query(f"SELECT Id, IsLatest FROM ContentVersion WHERE ContentDocumentId = '{document}'")
    assert {one["Id"]: one["IsLatest"] for one in versions} == {first["Id"]: False, second["Id"]: True}
    [shown] = admin.query(
        f"SELECT Title, ContentSize, LatestPublishedVersionId FROM ContentDocument WHERE Id = '{document}'"
    )
    assert (shown["Title"], shown["ContentSize"], shown["LatestPublishedVersionId"]) == ("b", 2, second["Id"])


def test_a_file_without_bytes_has_no_address(admin: Client) -> None:
    assert published(admin, PathOnClient="empty.txt")["VersionData"] is None
