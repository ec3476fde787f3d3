"""The service as processes under attack, byte by byte over its socket: every refusal is a 4xx in one shape, and others are served."""

from __future__ import annotations

import gzip
import json
import pathlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests
from steward import config
from steward.bootstrap import Steward, make_home
from steward.state.clients import Clients
from test_real_time_torture import free_port
from torture_kit import Processes, service

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
EVENT = {
    "event_id": "006:1", "donor_id": "0038d0000000001AAA", "event_type": "donation_created",
    "timestamp": "2026-04-14T10:23:11Z",
}  # fmt: skip


@dataclass
class Served:
    url: str
    port: int
    token: str
    log: pathlib.Path

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, body: bytes, path: str = "/v1/events", **headers: str) -> requests.Response:
        given = {"Content-Type": "application/json"} | self.bearer | headers
        return requests.post(f"{self.url}{path}", data=body, headers=given, timeout=30)

    def raw(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        """What the service answers to these bytes: status, headers in small letters, body."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(sent)
            got = b""
            while part := line.recv(65536):
                got += part
                head, blank, body = got.partition(b"\r\n\r\n")
                names = dict(
                    one.lower().split(": ", 1) for one in head.decode("latin-1").split("\r\n")[1:] if ": " in one
                )
                if blank and len(body) >= int(names.get("content-length", "0")):
                    break
        return int(got.split(b" ", 2)[1]), names, body


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("attacked"), free_port()
    settings = {
        "STEWARD_HOME": str(folder / "home"), "STEWARD_LISTEN": f"127.0.0.1:{port}", "STEWARD_SF_AUTH": "session",
        "STEWARD_SF_SESSION_ID": "x", "STEWARD_SF_INSTANCE_URL": "https://org.invalid", "STEWARD_RATE_LIMIT": "100000/minute",
    }  # fmt: skip
    make_home(config.load(settings))
    steward = Steward(config.load(settings))
    client = Clients(steward.state.engine, steward.now).create("attacker", ["events", "score"])
    steward.close()
    processes = Processes(settings, folder)
    try:
        with service(processes, port) as url:
            answer = requests.post(
                f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=client, timeout=30
            )
            yield Served(url, port, answer.json()["access_token"], folder / "serve.log")
    finally:
        processes.stop()


def refused(status: int, headers: dict[str, str], body: bytes) -> None:
    assert 400 <= status < 500
    assert headers["content-type"] == "application/problem+json"
    told = json.loads(body)
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert {"title", "detail", "todo", "correlation_id"} <= told.keys()


BODIES: dict[str, Callable[[], bytes]] = {
    "a depth bomb": lambda: b"[" * 1_000_000,
    "a depth bomb of objects": lambda: b'{"a":' * 180_000,
    "ten megabytes": lambda: b'{"events": ["' + b"x" * 10_000_000 + b'"]}',
    "no UTF-8": lambda: b'{"events": "\xff\xfe\xc3\x28"}',
    "UTF-16": lambda: json.dumps({"events": [EVENT]}).encode("utf-16"),
    "half a surrogate": lambda: json.dumps({"events": [EVENT | {"event_id": "\ud800"}]}).encode(),
    "a number without end": lambda: b'{"events": ' + b"9" * 5_000 + b"}",
    "packed": lambda: gzip.compress(b'{"events": []}' * 100),
    "nothing": lambda: b"",
    "a value that is no number": lambda: b'{"events": NaN}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_a_weapon_is_refused(served: Served, name: str) -> None:
    answer = served.post(BODIES[name](), **({"Content-Encoding": "gzip"} if name == "packed" else {}))
    refused(answer.status_code, {"content-type": answer.headers["Content-Type"]}, answer.content)


DONORS = [
    "003' OR Id != '", "0038d0000000001AAA'--", "0038d0000000001AAA\n", "0038d0000000001AAA\u0000", "００３8d0000000001",
    "0038d0000000001AA\u0130", "../../../etc/passwd", "{{7*7}}", "%00", "003" + "0" * 300,
]  # fmt: skip


@pytest.mark.parametrize("donor", DONORS, ids=ascii)
def test_an_id_that_is_a_query_never_becomes_one(served: Served, donor: str) -> None:
    for path, body in (
        ("/v1/scores", {"donor_ids": [donor]}),
        ("/v1/events", {"events": [EVENT | {"donor_id": donor}]}),
    ):
        answer = served.post(json.dumps(body).encode(), path)
        refused(answer.status_code, {"content-type": answer.headers["Content-Type"]}, answer.content)
        assert donor not in answer.text


@pytest.mark.parametrize("field", ["event_id", "correlation_id", "priority"])
def test_a_line_break_does_not_hide_behind_the_end_of_a_pattern(served: Served, field: str) -> None:
    good = {"event_id": "006:2", "correlation_id": "trace-1", "priority": "batch"}[field]
    answer = served.post(json.dumps({"events": [EVENT | {field: f"{good}\n"}]}).encode())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"events[0].{field}"


@pytest.mark.parametrize("trace", ["a\tSet-Cookie: x=1", "<script>", "${jndi:ldap://x}", "a" * 65, "%0d%0aX-Evil: 1"])
def test_a_trace_that_is_a_header_is_not_sent_back(served: Served, trace: str) -> None:
    answer = requests.get(f"{served.url}/livez", headers={"X-Correlation-Id": trace}, timeout=30)
    assert answer.status_code == 200
    assert trace not in str(answer.headers)


HEAD = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a method with spaces": b"GET / HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a request line without end": b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without end": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    "a thousand headers": b"GET /livez HTTP/1.1\r\nHost: x\r\n"
    + b"".join(b"X-%d: 1\r\n" % n for n in range(1000))
    + b"\r\n",
    "a line break in a header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: a\rSet-Cookie: b\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    "a length and chunks": HEAD
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /ops HTTP/1.1\r\n\r\n",
    "a length that is no number": HEAD + b"Content-Length: -1\r\n\r\n",
    "a header that begins with a blank": b"GET /livez HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n",
    "another version": b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_is_no_request_is_refused_in_the_same_words(served: Served, name: str) -> None:
    refused(*served.raw(NONSENSE[name]))


CHUNKS = {
    "a chunk that is no number": b"xyz\r\nab\r\n0\r\n\r\n",
    "a chunk that never ends": b"5\r\nabcdefg\r\n0\r\n\r\n",
    "chunks beyond the limit": b"10000\r\n" + b"x" * 65_536 + b"\r\n",
}


@pytest.mark.parametrize("name", CHUNKS)
def test_a_body_in_chunks_is_held_to_the_same_limits(served: Served, name: str) -> None:
    head = HEAD + f"Authorization: Bearer {served.token}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    times = 40 if "limit" in name else 1
    refused(*served.raw(head + CHUNKS[name] * times))


PATHS = ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//evil.example/ops", "/ops/%2e%2e%2fetc", "/v1/events%00", "/.env",
         "/static/../wsgi.py", "/v1/events;x=1", "http://evil.example/ops/"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_a_trick_leads_nowhere(served: Served, path: str) -> None:
    status, headers, body = served.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    refused(status, headers, body)
    assert "location" not in headers


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "PATCH", "DELETE"])
def test_a_method_that_nobody_offers_is_refused(served: Served, method: str) -> None:
    refused(*served.raw(f"{method} /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))


def test_who_falls_silent_does_not_hold_up_the_others(served: Served) -> None:
    """Two processes of four threads: so many lines that stop in the middle would hold all of them for ever."""
    head = f"{HEAD.decode()}Authorization: Bearer {served.token}\r\nContent-Length: 500\r\n\r\n".encode()
    lines = [socket.create_connection(("127.0.0.1", served.port), timeout=90) for _ in range(16)]
    for number, line in enumerate(lines):
        line.sendall(head + b'{"events": [' if number % 2 else b"POST /v1/events HTTP/1.1\r\nHost: x\r\nX-")
    began = time.monotonic()
    assert requests.get(f"{served.url}/livez", timeout=90).status_code == 200
    assert time.monotonic() - began < 40  # two rounds of the silence, and of what gunicorn waits, for eight threads
    for line in lines:
        line.close()


def test_no_attack_was_a_fault_of_the_service(served: Served) -> None:
    log = served.log.read_text(encoding="utf-8", errors="replace")
    assert '"status": 500' not in log
    assert served.token not in log
    assert requests.get(f"{served.url}/livez", timeout=30).status_code == 200
