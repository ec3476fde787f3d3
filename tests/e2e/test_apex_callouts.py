"""Callouts of the org's Apex: to this machine, with the named credential's token, without holding the org's other work up."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from localorg.apex import process
from localorg_live import API, Client, LiveOrg

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")]
CALL = """
HttpRequest request = new HttpRequest();
request.setEndpoint('%s');
request.setMethod('POST');
request.setBody('asked');
HttpResponse response = new Http().send(request);
insert new Account(Name = response.getStatusCode() + ' ' + response.getBody());
"""


class Service(ThreadingHTTPServer):
    """Gives tokens, takes one of them, and writes to the org before it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tokens = iter(["old", "new"])
        self.client: Client | None = None
        self.proofs: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path == "/token":
            self.server.proofs.append(base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode())
            self.answer(200, json.dumps({"access_token": next(self.server.tokens)}))
        elif self.headers["Authorization"] != "Bearer new":
            self.answer(401, "stale")
        else:
            assert self.server.client is not None
            self.server.client.create("Contact", LastName="Written meanwhile")
            self.answer(200, body + self.path)

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def trigger(live_org: LiveOrg, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the service writes meanwhile runs Apex of its own."""
    folder = tmp_path_factory.mktemp("source") / "main" / "default" / "triggers"
    folder.mkdir(parents=True)
    (folder / "Meanwhile.trigger").write_text(
        "trigger Meanwhile on Contact (before insert) { Trigger.new[0].Title = 'Triggered'; }"
    )
    (folder / "Meanwhile.trigger-meta.xml").write_text(
        '<ApexTrigger xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>62.0</apiVersion>'
        "<status>Active</status></ApexTrigger>"
    )
    live_org.server.runtime.org.deploy(folder.parents[2])


@pytest.fixture
def service(admin: Client) -> Iterator[Service]:
    with Service() as made:
        made.client = admin
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def run(client: Client, endpoint: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(
        f"{API}/tooling/executeAnonymous", params={"anonymousBody": CALL % endpoint}
    ).json()
    return answer


def test_a_named_credential_gets_a_token_and_a_new_one_when_it_is_refused(
    live_org: LiveOrg, admin: Client, service: Service
) -> None:
    entered = {"url": service.url, "token_url": f"{service.url}/token", "client_id": "org", "client_secret": "secret"}
    live_org.control().post("/localorg/credential", json={"name": "Steward", **entered})

    done = run(admin, "callout:Steward/v1/score")

    assert done["success"], done
    assert [record["Name"] for record in admin.query("SELECT Name FROM Account WHERE Name LIKE '200 %'")] == [
        "200 asked/v1/score"
    ]
    (written,) = admin.query("SELECT Title FROM Contact WHERE LastName = 'Written meanwhile'")
    assert written["Title"] == "Triggered"
    assert service.proofs == ["org:secret", "org:secret"]


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("https://example.org/x", "Unauthorized endpoint"),
        ("callout:Nobody/x", "the named credential Nobody doesn't exist"),
        ("http://127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_what_cannot_be_called_is_a_callout_exception(admin: Client, endpoint: str, said: str) -> None:
    done = run(admin, endpoint)

    assert not done["success"]
    assert done["exceptionMessage"].startswith("System.CalloutException: ")
    assert said in done["exceptionMessage"]
