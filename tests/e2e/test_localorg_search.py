"""SOSL and parameterized search: words in the text of records, with the clauses of SOQL for what is wanted of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localorg.errors import ApiError
from localorg.server import sosl
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def people(live_org: LiveOrg) -> Iterator[dict[str, str]]:
    admin = live_org.as_user()
    home = admin.create("Account", Name="Quillfeather Household", Phone="(555) 010-7788")
    rows = {
        "ada": {"LastName": "Quillfeather", "FirstName": "Ada", "Email": "ada@quill.example"},
        "bo": {"LastName": "Quillfeather-Okoye", "FirstName": "Bo", "Description": "met at the lantern walk"},
        "cy": {"LastName": "Quill", "FirstName": "Cy", "MailingCity": "Lantern Bay"},
    }
    found = {name: admin.create("Contact", AccountId=home, **row) for name, row in rows.items()} | {"home": home}
    yield found
    admin.send("DELETE", f"{API}/composite/sobjects", params={"ids": ",".join(found.values())})


def find(admin: Client, text: str) -> list[dict[str, Any]]:
    answer = admin.get(f"{API}/search", params={"q": text})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["searchRecords"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FIND {Quillfeather} RETURNING Contact", {"ada", "bo"}),
        ("FIND {quill*} IN NAME FIELDS RETURNING Contact(Id)", {"ada", "bo", "cy"}),
        ("FIND {Quill} IN NAME FIELDS RETURNING Contact", {"cy"}),
        ("FIND {Quill} IN EMAIL FIELDS RETURNING Contact", {"ada"}),
        ("FIND {Lantern} RETURNING Contact", {"bo", "cy"}),
        ('FIND {"lantern walk"} RETURNING Contact', {"bo"}),
        ("FIND {Quillfeather AND NOT Okoye} RETURNING Contact", {"ada"}),
        ("FIND {(Okoye OR Cy) AND lantern} RETURNING Contact", {"bo", "cy"}),
        ("FIND {Qu?ll} IN NAME FIELDS RETURNING Contact", {"cy"}),
        ("FIND {Quillfeather} RETURNING Contact(Id WHERE FirstName = 'Bo'), Account(Id)", {"bo", "home"}),
        ("FIND {quillfeather} IN ALL FIELDS", {"ada", "bo", "home"}),
        ("FIND {7788} IN PHONE FIELDS RETURNING Account WITH HIGHLIGHT LIMIT 5", {"home"}),
        ("FIND {Nowhere\\-Man} RETURNING Contact", set()),
    ],
)
def test_words_find_their_records(admin: Client, people: dict[str, str], text: str, names: set[str]) -> None:
    assert {one["Id"] for one in find(admin, text)} == {people[name] for name in names}


def test_fields_order_and_limits_are_those_of_soql(admin: Client, people: dict[str, str]) -> None:
    text = "FIND {Quill*} RETURNING Contact(FirstName, Account.Name ORDER BY FirstName DESC LIMIT 2), Account(Name) LIMIT 3"
    found = find(admin, text)
    assert [one.get("FirstName") or one["Name"] for one in found] == ["Cy", "Bo", "Quillfeather Household"]
    assert found[0]["Account"]["Name"] == "Quillfeather Household"
    assert found[0]["attributes"] == {"type": "Contact", "url": f"{API}/sobjects/Contact/{people['cy']}"}


def test_the_same_search_can_be_asked_by_parameters(admin: Client, people: dict[str, str]) -> None:
    by_query = admin.get(
        f"{API}/parameterizedSearch",
        params={
            "q": "Quillfeather", "sobject": "Contact", "Contact.fields": "Id,LastName",
            "Contact.orderBy": "LastName DESC", "Contact.limit": "1",
        },
    ).json()["searchRecords"]  # fmt: skip
    assert [one["LastName"] for one in by_query] == ["Quillfeather-Okoye"]
    body = {
        "q": "Quillfeather", "in": "NAME", "fields": ["Id"], "overallLimit": 5,
        "sobjects": [{"name": "Contact", "where": "FirstName = 'Ada'"}, {"name": "Account", "fields": ["Name"]}],
    }  # fmt: skip
    by_body = admin.post(f"{API}/parameterizedSearch", body).json()["searchRecords"]
    assert [(one.get("Id"), one.get("Name")) for one in by_body] == [
        (people["ada"], None),
        (None, "Quillfeather Household"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FIND Quill", "MALFORMED_SEARCH"),
        ("FIND {Q}", "MALFORMED_SEARCH"),
        ("FIND {Quill} IN SOME FIELDS", "MALFORMED_SEARCH"),
        ("FIND {Quill} RETURNING", "MALFORMED_SEARCH"),
        ("FIND {Quill} RETURNING Contact(Id", "MALFORMED_SEARCH"),
        ("FIND {Quill} RETURNING Nothing__c", "INVALID_TYPE"),
        ("FIND {Quill} RETURNING Contact(Nothing__c)", "INVALID_FIELD"),
        ("FIND {Quill AND} RETURNING Contact", "MALFORMED_SEARCH"),
        ("FIND {(Quill} RETURNING Contact", "MALFORMED_SEARCH"),
        ("FIND {Quill} LIMIT ten", "MALFORMED_SEARCH"),
    ],
)
def test_what_is_no_search_is_refused(admin: Client, text: str, code: str) -> None:
    answer = admin.get(f"{API}/search", params={"q": text})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_a_search_never_hangs_on_nonsense() -> None:
    for text in (
        "FIND {" + "(" * 5000 + "}",
        "FIND {ab} RETURNING A(" + "WHERE " * 3000,
        "FIND {ab}" + " LIMIT 1" * 5000,
    ):
        try:
            sosl.matcher(sosl.parse(text).term)
        except ApiError as problem:
            assert problem.code == "MALFORMED_SEARCH"
