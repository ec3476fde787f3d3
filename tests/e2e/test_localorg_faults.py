"""The org on a bad day: every fault rule, seen from a client over TLS."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
Add = Any


@pytest.mark.parametrize(
    ("kind", "status", "html"),
    [("unavailable", 503, True), ("bad_gateway", 502, True), ("too_many_requests", 429, None),
     ("not_acceptable", 406, None), ("enhance_your_calm", 420, None)],
)  # fmt: skip
def test_the_edge_answers_without_json(admin: Client, faults: Add, kind: str, status: int, html: bool | None) -> None:
    faults(kind=kind, times=1)
    answer = admin.get(f"{API}/limits")
    assert answer.status_code == status
    if html:
        assert answer.headers["Content-Type"].startswith("text/html") and "<html>" in answer.text
    else:
        assert answer.content == b""
    assert admin.get(f"{API}/limits").status_code == 200


def test_errors_that_the_platform_itself_answers(admin: Client, faults: Add) -> None:
    for kind, status, code in (
        ("server_error", 500, "UNKNOWN_EXCEPTION"),
        ("request_limit", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("locator_invalid", 400, "INVALID_QUERY_LOCATOR"),
    ):
        faults(kind=kind, times=1)
        answer = admin.get(f"{API}/limits")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_a_session_that_expires_stays_expired(admin: Client, faults: Add) -> None:
    faults(kind="session_expired", path="/limits$", times=1, after=1)
    assert [admin.get(f"{API}/limits").status_code for _ in range(3)] == [200, 401, 401]


def test_a_slow_reply_comes_late_and_whole(admin: Client, faults: Add) -> None:
    faults(kind="slow", seconds=0.4, times=1)
    started = time.monotonic()
    assert admin.get(f"{API}/limits").status_code == 200
    assert time.monotonic() - started >= 0.4


def test_a_truncated_body_is_noticed_by_the_client(admin: Client, faults: Add) -> None:
    faults(kind="truncated", times=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        admin.get(f"{API}/sobjects")
    assert admin.get(f"{API}/sobjects").status_code == 200


def test_a_truncated_stream_of_results_is_noticed_too(admin: Client, faults: Add) -> None:
    job = admin.post(f"{API}/jobs/query", json={"operation": "query", "query": "SELECT Id FROM User"}).json()
    admin.finished("query", job["id"])
    faults(kind="truncated", path="/results$", times=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        admin.get(f"{API}/jobs/query/{job['id']}/results")
    assert admin.get(f"{API}/jobs/query/{job['id']}/results").status_code == 200


def test_a_broken_upload_leaves_the_job_open_for_another_try(admin: Client, faults: Add) -> None:
    job = admin.post(f"{API}/jobs/ingest", json={"object": "Contact", "operation": "insert"}).json()
    path, body = f"{API}/jobs/ingest/{job['id']}/batches", b"LastName\n" + b"x\n" * 200_000
    faults(kind="disconnect", methods=["PUT"], times=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        admin.send("PUT", path, data=body, headers={"Content-Type": "text/csv"})
    assert admin.send("PUT", path, data=b"LastName\nx\n", headers={"Content-Type": "text/csv"}).status_code == 201


def test_a_reply_can_be_lost_after_the_work_was_done(admin: Client, faults: Add) -> None:
    faults(kind="disconnect_after", methods=["POST"], path="/sobjects/Account$", times=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        admin.post(f"{API}/sobjects/Account", json={"Name": "Saved in silence"})
    assert len(admin.query("SELECT Id FROM Account WHERE Name = 'Saved in silence'")) == 1


def test_a_share_of_rows_cannot_be_locked(admin: Client, faults: Add) -> None:
    faults(kind="row_lock", path="/jobs/ingest/Contact", share=0.3, seed=5)
    text = "LastName\n" + "".join(f"Locked {number}\n" for number in range(200))
    job = admin.ingest(text, object="Contact", operation="insert")
    assert job["state"] == "JobComplete"
    assert 30 < job["numberRecordsFailed"] < 90
    failed = admin.results(job, "failedResults")
    assert (
        failed.count("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record")
        == job["numberRecordsFailed"]
    )
    saved = admin.query("SELECT count(Id) total FROM Contact WHERE LastName LIKE 'Locked %'")[0]["total"]
    assert saved == 200 - job["numberRecordsFailed"]


def test_rows_of_collections_and_single_records_lock_as_well(admin: Client, faults: Add) -> None:
    account = admin.create("Account", Name="Held")
    faults(kind="row_lock", path="/sobjects", times=2)
    answer = admin.send("PATCH", f"{API}/sobjects/Account/{account}", json={"Phone": "1"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    records = [{"attributes": {"type": "Account"}, "Id": account, "Phone": str(number)} for number in range(2)]
    results = admin.send("PATCH", f"{API}/composite/sobjects", json={"records": records[:1] + records[1:]}).json()
    assert [result["success"] for result in results] == [False, True]


def test_a_job_that_fails_keeps_its_rows(admin: Client, faults: Add) -> None:
    faults(kind="job_failed", path="/jobs/ingest/Contact", times=1)
    job = admin.ingest("LastName\nA\nB\n", object="Contact", operation="insert")
    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 0)
    assert job["errorMessage"].startswith("InternalServerError : ")
    assert admin.results(job, "unprocessedrecords") == '"LastName"\n"A"\n"B"\n'


def test_a_job_that_breaks_off_keeps_what_it_saved(admin: Client, faults: Add) -> None:
    faults(kind="job_broken", path="/jobs/ingest/Contact", times=1)
    text = "LastName\n" + "".join(f"Broken {number}\n" for number in range(10_500))
    job = admin.ingest(text, object="Contact", operation="insert")
    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 10_000)
    assert admin.results(job, "successfulResults").count("\n") == 10_001
    assert admin.results(job, "unprocessedrecords").count("\n") == 501
    assert admin.query("SELECT COUNT(Id) n FROM Contact WHERE LastName LIKE 'Broken %'")[0]["n"] == 10_000


def test_a_mix_has_every_fault_and_repeats_by_its_seed(live_org: LiveOrg) -> None:
    control = live_org.control()
    shown = []
    for _ in range(2):
        assert control.post("/localorg/faults", json={"mix": {"seed": 4, "share": 0.01}}).status_code == 200
        found = control.get("/localorg/faults").json()
        assert {rule["kind"] for rule in found["rules"]} == set(found["kinds"])
        shown.append([{**rule, "id": 0, "seen": 0, "fired": 0} for rule in found["rules"]])
        control.send("DELETE", "/localorg/faults")
    assert shown[0] == shown[1]


def test_rules_are_listed_and_removed(live_org: LiveOrg, faults: Add) -> None:
    faults(kind="slow", path="/never", share=0.5)
    control = live_org.control()
    rules = control.get("/localorg/faults").json()["rules"]
    assert [(rule["kind"], rule["path"], rule["fired"]) for rule in rules] == [("slow", "/never", 0)]
    assert control.send("DELETE", f"/localorg/faults/{rules[0]['id']}").json() == {"removed": 1}
    wrong = control.post("/localorg/faults", json={"kind": "earthquake"})
    assert wrong.status_code == 400 and "known are" in wrong.json()[0]["message"]
