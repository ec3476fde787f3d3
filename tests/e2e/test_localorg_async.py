"""Bulk API v1 over TLS, as its clients speak it: XML and JSON, batches, counters, results and refusals."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from localorg.server.serve import LocalOrgServer
from localorg_live import Client, LiveOrg
from simple_salesforce import Salesforce

pytestmark = pytest.mark.e2e
JOBS = "/services/async/62.0/job"
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
XML = {"Content-Type": "application/xml; charset=UTF-8"}
CSV = {"Content-Type": "text/csv; charset=UTF-8"}
JSON = {"Content-Type": "application/json"}


def job_info(**values: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f'<jobInfo xmlns="{NAMESPACE}">{inner}</jobInfo>'


def read(answer: requests.Response, status: int = 200) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    return {element.tag.rpartition("}")[2]: element.text or "" for element in ElementTree.fromstring(answer.content)}


def refused(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, read(answer, answer.status_code)["exceptionCode"]


class Async:
    """A client that sends its session in X-SFDC-Session and nothing else."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def send(self, method: str, path: str, headers: dict[str, str], **given: Any) -> requests.Response:
        headers = {"X-SFDC-Session": self.client.token} | headers
        return self.client.http.request(method, self.client.base + path, headers=headers, timeout=30, **given)

    def get(self, path: str, headers: dict[str, str] = XML) -> requests.Response:
        return self.send("GET", path, headers)

    def post(self, path: str, data: Any, headers: dict[str, str] = XML) -> requests.Response:
        return self.send("POST", path, headers, data=data)

    def job(self, **values: str) -> str:
        return f"{JOBS}/{read(self.post(JOBS, job_info(**values)), 201)['id']}"

    def batch(self, job: str, data: Any, headers: dict[str, str] = CSV) -> str:
        answer = self.post(f"{job}/batch", data, headers)
        assert answer.status_code == 201, answer.text
        found = answer.json() if "json" in answer.headers["Content-Type"] else read(answer, 201)
        assert found["state"] == "Queued"
        return f"{job}/batch/{found['id']}"

    def ended(self, batch: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            answer = self.get(batch)
            found = answer.json() if answer.headers["Content-Type"] == "application/json" else read(answer)
            if found["state"] not in ("Queued", "InProgress"):
                return found
            time.sleep(0.02)
        raise AssertionError(f"{batch} did not end")


@pytest.fixture
def bulk(admin: Client) -> Async:
    return Async(admin)


def test_a_new_job_is_shown_as_recorded(bulk: Async) -> None:
    answer = bulk.post(JOBS, job_info(operation="insert", object="account", contentType="CSV"))
    shown = read(answer, 201)
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Location"] == f"{JOBS}/{shown['id']}"
    assert list(shown) == [
        "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode",
        "contentType", "numberBatchesQueued", "numberBatchesInProgress", "numberBatchesCompleted",
        "numberBatchesFailed", "numberBatchesTotal", "numberRecordsProcessed", "numberRetries", "apiVersion",
        "numberRecordsFailed", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime",
    ]  # fmt: skip
    assert (shown["object"], shown["state"], shown["apiVersion"]) == ("Account", "Open", "62.0")
    assert shown["createdDate"].endswith(".000Z")
    empty = bulk.get(f"{JOBS}/{shown['id']}/batch").text
    assert empty.endswith(f'<batchInfoList\n   xmlns="{NAMESPACE}" />')


def test_each_row_of_a_chunked_batch_has_its_result_in_order(bulk: Async) -> None:
    job = bulk.job(operation="insert", object="Contact", concurrencyMode="Parallel", contentType="CSV")
    rows = [b'"FirstName","LastName"\r\n', b'"A","Ann"\r\n', b'"B",""\r\n', b'"C","two\nlines"\r\n']
    batch = bulk.batch(job, iter(rows))
    read(bulk.post(job, job_info(state="Closed")))
    done = bulk.ended(batch)
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("Completed", "3", "1")
    answer = bulk.get(f"{batch}/result")
    lines = answer.text.splitlines()
    assert answer.headers["Content-Type"] == "text/csv"
    assert lines[0] == '"Id","Success","Created","Error"'
    assert lines[1].startswith('"003') and lines[1].endswith('"true","true",""')
    assert lines[2] == (
        '"","false","false","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"'
    )
    assert bulk.get(f"{batch}/request").content == b"".join(rows)
    shown = read(bulk.get(job))
    counts = [shown[f"numberBatches{name}"] for name in ("Queued", "InProgress", "Completed", "Failed", "Total")]
    assert counts == ["0", "0", "1", "0", "1"]
    assert (shown["state"], shown["numberRecordsProcessed"], shown["numberRecordsFailed"]) == ("Closed", "3", "1")


def test_a_query_gives_csv_result_pages_and_says_when_there_is_nothing(bulk: Async, admin: Client) -> None:
    admin.create("Account", Name="Async household")
    job = bulk.job(operation="query", object="Account", contentType="CSV")
    some = bulk.batch(job, "SELECT Id, Name FROM Account WHERE Name = 'Async household'")
    none = bulk.batch(job, "SELECT Id FROM Account WHERE Name = 'nobody of this name'")
    assert bulk.ended(some)["numberRecordsProcessed"] == "1"
    assert bulk.ended(none)["state"] == "Completed"
    key = read(bulk.get(f"{some}/result"))["result"]
    lines = bulk.get(f"{some}/result/{key}").text.splitlines()
    assert lines[0] == '"Id","Name"' and lines[1].endswith('"Async household"')
    empty = read(bulk.get(f"{none}/result"))["result"]
    assert bulk.get(f"{none}/result/{empty}").text.strip() == "Records not found for this query"
    assert refused(bulk.get(f"{none}/result/{key}")) == (400, "InvalidBatch")


def test_json_queries_count_time_in_milliseconds(bulk: Async, admin: Client) -> None:
    account = admin.create("Account", Name="Timed")
    gift = admin.create("Opportunity", Name="g", StageName="Closed Won", CloseDate="2024-02-29", AccountId=account)
    job = bulk.job(operation="query", object="Opportunity", contentType="JSON")
    soql = f"SELECT Id, CloseDate, CreatedDate, IsWon, Account.Name FROM Opportunity WHERE Id = '{gift}'"
    batch = bulk.batch(job, soql, JSON)
    shown = bulk.ended(batch)  # a JSON job's batches answer in JSON, whatever the client sends
    assert list(shown) == sorted(shown) and shown["stateMessage"] is None and shown["jobId"] in job
    assert bulk.get(f"{job}/batch").json() == {"batchInfo": [shown]}
    keys = bulk.get(f"/{batch}/result", JSON)  # two slashes, as CumulusCI asks
    assert keys.headers["Content-Type"] == "application/json"
    [record] = bulk.get(f"{batch}/result/{keys.json()[0]}?format=json").json()
    assert record["CloseDate"] == 1709164800000
    assert abs(record["CreatedDate"] / 1000 - time.time()) < 600
    assert (record["IsWon"], record["Account"]["Name"]) == (True, "Timed")
    assert record["attributes"]["url"].endswith(f"/v62.0/sobjects/Opportunity/{gift}")


def test_json_queries_may_branch_by_type_but_not_aggregate(bulk: Async, admin: Client) -> None:
    contact = admin.create("Contact", LastName="Branch")
    admin.create("Task", Subject="Call", WhoId=contact)
    job = bulk.job(operation="query", object="Task", contentType="JSON")
    soql = "SELECT Id, TYPEOF Who WHEN Contact THEN LastName ELSE Id END, Subject FROM Task"
    batch = bulk.batch(job, soql, JSON)
    assert bulk.ended(batch).get("stateMessage") is None
    [key] = bulk.get(f"{batch}/result").json()
    assert bulk.get(f"{batch}/result/{key}").json()[0]["Who"]["LastName"] == "Branch"
    refusal = bulk.ended(bulk.batch(job, "SELECT COUNT(Id) FROM Task", JSON))
    assert refusal["stateMessage"].endswith("Aggregate queries not supported in Bulk Query")


def test_simple_salesforce_writes_and_reads_through_its_bulk_handler(
    live_org: LiveOrg, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = time.sleep
    monkeypatch.setattr("simple_salesforce.bulk.sleep", lambda seconds: pause(0.05))  # it polls every five seconds
    http = requests.Session()
    http.trust_env, http.verify = False, live_org.ca
    salesforce = Salesforce(instance_url=live_org.url, session_id=admin.token, session=http)
    gifts = [{"Name": f"async {n}", "StageName": "Pledged", "CloseDate": "2025-01-31", "Amount": n} for n in range(5)]
    saved = salesforce.bulk.Opportunity.insert([*gifts, {"Name": "no stage"}])
    assert [row["success"] for row in saved] == [True] * 5 + [False]
    assert saved[5]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    changes = [{"Id": row["id"], "Amount": None, "Name": 'said "ü"'} for row in saved[:2]]
    assert all(row["success"] and not row["created"] for row in salesforce.bulk.Opportunity.update(changes))
    found = salesforce.bulk.Opportunity.query("SELECT Id, Name, Amount FROM Opportunity WHERE StageName = 'Pledged'")
    named = {row["Id"]: (row["Name"], row["Amount"]) for row in found}
    assert named[saved[0]["id"]] == ('said "ü"', None)
    assert named[saved[4]["id"]] == ("async 4", 4.0)
    by_key = [{"Donor_Id__c": "x1", "Affinity_Cluster__c": "Youth", "Contact__r": {"Id": "nobody"}}]
    assert not salesforce.bulk.AI_Donor_Profile__c.upsert(by_key, "Donor_Id__c")[0]["success"]
    gone = salesforce.bulk.Opportunity.delete([{"Id": row["id"]} for row in saved[:5]])
    assert all(row["success"] for row in gone)
    assert admin.query("SELECT Id FROM Opportunity WHERE StageName = 'Pledged'") == []


def test_xml_batches_are_read_and_answered_in_xml(bulk: Async, admin: Client) -> None:
    job = bulk.job(operation="insert", object="Account")  # XML is the default
    rows = (
        f'<sObjects xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<sObject><Name>A &amp; B</Name><Phone xsi:nil="true"/></sObject><sObject><Phone>1</Phone></sObject></sObjects>'
    )
    batch = bulk.batch(job, rows, XML)
    assert bulk.ended(batch)["numberRecordsFailed"] == "1"
    results = ElementTree.fromstring(bulk.get(f"{batch}/result").content)
    assert [row.findtext(f"{{{NAMESPACE}}}success") for row in results] == ["true", "false"]
    assert len(admin.query("SELECT Id FROM Account WHERE Name = 'A & B'")) == 1
    reading = bulk.job(operation="query", object="Account", contentType="XML")
    asked = bulk.batch(reading, "SELECT Name, Phone FROM Account WHERE Name = 'A & B'", XML)
    bulk.ended(asked)
    key = read(bulk.get(f"{asked}/result"))["result"]
    found = ElementTree.fromstring(bulk.get(f"{asked}/result/{key}").content)
    assert found.findtext(f"{{{NAMESPACE}}}records/{{{NAMESPACE}}}Name") == "A & B"


def test_batches_of_a_serial_job_run_in_the_order_they_came(bulk: Async, admin: Client) -> None:
    account = admin.create("Account", Name="serial")
    job = bulk.job(operation="update", object="Account", concurrencyMode="Serial", contentType="CSV")
    batches = [bulk.batch(job, f"Id,Phone\n{account},{n}\n") for n in range(8)]
    assert [bulk.ended(batch)["state"] for batch in batches] == ["Completed"] * 8
    assert admin.query(f"SELECT Phone FROM Account WHERE Id = '{account}'")[0]["Phone"] == "7"


@pytest.mark.parametrize(
    ("values", "data", "message"),
    [
        ({"operation": "insert"}, "Nme\nx\n", "InvalidBatch : Field name not found : Nme"),
        ({"operation": "delete"}, "Id,Name\nx,y\n", "InvalidBatch : The 'delete' batch must contain only ids"),
        ({"operation": "query"}, "SELECT Id FROM Contact", "InvalidBatch : Failed to process query: "),
        ({"operation": "query"}, "SELECT Nme FROM Account", "InvalidBatch : Failed to process query: INVALID_FIELD: "),
        ({"operation": "insert"}, "Name\n" + "x\n" * 10_001, "InvalidBatch : Too many records in the batch"),
    ],
)
def test_a_batch_that_cannot_be_read_fails_and_says_why(
    bulk: Async, values: dict[str, str], data: str, message: str
) -> None:
    job = bulk.job(**values, object="Account", contentType="CSV")
    batch = bulk.batch(job, data)
    failed = bulk.ended(batch)
    assert failed["state"] == "Failed"
    assert failed["stateMessage"].startswith(message)
    assert read(bulk.get(job))["numberBatchesFailed"] == "1"
    assert refused(bulk.get(f"{batch}/result")) == (400, "InvalidBatch")


def test_a_batch_under_way_when_the_org_stops_fails_and_a_waiting_one_is_worked_off(tmp_path: Path) -> None:
    with LocalOrgServer(tmp_path) as first:
        bulk = Async(LiveOrg(first, tmp_path).as_user())
        job = bulk.job(operation="insert", object="Account", contentType="CSV")
        begun, waiting, partly = (bulk.batch(job, "Name\nStopped\n") for _ in range(3))
        for batch, state in ((begun, "InProgress"), (waiting, "UploadComplete"), (partly, "Open")):
            bulk.ended(batch)
            stored = first.runtime.jobs.get(batch.rpartition("/")[2], "batch")
            first.runtime.jobs.change(stored, state=state)
    with LocalOrgServer(tmp_path) as second:
        org = LiveOrg(second, tmp_path)
        again = Async(Client(org.url, org.ca, bulk.client.token))
        failed = again.ended(begun)
        assert (failed["state"], failed["stateMessage"].partition(" ")[0]) == ("Failed", "InternalServerError")
        assert again.ended(waiting)["state"] == "Completed"
        assert refused(again.get(partly)) == (400, "InvalidBatch")  # half an upload is none


def test_fault_rules_reach_batches(bulk: Async, faults: Any) -> None:
    faults(kind="job_failed", path="/jobs/ingest/Campaign", times=1)
    faults(kind="row_lock", path="/jobs/ingest/Campaign", times=1)
    job = bulk.job(operation="insert", object="Campaign", contentType="CSV")
    assert bulk.ended(bulk.batch(job, "Name\na\n"))["state"] == "Failed"
    locked = bulk.batch(job, "Name\na\nb\n")
    assert bulk.ended(locked)["numberRecordsFailed"] == "1"
    assert "UNABLE_TO_LOCK_ROW" in bulk.get(f"{locked}/result").text.splitlines()[1]
    faults(kind="session_expired", path="/services/async", times=1)
    assert refused(bulk.get(job)) == (400, "InvalidSessionId")


def test_calls_are_refused_in_the_words_of_this_api(bulk: Async, live_org: LiveOrg) -> None:
    stranger = Async(Client(live_org.url, live_org.ca, "no session"))
    assert refused(stranger.get(f"{JOBS}/750000000000001")) == (400, "InvalidSessionId")
    as_json = stranger.get(f"{JOBS}/750000000000001", JSON)
    assert as_json.json() == {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"}
    assert refused(bulk.get(f"{JOBS}/750000000000001AAA")) == (400, "InvalidJob")
    assert refused(bulk.post(JOBS, job_info(operation="insert", object="Nothing__c"))) == (400, "InvalidEntity")
    assert refused(bulk.post(JOBS, job_info(operation="explode", object="Account"))) == (400, "InvalidJob")
    assert refused(bulk.post(JOBS, "<jobInfo>")) == (400, "InvalidJob")
    upsert = job_info(operation="upsert", object="Account", externalIdFieldName="Name", contentType="CSV")
    assert refused(bulk.post(JOBS, upsert)) == (400, "InvalidJob")
    old = bulk.post(JOBS.replace("62.0", "9.0"), job_info(operation="insert", object="Account"))
    assert refused(old) == (400, "InvalidVersion")
    job = bulk.job(operation="insert", object="Account", contentType="CSV")
    assert refused(bulk.post(f"{job}/batch", "Name\nx\n", XML)) == (400, "InvalidBatch")
    assert refused(bulk.post(f"{job}/batch", b"Name\n" + b"x" * 10_000_001, CSV)) == (400, "ClientInputError")
    read(bulk.post(job, job_info(state="Aborted")))
    assert refused(bulk.post(f"{job}/batch", "Name\nx\n", CSV)) == (400, "InvalidJobState")
    assert refused(bulk.post(job, job_info(state="Closed"))) == (400, "InvalidJobState")
