"""What an org remembers across a stop: sessions, usage, cursors, and jobs that were waiting or under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from localorg.server.serve import LocalOrgServer
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


@contextmanager
def org(folder: Path) -> Iterator[LiveOrg]:
    with LocalOrgServer(folder) as server:
        yield LiveOrg(server, folder)


def uploaded(client: Client, rows: int) -> str:
    """A job with its file uploaded and not yet closed."""
    job = client.post(f"{API}/jobs/ingest", json={"object": "Account", "operation": "insert"}).json()
    text = "Name\n" + "".join(f"Account {number}\n" for number in range(rows))
    headers = {"Content-Type": "text/csv"}
    client.send("PUT", f"{API}/jobs/ingest/{job['id']}/batches", data=text.encode(), headers=headers)
    return str(job["id"])


def test_sessions_certificates_and_usage_outlive_a_stop(tmp_path: Path) -> None:
    with org(tmp_path) as first:
        client = first.as_user()
        authority = (tmp_path / "ca.pem").read_bytes()
        assert client.get(f"{API}/limits").headers["Sforce-Limit-Info"].startswith("api-usage=1/")
    with org(tmp_path) as second:
        again = Client(second.url, second.ca, client.token)
        assert again.get(f"{API}/limits").headers["Sforce-Limit-Info"].startswith("api-usage=2/")
        assert (tmp_path / "ca.pem").read_bytes() == authority


def test_a_locator_lives_on(tmp_path: Path) -> None:
    with org(tmp_path) as first:
        client = first.as_user()
        client.ingest("Name\n" + "x\n" * 2100, object="Account", operation="insert")
        following = client.get(f"{API}/query", params={"q": "SELECT Id FROM Account"}).json()["nextRecordsUrl"]
    with org(tmp_path) as second:
        page = Client(second.url, second.ca, client.token).get(following).json()
        assert (len(page["records"]), page["done"]) == (100, True)


def test_a_job_that_waited_is_worked_off_after_the_start(tmp_path: Path) -> None:
    with org(tmp_path) as first:
        client = first.as_user()
        job_id = uploaded(client, 10)
        jobs = first.server.runtime.jobs
        jobs.change(jobs.get(job_id, "ingest"), state="UploadComplete")  # closed, but the process ended first
    with org(tmp_path) as second:
        done = Client(second.url, second.ca, client.token).finished("ingest", job_id)
        assert (done["state"], done["numberRecordsProcessed"]) == ("JobComplete", 10)


def test_a_job_cut_off_half_way_fails_and_lists_the_rows_it_did_not_count(tmp_path: Path) -> None:
    with org(tmp_path) as first:
        client = first.as_user()
        job_id = uploaded(client, 10)
        jobs = first.server.runtime.jobs
        jobs.change(jobs.get(job_id, "ingest"), state="InProgress", processed=4)
    with org(tmp_path) as second:
        again = Client(second.url, second.ca, client.token)
        job = again.get(f"{API}/jobs/ingest/{job_id}").json()
        assert job["state"] == "Failed"
        assert job["errorMessage"] == "InternalServerError : The org was stopped while this job was in progress"
        rest = again.results(job, "unprocessedrecords").splitlines()
        assert rest == ['"Name"', *(f'"Account {number}"' for number in range(4, 10))]
