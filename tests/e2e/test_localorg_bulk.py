"""Bulk API 2.0 over TLS: ingest and query, byte exact, with the platform's job states and refusals."""

from __future__ import annotations

import csv
import io
import threading
from typing import Any

import pytest
from localorg_live import API, Client, LiveOrg
from simple_salesforce import Salesforce

pytestmark = pytest.mark.e2e
HARD = ['He said "no"', "two\nlines", "comma, semicolon; tab\t", "Åsa 日本 🎁", "  spaces  ", "'apostrophe'"]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_csv(header: list[str], lines: list[list[str]], **dialect: Any) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, **({"lineterminator": "\n"} | dialect))
    writer.writerows([header, *lines])
    return out.getvalue()


def bulk_query(client: Client, soql: str, operation: str = "query") -> dict[str, Any]:
    created = client.post(f"{API}/jobs/query", json={"operation": operation, "query": soql})
    assert created.status_code == 200, created.text
    return client.finished("query", created.json()["id"])


def refused(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()[0]["errorCode"], answer.json()[0]["message"]


@pytest.fixture(scope="module")
def campaigns(live_org: LiveOrg) -> list[str]:
    names = [f"{HARD[number % len(HARD)]} {number}" for number in range(3500)]
    job = live_org.as_user().ingest(as_csv(["Name"], [[name] for name in names]), object="Campaign", operation="insert")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3500, 0)
    return [name.strip() for name in names]


def test_the_job_tells_what_simple_clients_read(admin: Client) -> None:
    created = admin.post(f"{API}/jobs/ingest", json={"object": "contact", "operation": "insert"}).json()
    assert created["state"] == "Open"
    assert created["object"] == "Contact"
    assert created["contentUrl"] == f"{API[1:]}/jobs/ingest/{created['id']}/batches"
    assert (created["concurrencyMode"], created["contentType"], created["apiVersion"]) == ("Parallel", "CSV", 67.0)
    assert (created["lineEnding"], created["columnDelimiter"]) == ("LF", "COMMA")
    shown = admin.get(f"{API}/jobs/ingest/{created['id']}").json()
    assert (shown["jobType"], shown["retries"], shown["numberRecordsProcessed"]) == ("V2Ingest", 0, 0)
    assert shown["isPkChunkingSupported"] is False
    assert admin.get(f"{API}/jobs/ingest/{created['id'][:15]}").json()["id"] == created["id"]


