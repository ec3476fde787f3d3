"""The real local org on TLS, and a client of it that trusts only its own certificate authority."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from localorg.server.serve import LocalOrgServer

API = "/services/data/v67.0"
ADMIN = "admin@steward.example"


@dataclass
class Client:
    """`requests` with a base URL and a token. Environment proxies and CA bundles are left out of it."""

    base: str
    ca: str
    token: str = ""
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False
        self.http.verify = self.ca

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | given.pop("headers", {})
        return self.http.request(method, self.base + path, headers=headers, timeout=30, **given)

    def get(self, path: str, **given: Any) -> requests.Response:
        return self.send("GET", path, **given)

    def post(self, path: str, json: Any = None, **given: Any) -> requests.Response:
        return self.send("POST", path, json=json, **given)

    def query(self, soql: str) -> list[dict[str, Any]]:
        answer = self.get(f"{API}/query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        return answer.json()["records"]

    def create(self, sobject: str, **record: Any) -> str:
        answer = self.post(f"{API}/sobjects/{sobject}", json=record)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def finished(self, kind: str, job_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            job = self.get(f"{API}/jobs/{kind}/{job_id}").json()
            if job["state"] in ("JobComplete", "Failed", "Aborted"):
                return job
            time.sleep(0.02)
        raise AssertionError(f"job {job_id} did not finish")

    def ingest(self, csv: str | bytes, **job: Any) -> dict[str, Any]:
        """Create, upload, close and await an ingest job."""
        created = self.post(f"{API}/jobs/ingest", json={"contentType": "CSV", **job})
        assert created.status_code == 200, created.text
        job_id = created.json()["id"]
        body = csv.encode() if isinstance(csv, str) else csv
        put = self.send("PUT", f"{API}/jobs/ingest/{job_id}/batches", data=body, headers={"Content-Type": "text/csv"})
        assert put.status_code == 201, put.text
        closed = self.send("PATCH", f"{API}/jobs/ingest/{job_id}", json={"state": "UploadComplete"})
        assert closed.status_code == 200, closed.text
        return self.finished("ingest", job_id)

    def results(self, job: dict[str, Any], which: str) -> str:
        answer = self.get(f"{API}/jobs/ingest/{job['id']}/{which}")
        assert answer.status_code == 200, answer.text
        return answer.content.decode()


@dataclass
class LiveOrg:
    server: LocalOrgServer
    folder: Path

    @property
    def url(self) -> str:
        return self.server.address.tls_url

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def anonymous(self) -> Client:
        return Client(self.url, self.ca)

    def control(self) -> Client:
        return Client(self.url, self.ca, self.server.runtime.admin_token)

    def as_user(self, username: str = ADMIN) -> Client:
        """A client with an open session of this user."""
        runtime = self.server.runtime
        user = runtime.find_user(username)
        assert user is not None, username
        return Client(self.url, self.ca, runtime.accounts.open_session(runtime.org_id, user.id, None).token)
