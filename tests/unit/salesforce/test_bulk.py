"""Bulk jobs: pages and refusals byte for byte, whatever breaks off; no job left behind."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
import requests
import responses
from steward.errors import AccessError, UpstreamError
from steward.salesforce import bulk, bulk_ingest, bulk_query, csv_files
from steward.salesforce.bulk_ingest import Upload
from steward.salesforce.client import Gateway
from steward.salesforce.csv_files import Part
from steward.salesforce.namespaces import Names

JOB = "750000000000001AAA"


class Noted:
    def __init__(self) -> None:
        self.log: list[str] = []

    def opened(self, job_id: str, purpose: str) -> None:
        self.log.append(f"opened {job_id} {purpose}")

    def closed(self, job_id: str) -> None:
        self.log.append(f"closed {job_id}")


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def named(gateway: Gateway) -> Gateway:
    gateway.__dict__["names"] = Names(fork="nppatch")
    return gateway


def _page(org: responses.RequestsMock, data: str, body: bytes, following: str, count: int, **match: str) -> None:
    org.add(
        "GET", f"{data}/jobs/query/{JOB}/results", body=body, content_type="text/csv",
        headers={"Sforce-Locator": following, "Sforce-NumberOfRecords": str(count)},
        match=[responses.matchers.query_param_matcher({"maxRecords": "2", **match})],
    )  # fmt: skip


def _query_job(org: responses.RequestsMock, data: str, *states: dict[str, Any]) -> None:
    org.add("POST", f"{data}/jobs/query", json={"id": JOB, "state": "UploadComplete"})
    for state in states:
        org.add("GET", f"{data}/jobs/query/{JOB}", json={"id": JOB, **state})
    org.add("DELETE", f"{data}/jobs/query/{JOB}", status=204)


def test_pages_are_saved_as_they_came_in_the_orgs_names(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, noted: Noted
) -> None:
    _query_job(org, data, {"state": "InProgress"}, {"state": "JobComplete"})
    first, second = '"Id","T"\n"1","é\n日"\n"2",""\n'.encode(), b'"Id","T"\n"3","x"\n'
    _page(org, data, first, "MjAw", 2)
    _page(org, data, second, "null", 1, locator="MjAw")
    got = bulk_query.download(named, "SELECT Id FROM npe01__OppPayment__c", tmp_path, "payments", notes=noted)
    assert [page.read_bytes() for page in got.pages] == [first, second]
    assert got.rows == 3
    spec = json.loads(org.calls[0].request.body)
    assert spec["query"] == "SELECT Id FROM nppatch__OppPayment__c"
    assert spec["operation"] == "query"
    assert noted.log == [f"opened {JOB} query payments", f"closed {JOB}"]
    assert org.calls[-1].request.method == "DELETE"


class CutShort:
    """A body that breaks off after some bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.left = times
        whole = requests.Response.iter_content

        def broken(response: requests.Response, size: int = 1, **kwargs: Any) -> Any:
            if self.left and response.headers.get("Content-Type") == "text/csv" and size > 1:
                self.left -= 1
                yield b'"Id"\n"hal'
                raise requests.exceptions.ChunkedEncodingError("connection broken")
            yield from whole(response, size, **kwargs)

        monkeypatch.setattr(requests.Response, "iter_content", broken)


def test_a_page_that_breaks_off_is_read_again_alone(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _query_job(org, data, {"state": "JobComplete"})
    _page(org, data, b'"Id"\n"1"\n', "null", 1)
    CutShort(monkeypatch, 2)
    got = bulk_query.download(named, "SELECT Id FROM Contact", tmp_path, "contacts")
    assert got.pages[0].read_bytes() == b'"Id"\n"1"\n'
    assert sum(call.request.method == "POST" for call in org.calls) == 1


def test_a_failed_query_job_is_made_anew(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, noted: Noted
) -> None:
    _query_job(org, data, {"state": "Failed", "errorMessage": "InternalServerError: x"}, {"state": "JobComplete"})
    _page(org, data, b'"Id"\n', "null", 0)
    assert bulk_query.download(named, "SELECT Id FROM Contact", tmp_path, "contacts", notes=noted).rows == 0
    assert len(noted.log) == 4


def test_a_query_that_can_never_work_is_not_repeated(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path
) -> None:
    _query_job(org, data, {"state": "Failed", "errorMessage": "INVALID_FIELD: No such column 'X__c'"})
    with pytest.raises(AccessError, match="No such column"):
        bulk_query.download(named, "SELECT X__c FROM Contact", tmp_path, "contacts")


def test_a_query_that_keeps_failing_ends_with_what_to_do(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path
) -> None:
    _query_job(org, data, {"state": "Failed", "errorMessage": "InternalServerError"})
    with pytest.raises(UpstreamError, match=r"failed 3 times: InternalServerError.*Run again"):
        bulk_query.download(named, "SELECT Id FROM Contact", tmp_path, "contacts")


def _ingest_job(org: responses.RequestsMock, data: str, **facts: Any) -> None:
    org.add("POST", f"{data}/jobs/ingest", json={"id": JOB, "state": "Open"})
    org.add("PATCH", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, "state": "UploadComplete"})
    org.add("GET", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, **facts})
    org.add("DELETE", f"{data}/jobs/ingest/{JOB}", status=204)


@pytest.fixture
def part(tmp_path: pathlib.Path) -> Part:
    path = tmp_path / "rows.csv"
    path.write_text("Donor_Id__c,Helps__c\nd1,a\nd2,b\nd3,c\n", encoding="utf-8")
    return Part(path, 3)