def test_saved_and_refused_rows_come_back_with_their_own_columns(admin: Client) -> None:
    text = as_csv(["LastName", "Description"], [["Ann", 'a\n"b"'], ["", "no name"], ["Bob", ""]])
    job = admin.ingest(text, object="Contact", operation="insert")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"], job["state"]) == (3, 1, "JobComplete")
    saved = rows(admin.results(job, "successfulResults"))
    assert [(row["LastName"], row["Description"], row["sf__Created"]) for row in saved] == [
        ("Ann", 'a\n"b"', "true"),
        ("Bob", "", "true"),
    ]
    assert all(row["sf__Id"].startswith("003") for row in saved)
    failed = rows(admin.results(job, "failedResults/"))
    assert failed[0]["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert failed[0]["Description"] == "no name"
    for spelling in ("unprocessedrecords", "unprocessedRecords"):
        assert admin.results(job, spelling) == '"LastName","Description"\n'


def test_upsert_empty_is_unchanged_and_na_is_null(admin: Client) -> None:
    contacts = [admin.create("Contact", LastName=name) for name in ("Ann", "Bob")]
    given = {"object": "AI_Donor_Profile__c", "operation": "upsert", "externalIdFieldName": "Donor_Id__c"}
    header = ["Donor_Id__c", "Contact__c", "Affinity_Cluster__c", "Propensity_Score__c"]
    first = [[contact, contact, "Youth", "12.5"] for contact in contacts]
    job = admin.ingest(as_csv(header, first), **given)
    assert job["numberRecordsFailed"] == 0, admin.results(job, "failedResults")
    second = [[contacts[0], "", "", "99.9"], [contacts[1], "", "#N/A", "#N/A"]]
    job = admin.ingest(as_csv(header, second), **given)
    assert [row["sf__Created"] for row in rows(admin.results(job, "successfulResults"))] == ["false", "false"]
    soql = (
        "SELECT Affinity_Cluster__c, Propensity_Score__c FROM AI_Donor_Profile__c "
        f"WHERE Donor_Id__c IN ('{contacts[0]}', '{contacts[1]}') ORDER BY Donor_Id__c"
    )
    found = [(r["Affinity_Cluster__c"], r["Propensity_Score__c"]) for r in admin.query(soql)]
    assert found == [("Youth", 99.9), (None, None)]


def test_parents_are_found_by_their_external_id(admin: Client) -> None:
    contact = admin.create("Contact", LastName="Parent")
    run = admin.create("AI_Scoring_Run__c", Run_Id__c="run-1")
    text = as_csv(["Donor_Id__c", "Contact__c", "Scoring_Run__r.Run_Id__c"], [[contact, contact, "run-1"]])
    job = admin.ingest(text, object="AI_Donor_Profile__c", operation="upsert", externalIdFieldName="Donor_Id__c")
    assert job["numberRecordsFailed"] == 0, admin.results(job, "failedResults")
    found = admin.query(f"SELECT Scoring_Run__c FROM AI_Donor_Profile__c WHERE Donor_Id__c = '{contact}'")
    assert found[0]["Scoring_Run__c"] == run


def test_update_and_delete_need_ids(admin: Client) -> None:
    ids = [admin.create("Account", Name=str(number)) for number in range(2)]
    changed = admin.ingest(
        as_csv(["Id", "Phone"], [[ids[0], "1"], [ids[1], "2"]]), object="Account", operation="update"
    )
    assert changed["numberRecordsProcessed"] == 2
    assert [r["Phone"] for r in admin.query(f"SELECT Phone FROM Account WHERE Id = '{ids[1]}'")] == ["2"]
    wrong = admin.ingest(as_csv(["Id", "Name"], [[ids[0], "x"]]), object="Account", operation="delete")
    assert wrong["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"
    gone = admin.ingest(as_csv(["Id"], [[record] for record in ids]), object="Account", operation="delete")
    assert gone["numberRecordsFailed"] == 0
    assert admin.query(f"SELECT Id FROM Account WHERE Id IN ('{ids[0]}', '{ids[1]}')") == []


@pytest.mark.parametrize(
    ("text", "job", "message"),
    [
        ("LastName,Bacon__c\nx,y\n", {}, "InvalidBatch : InvalidBatch : Field name not found : Bacon__c"),
        ("LastName,LastName\nx,y\n", {}, "InvalidBatch : Duplicate field name in the header : LastName"),
        ("LastName\r\nx\r\n", {}, "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"),
        ("Phone\n1\n", {"operation": "update"}, "InvalidBatch : InvalidBatch : Field name not found : Id"),
        ("LastName,Phone\nx\n", {}, "InvalidBatch : Row 1 has 1 values but the header has 2 columns"),
    ],
)  # fmt: skip
def test_a_file_the_platform_would_not_take_fails_the_job_and_keeps_the_rows(
    admin: Client, text: str, job: dict[str, Any], message: str
) -> None:
    done = admin.ingest(text, **({"object": "Contact", "operation": "insert"} | job))
    assert (done["state"], done["errorMessage"], done["numberRecordsProcessed"]) == ("Failed", message, 0)
    assert len(rows(admin.results(done, "unprocessedrecords"))) == 1


def test_a_failed_job_told_as_an_org_of_53_told_it(admin: Client) -> None:
    """Keys, their order and texts as recorded by Salesforce's SDK for Java functions."""
    jobs = "/services/data/v53.0/jobs/ingest"
    made = admin.post(jobs, json={"object": "Account", "operation": "insert"}).json()
    text = {"Content-Type": "text/csv"}
    admin.send("PUT", f"{jobs}/{made['id']}/batches", data=b"Name,Employees\nFoo,12\n", headers=text)
    closed = admin.send("PATCH", f"{jobs}/{made['id']}", json={"state": "UploadComplete"}).json()
    assert list(closed) == [
        "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode",
        "contentType", "apiVersion",
    ]  # fmt: skip
    admin.finished("ingest", made["id"])
    told = admin.get(f"{jobs}/{made['id']}").json()
    assert list(told) == [
        *closed, "jobType", "lineEnding", "columnDelimiter", "numberRecordsProcessed", "numberRecordsFailed", "retries",
        "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime", "errorMessage",
    ]  # fmt: skip
    assert told["errorMessage"] == "InvalidBatch : InvalidBatch : Field name not found : Employees"
    assert admin.results(told, "failedResults") == '"sf__Id","sf__Error","Name","Employees"\n'


def test_other_delimiters_and_line_endings(admin: Client) -> None:
    text = as_csv(["LastName", "Description"], [["Semi", "a;b,c"]], delimiter=";", lineterminator="\r\n")
    layout = {"columnDelimiter": "SEMICOLON", "lineEnding": "CRLF"}
    job = admin.ingest(text, object="Contact", operation="insert", **layout)
    assert job["numberRecordsFailed"] == 0
    assert admin.results(job, "successfulResults").startswith('"sf__Id";"sf__Created";"LastName";"Description"\r\n')


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"object": "Nonsense__c", "operation": "insert"}, "INVALIDENTITY"),
        ({"object": "Contact", "operation": "destroy"}, "INVALIDJOB"),
        ({"object": "Contact"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "upsert", "externalIdFieldName": "Description"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "insert", "columnDelimiter": "DOT"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "insert", "surprise": 1}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_job_nobody_could_run_is_refused_at_once(admin: Client, given: dict[str, Any], code: str) -> None:
    assert refused(admin.post(f"{API}/jobs/ingest", json=given))[:2] == (400, code)


def test_a_job_takes_one_upload_and_no_step_twice(admin: Client) -> None:
    job = admin.post(f"{API}/jobs/ingest", json={"object": "Contact", "operation": "insert"}).json()
    path, csv_type = f"{API}/jobs/ingest/{job['id']}", {"Content-Type": "text/csv"}
    assert refused(admin.get(f"{path}/failedResults"))[1] == "INVALIDJOBSTATE"
    assert admin.send("PUT", f"{path}/batches", data=b"LastName\nx\n", headers=csv_type).status_code == 201
    twice = refused(admin.send("PUT", f"{path}/batches", data=b"LastName\nx\n", headers=csv_type))
    assert twice[0] == 400 and "make sure you only do 'PUT' once" in twice[2]
    assert refused(admin.send("DELETE", path))[1] == "INVALIDJOBSTATE"
    assert admin.send("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert refused(admin.send("PATCH", path, json={"state": "UploadComplete"}))[1] == "INVALIDJOBSTATE"
    gone = admin.send("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert refused(admin.get(path)) == (404, "NOT_FOUND", "The requested resource does not exist")


def test_query_results_are_quoted_paged_and_exact(admin: Client, campaigns: list[str]) -> None:
    job = bulk_query(admin, "SELECT Id, Name, IsActive, BudgetedCost FROM Campaign ORDER BY CreatedDate, Id")
    assert (job["state"], job["numberRecordsProcessed"], job["jobType"]) == ("JobComplete", len(campaigns), "V2Query")
    path, locator, names, pages = f"{API}/jobs/query/{job['id']}/results", "", [], 0
    while locator != "null":
        params = {"maxRecords": "1000"} | ({"locator": locator} if locator else {})
        answer = admin.get(path, params=params)
        assert answer.headers["Content-Type"] == "text/csv"
        assert answer.headers["Content-Encoding"] == "gzip"
        text = answer.content.decode()
        assert text.startswith('"Id","Name","IsActive","BudgetedCost"\n"701')
        page = rows(text)
        assert len(page) == int(answer.headers["Sforce-NumberOfRecords"])
        names += [row["Name"] for row in page]
        locator, pages = answer.headers["Sforce-Locator"], pages + 1
    assert pages == 4
    assert names == campaigns
    assert (page[0]["IsActive"], page[0]["BudgetedCost"]) == ("false", "")


def test_result_pages_can_be_fetched_side_by_side(admin: Client, campaigns: list[str]) -> None:
    job = bulk_query(admin, "SELECT Name FROM Campaign")
    pages = admin.get(f"{API}/jobs/query/{job['id']}/resultPages").json()
    assert pages["done"] is True
    total = sum(len(rows(admin.get(page["resultUrl"]).content.decode())) for page in pages["resultPages"])
    assert total == len(campaigns)


def test_a_query_that_finds_nothing_has_a_header_and_no_rows(admin: Client) -> None:
    job = bulk_query(admin, "SELECT Id, Account.Name FROM Contact WHERE LastName = 'nobody at all'")
    answer = admin.get(f"{API}/jobs/query/{job['id']}/results")
    assert answer.content == b'"Id","Account.Name"\n'
    assert (answer.headers["Sforce-NumberOfRecords"], answer.headers["Sforce-Locator"]) == ("0", "null")


@pytest.mark.parametrize(
    "soql",
    ["SELEKT Id FROM Contact", "SELECT Bacon__c FROM Contact", "SELECT LeadSource, count(Id) FROM Contact GROUP BY LeadSource",
     "SELECT Id, (SELECT Id FROM Contacts) FROM Account", "SELECT MailingAddress FROM Contact", "SELECT Id FROM Contact OFFSET 5"],
)  # fmt: skip
def test_what_bulk_query_cannot_do_is_refused_at_creation(admin: Client, soql: str) -> None:
    answer = admin.post(f"{API}/jobs/query", json={"operation": "query", "query": soql})
    assert answer.status_code == 400, answer.text


def test_the_daily_number_of_query_jobs_is_limited(live_org: LiveOrg, admin: Client) -> None:
    live_org.control().post("/localorg/limit", json={"daily_query_jobs": 0})
    try:
        answer = admin.post(f"{API}/jobs/query", json={"operation": "query", "query": "SELECT Id FROM User"})
        message = "ExceededQuota : Max bulk v2 query jobs (0) per 24 hrs has been reached"
        assert refused(answer) == (400, "EXCEEDEDQUOTA", message)
    finally:
        live_org.control().post("/localorg/limit", json={"daily_query_jobs": 10_000})


def test_a_made_up_locator_is_refused(admin: Client, campaigns: list[str]) -> None:
    job = bulk_query(admin, "SELECT Name FROM Campaign")
    for locator in ("null", "AAAA", "MTAwMDA", "§"):
        answer = admin.get(f"{API}/jobs/query/{job['id']}/results", params={"locator": locator})
        assert refused(answer)[:2] == (400, "INVALID_QUERY_LOCATOR")


def test_query_jobs_are_listed_aborted_and_deleted(admin: Client) -> None:
    job = bulk_query(admin, "SELECT Id FROM Account")
    listed = admin.get(f"{API}/jobs/query").json()
    assert listed["done"] is True and job["id"] in [one["id"] for one in listed["records"]]
    assert (
        refused(admin.send("PATCH", f"{API}/jobs/query/{job['id']}", json={"state": "Aborted"}))[1] == "INVALIDJOBSTATE"
    )
    assert admin.send("DELETE", f"{API}/jobs/query/{job['id']}").status_code == 204
    assert admin.get(f"{API}/jobs/query/{job['id']}").status_code == 404


def test_simple_salesforce_bulk2_writes_and_reads(live_org: LiveOrg, admin: Client) -> None:
    client = Salesforce(instance_url=live_org.url, session_id=admin.token, session=admin.http, version="67.0")
    given = [{"LastName": f"Bulk é {number}"} for number in range(50)]
    written = client.bulk2.Contact.insert(records=given, batch_size=25)
    assert [(job["numberRecordsTotal"], job["numberRecordsFailed"]) for job in written] == [(25, 0), (25, 0)]
    pages = list(client.bulk2.Contact.query("SELECT LastName FROM Contact WHERE LastName LIKE 'Bulk%'", max_records=20))
    assert len(pages) == 3
    assert sorted(row["LastName"] for page in pages for row in csv.DictReader(io.StringIO(page))) == sorted(
        row["LastName"] for row in given
    )
    failed = client.bulk2.Contact.insert(records=[{"FirstName": "nameless"}])[0]
    assert "REQUIRED_FIELD_MISSING" in client.bulk2.Contact.get_failed_records(failed["job_id"])


def test_eight_clients_at_once_lose_nothing(live_org: LiveOrg, admin: Client) -> None:
    problems: list[str] = []

    def load(number: int) -> None:
        client = live_org.as_user()
        text = as_csv(["Name"], [[f"Crowd {number} {row}"] for row in range(300)])
        job = client.ingest(text, object="Account", operation="insert")
        client.query("SELECT Id FROM Account LIMIT 10")
        if (job["state"], job["numberRecordsFailed"]) != ("JobComplete", 0):
            problems.append(str(job))

    threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert admin.query("SELECT count(Id) total FROM Account WHERE Name LIKE 'Crowd %'")[0]["total"] == 2400
