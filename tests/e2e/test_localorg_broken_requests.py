"""Requests that break off, lie about themselves or are too long: nothing of them stays, and others are served meanwhile."""

from __future__ import annotations

import socket
import ssl

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


def told(org: LiveOrg, token: str, request: str, *headers: str) -> bytes:
    """What comes back for bytes that are sent as they are, after which the client sends nothing more."""
    head = [request, "Host: localhost", f"Authorization: Bearer {token}", "Content-Type: text/csv", *headers]
    with socket.create_connection(("127.0.0.1", org.server.address.port), timeout=10) as connection:
        connection.sendall("\r\n".join(head).encode())
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


@pytest.mark.parametrize(
    "body",
    [
        ("Content-Length: 5000", "", "Name\nHalf a"),
        ("Transfer-Encoding: chunked", "", "5\r\nName\n"),
        ("Transfer-Encoding: chunked", "", "zz\r\nName\n"),
        ("Content-Length: -5", "", "Name\nHalf a"),
    ],
)
def test_half_an_upload_is_none(live_org: LiveOrg, admin: Client, body: tuple[str, ...]) -> None:
    job = admin.post(f"{API}/jobs/ingest", json={"object": "Account", "operation": "insert"}).json()
    path = f"{API}/jobs/ingest/{job['id']}"
    assert told(live_org, admin.token, f"PUT {path}/batches HTTP/1.1", *body) == b""
    whole = admin.send("PUT", f"{path}/batches", data=b"Name\nWhole\n", headers={"Content-Type": "text/csv"})
    assert whole.status_code == 201
    admin.send("PATCH", path, json={"state": "UploadComplete"})
    assert admin.finished("ingest", job["id"])["numberRecordsProcessed"] == 1
    assert admin.query("SELECT Id FROM Account WHERE Name LIKE 'Half%'") == []


def test_half_a_record_is_none(live_org: LiveOrg, admin: Client) -> None:
    told(live_org, admin.token, f"POST {API}/sobjects/Account HTTP/1.1", "Content-Length: 99", "", '{"Name": "Half"}')
    assert admin.query("SELECT Id FROM Account WHERE Name = 'Half'") == []


def test_the_edge_refuses_what_is_too_long(admin: Client) -> None:
    """As real orgs answered jsforce, simple-salesforce and the CLI: no JSON, but the web server's own words."""
    asked = f"SELECT Id FROM Account WHERE Name = '{'x' * 16_384}'"
    address = admin.get(f"{API}/query", params={"q": asked})
    assert (address.status_code, address.text) == (414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>")
    headers = admin.get(f"{API}/limits", headers={"X-Padding": "x" * 16_384})
    assert headers.status_code == 431
    assert headers.text == "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"
    assert admin.get(f"{API}/limits").status_code == 200


def test_a_client_that_is_killed_while_it_is_answered_is_no_fault_of_the_server(
    live_org: LiveOrg, admin: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    context = ssl.create_default_context(cafile=live_org.ca)
    asked = f"GET {API}/sobjects/Opportunity/describe HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {admin.token}\r\n\r\n"
    for read in (0, 1, 100, 5_000) * 5:
        with socket.create_connection(("127.0.0.1", live_org.server.address.tls_port), timeout=10) as plain:
            client = context.wrap_socket(plain, server_hostname="localhost")
            client.sendall(asked.encode())
            client.recv(read) if read else None
            client.shutdown(socket.SHUT_RDWR)  # no farewell of TLS
            client.close()
    assert admin.get(f"{API}/limits").status_code == 200
    assert capfd.readouterr().err == ""
