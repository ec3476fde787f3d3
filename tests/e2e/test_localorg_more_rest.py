"""Trees of records, replication by date and search by id, over TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from localorg_live import API, Client

pytestmark = pytest.mark.e2e


def node(kind: str, reference: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **values}


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def span(**ends: timedelta) -> dict[str, str]:
    now = datetime.now(UTC)
    given = {"start": timedelta(hours=-1), "end": timedelta(minutes=2)} | ends
    return {name: (now + apart).isoformat(timespec="seconds") for name, apart in given.items()}


def test_a_tree_creates_children_under_their_parents(admin: Client) -> None:
    contacts = {"records": [node("Contact", "c1", LastName="Leaf"), node("Contact", "c2", LastName="Twig")]}
    records = [node("Account", "a1", Name="Tree", Contacts=contacts), node("Account", "a2", Name="Stump")]
    answer = admin.post(f"{API}/composite/tree/Account/", json={"records": records})
    assert answer.status_code == 201, answer.text
    assert answer.json()["hasErrors"] is False
    made = {one["referenceId"]: one["id"] for one in answer.json()["results"]}
    assert sorted(made) == ["a1", "a2", "c1", "c2"]
    found = admin.query(f"SELECT Id, AccountId FROM Contact WHERE AccountId = '{made['a1']}'")
    assert {record["Id"] for record in found} == {made["c1"], made["c2"]}


def test_one_refused_record_undoes_its_whole_tree(admin: Client) -> None:
    bad = node("Contact", "bad", FirstName="only")
    records = [node("Account", "a1", Name="Undone tree", Contacts={"records": [bad]})]
    answer = admin.post(f"{API}/composite/tree/Account", json={"records": records})
    assert (answer.status_code, answer.json()["hasErrors"]) == (400, True)
    [failed] = answer.json()["results"]
    assert failed["referenceId"] == "bad"
    assert failed["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert failed["errors"][0]["fields"] == ["LastName"]
    assert admin.query("SELECT Id FROM Account WHERE Name = 'Undone tree'") == []


def test_trees_have_limits(admin: Client) -> None:
    path = f"{API}/composite/tree/Account"
    many = [node("Account", f"a{n}", Name="x") for n in range(201)]
    assert refused(admin.post(path, json={"records": many})) == (400, "INVALID_INPUT")
    assert refused(admin.post(path, json={"records": [{"Name": "x"}]})) == (400, "INVALID_INPUT")
    assert refused(admin.post(f"{API}/composite/tree/Nothing__c", json={"records": many})) == (404, "NOT_FOUND")


def test_a_tree_tells_which_references_and_types_cannot_be_meant(admin: Client) -> None:
    untyped = {"attributes": {"referenceId": "untyped"}, "Name": "x"}
    records = [node("Account", "same", Name="x"), node("Account", "same", Name="x"), untyped]
    answer = admin.post(f"{API}/composite/tree/Account", json={"records": records})
    assert (answer.status_code, answer.json()["hasErrors"]) == (400, True)
    told = [(one["referenceId"], one["errors"][0]["statusCode"]) for one in answer.json()["results"]]
    assert told == [("same", "INVALID_INPUT"), ("untyped", "INVALID_INPUT")]
    assert [one["errors"][0]["message"] for one in answer.json()["results"]] == [
        "Duplicate ReferenceId provided in the request.", "Include an entity type for each record in the request.",
    ]  # fmt: skip


def test_replication_tells_what_changed_and_what_went(admin: Client) -> None:
    kept, gone = (admin.create("Campaign", Name=name) for name in ("kept", "gone"))
    admin.send("DELETE", f"{API}/sobjects/Campaign/{gone}")
    updated = admin.get(f"{API}/sobjects/Campaign/updated/", params=span())
    assert updated.status_code == 200, updated.text
    assert kept in updated.json()["ids"] and gone not in updated.json()["ids"]
    assert updated.json()["latestDateCovered"].endswith(":00.000+0000")
    deleted = admin.get(f"{API}/sobjects/Campaign/deleted", params=span()).json()
    assert [record["id"] for record in deleted["deletedRecords"]] == [gone]
    assert set(deleted) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    assert deleted["deletedRecords"][0]["deletedDate"].endswith("+0000")
    before = span(start=timedelta(hours=-2), end=timedelta(hours=-1))
    assert admin.get(f"{API}/sobjects/Campaign/updated", params=before).json()["ids"] == []


def test_replication_refuses_spans_it_cannot_answer(admin: Client) -> None:
    path = f"{API}/sobjects/Contact/deleted/"
    assert refused(admin.get(path, params=span(start=timedelta(), end=timedelta()))) == (
        400,
        "INVALID_REPLICATION_DATE",
    )
    assert refused(admin.get(path, params=span(start=timedelta(days=-31)))) == (400, "INVALID_REPLICATION_DATE")
    assert refused(admin.get(path, params={"start": "soon", "end": "later"})) == (400, "INVALID_REPLICATION_DATE")
    assert refused(admin.get(path)) == (400, "MISSING_ARGUMENT")
    assert refused(admin.get(f"{API}/sobjects/Nothing__c/updated", params=span())) == (404, "NOT_FOUND")


def test_a_record_is_found_by_its_id(admin: Client) -> None:
    contact = admin.create("Contact", LastName="Sought")
    sosl = f"FIND {{{contact}}} IN ALL FIELDS RETURNING Account(Name), Contact(Id, LastName)"
    [found] = admin.get(f"{API}/search/", params={"q": sosl}).json()["searchRecords"]
    assert (found["attributes"]["type"], found["LastName"]) == ("Contact", "Sought")
    other = admin.get(f"{API}/search", params={"q": f"FIND {{{contact}}} RETURNING Account"})
    assert other.json() == {"searchRecords": []}
    assert refused(admin.get(f"{API}/search", params={"q": "FIND {x}"})) == (400, "MALFORMED_SEARCH")
    assert refused(admin.get(f"{API}/search", params={"q": "FIND Sought"})) == (400, "MALFORMED_SEARCH")
    unknown = admin.get(f"{API}/search", params={"q": f"FIND {{{contact}}} RETURNING Nothing__c"})
    assert refused(unknown) == (400, "INVALID_TYPE")