def _send(named: Gateway, part: Part, tmp_path: pathlib.Path) -> bulk_ingest.Report:
    return bulk_ingest.send(named, Upload("AI_Donor_Profile__c", "upsert", "Donor_Id__c"), part, tmp_path)


def test_refused_rows_come_back_with_code_message_and_what_was_sent(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, part: Part
) -> None:
    _ingest_job(org, data, state="JobComplete", numberRecordsProcessed=3, numberRecordsFailed=2)
    org.add("PUT", f"{data}/jobs/ingest/{JOB}/batches", status=201)
    body = (
        '"sf__Id","sf__Error","Donor_Id__c","Helps__c"\n'
        '"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--","d1","two\nlines, ünï"\n'
        '"","STRING_TOO_LONG:Helps: data value too large: abc (max length=255):Helps__c --","d2","b"\n'
    )
    org.add("GET", f"{data}/jobs/ingest/{JOB}/failedResults", body=body.encode(), content_type="text/csv")
    report = _send(named, part, tmp_path)
    lock, long = report.refusals()
    assert report.taken == 1
    assert (lock.code, lock.passing) == ("UNABLE_TO_LOCK_ROW", True)
    assert lock.row == {"Donor_Id__c": "d1", "Helps__c": "two\nlines, ünï"}
    assert (long.code, long.passing) == ("STRING_TOO_LONG", False)
    assert long.message == "Helps: data value too large: abc (max length=255)"
    spec = json.loads(org.calls[0].request.body)
    assert spec == {
        "object": "AI_Donor_Profile__c", "operation": "upsert", "externalIdFieldName": "Donor_Id__c",
        "contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF",
    }  # fmt: skip


def test_rows_that_a_failed_job_never_reached_are_worth_another_try(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, part: Part
) -> None:
    _ingest_job(org, data, state="Failed", numberRecordsProcessed=1, numberRecordsFailed=0)
    org.add("PUT", f"{data}/jobs/ingest/{JOB}/batches", status=201)
    org.add(
        "GET",
        f"{data}/jobs/ingest/{JOB}/unprocessedrecords",
        body=b"Donor_Id__c,Helps__c\nd2,b\nd3,c\n",
        content_type="text/csv",
    )
    report = _send(named, part, tmp_path)
    assert report.taken == 1
    assert [(one.row["Donor_Id__c"], one.passing) for one in report.refusals()] == [("d2", True), ("d3", True)]


def test_an_upload_that_arrived_though_its_answer_did_not_is_fine(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, part: Part
) -> None:
    _ingest_job(org, data, state="JobComplete", numberRecordsProcessed=3, numberRecordsFailed=0)
    org.add("PUT", f"{data}/jobs/ingest/{JOB}/batches", body=requests.ConnectionError("reset"))
    twice = [{"errorCode": "INVALIDJOBSTATE", "message": f"Found multiple contents for job: <{JOB}>"}]
    org.add("PUT", f"{data}/jobs/ingest/{JOB}/batches", status=400, json=twice)
    assert _send(named, part, tmp_path).taken == 3


def test_an_org_that_lost_rows_is_not_believed(
    org: responses.RequestsMock, named: Gateway, data: str, tmp_path: pathlib.Path, part: Part
) -> None:
    _ingest_job(org, data, state="JobComplete", numberRecordsProcessed=2, numberRecordsFailed=0)
    org.add("PUT", f"{data}/jobs/ingest/{JOB}/batches", status=201)
    with pytest.raises(UpstreamError, match="took 2 of 3 rows"):
        _send(named, part, tmp_path)


def test_a_job_that_a_killed_run_left_open_is_aborted_and_deleted(
    org: responses.RequestsMock, named: Gateway, data: str, noted: Noted
) -> None:
    missing = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    org.add("GET", f"{data}/jobs/query/{JOB}", status=404, json=missing)
    org.add("GET", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, "state": "Open"})
    org.add("GET", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, "state": "Open"})
    org.add("PATCH", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, "state": "Aborted"})
    org.add("GET", f"{data}/jobs/ingest/{JOB}", json={"id": JOB, "state": "Aborted"})
    org.add("DELETE", f"{data}/jobs/ingest/{JOB}", status=204)
    assert bulk.settle(named, JOB, noted) == "Aborted"
    assert noted.log == [f"closed {JOB}"]
    assert org.calls[-1].request.method == "DELETE"


def test_a_job_that_the_org_has_forgotten_is_forgotten(
    org: responses.RequestsMock, named: Gateway, data: str, noted: Noted
) -> None:
    missing = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    org.add("GET", f"{data}/jobs/query/{JOB}", status=404, json=missing)
    org.add("GET", f"{data}/jobs/ingest/{JOB}", status=404, json=missing)
    assert bulk.settle(named, JOB, noted) == "gone"
    assert noted.log == [f"closed {JOB}"]


def test_polls_of_a_long_job_grow_apart(
    org: responses.RequestsMock, named: Gateway, data: str, pauses: list[float]
) -> None:
    for _ in range(7):
        org.add("GET", f"{data}/jobs/query/{JOB}", json={"state": "InProgress"})
    org.add("GET", f"{data}/jobs/query/{JOB}", json={"state": "JobComplete"})
    bulk.wait(named, "query", JOB)
    assert pauses == [0.1, 1, 2, 4, 8, 15, 15]


def test_reading_a_result_keeps_newlines_and_a_byte_order_mark_out(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes('\ufeff"a"\n"1\n2"\n'.encode())
    assert list(csv_files.read(path)) == [{"a": "1\n2"}]
