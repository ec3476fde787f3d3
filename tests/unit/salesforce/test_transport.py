"""Every call is patient with what passes, quick with what does not, counted, and keeps its token to itself."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
import urllib3
from steward.errors import AccessError, ConfigError, LimitError, UpstreamError
from steward.salesforce import transport
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway
from steward.salesforce.refusals import PlatformError
from steward.salesforce.transport import Line, Meter, Patience, Timeouts

HTML = "<html><body>We are down for maintenance.</body></html>"
FINE = {"json": {"ok": True}}


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 503, "body": HTML, "content_type": "text/html"},
        {"status": 502, "body": ""},
        {"status": 504, "body": ""},
        {"status": 420, "body": HTML, "content_type": "text/html"},
        {"status": 406, "body": ""},
        {"status": 404, "body": HTML, "content_type": "text/html"},
        {"status": 200, "body": HTML, "content_type": "text/html;charset=UTF-8"},
        {"status": 200, "body": '{"ok": tr', "content_type": "application/json"},
        {"status": 400, "json": [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]},
        {"status": 403, "json": [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentPerOrgLongTxn Limit exceeded."}]},
        {"body": requests.ConnectionError("reset")},
        {"body": requests.ReadTimeout("slow")},
        {"body": requests.exceptions.ChunkedEncodingError("cut short")},
        {"body": urllib3.exceptions.ProtocolError("broken")},
    ],
    ids=str,
)  # fmt: skip
def test_what_passes_is_tried_again(
    org: responses.RequestsMock, gateway: Gateway, data: str, pauses: list[float], trouble: dict[str, Any]
) -> None:
    org.add("GET", f"{data}/limits", **trouble)
    org.add("GET", f"{data}/limits", **FINE)
    assert gateway.send("GET", "limits").json() == {"ok": True}
    assert pauses == [0.5]
    assert (gateway.meter.calls, gateway.meter.retries) == (2, 1)


def test_waiting_grows_and_ends_with_what_to_do(
    org: responses.RequestsMock, gateway: Gateway, data: str, pauses: list[float]
) -> None:
    org.add("GET", f"{data}/limits", status=503, body=HTML)
    with pytest.raises(UpstreamError, match=r"GET /services/data/v67.0/limits: HTTP 503.*tried 7 times.*Run again"):
        gateway.send("GET", "limits")
    assert pauses == [0.5, 1, 2, 4, 8, 16]


def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    org: responses.RequestsMock, gateway: Gateway, data: str, pauses: list[float]
) -> None:
    org.add("GET", f"{data}/limits", status=429, headers={"Retry-After": "17"})
    dates = {"Date": "Sun, 22 Nov 2026 00:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 00:00:30 GMT"}
    org.add("GET", f"{data}/limits", status=429, headers=dates)
    org.add("GET", f"{data}/limits", **FINE)
    gateway.send("GET", "limits")
    assert pauses == [17, 30]


def test_jitter_keeps_a_pause_between_half_and_the_whole_of_the_backoff() -> None:
    assert Patience(chance=lambda: 0.0).delay(2) == 1.0
    assert Patience(chance=lambda: 1.0).delay(2) == 2.0
    assert Patience(chance=lambda: 1.0).delay(30) == 60.0


@pytest.mark.parametrize(
    ("code", "status", "kind", "todo"),
    [
        ("INVALID_FIELD", 400, AccessError, "AI_Donor_Integration"),
        ("INVALID_TYPE", 400, AccessError, "AI_Donor_Integration"),
        ("REQUEST_LIMIT_EXCEEDED", 403, LimitError, "run again later"),
        ("UNSUPPORTED_API_VERSION", 410, ConfigError, "STEWARD_SF_API_VERSION"),
        ("MALFORMED_QUERY", 400, PlatformError, "doctor"),
        ("NOT_FOUND", 404, PlatformError, "doctor"),
    ],
)
def test_what_does_not_pass_is_said_at_once(
    org: responses.RequestsMock, gateway: Gateway, data: str, refuses: Callable[..., dict[str, Any]], pauses: list[float],
    code: str, status: int, kind: type[Exception], todo: str,
) -> None:  # fmt: skip
    org.add("GET", f"{data}/query", **refuses(code, "Something\nis wrong", status))
    with pytest.raises(kind, match=rf"Something is wrong \({code}\).*{todo}"):
        gateway.send("GET", "query", params={"q": "SELECT Id FROM Contact"})
    assert pauses == []
    assert gateway.meter.calls == 1


def test_a_given_session_that_expired_is_the_operators_matter(
    org: responses.RequestsMock, gateway: Gateway, data: str, refuses: Callable[..., dict[str, Any]]
) -> None:
    org.add("GET", f"{data}/limits", **refuses("INVALID_SESSION_ID", "Session expired or invalid", 401))
    with pytest.raises(AccessError, match="Give a new one"):
        gateway.send("GET", "limits")


class Tokens:
    def __init__(self) -> None:
        self.value = "first"
        self.renewals: list[str] = []

    def current(self) -> str:
        return self.value

    def renewed(self, stale: str) -> str:
        self.renewals.append(stale)
        self.value = "second"
        return self.value


def _line(tokens: Tokens, pauses: list[float]) -> Line:
    return Line(Patience(sleep=pauses.append), Timeouts(), Meter(), tokens)


def test_an_expired_token_is_renewed_once_and_the_call_goes_on(
    org: responses.RequestsMock, pauses: list[float]
) -> None:
    seen: list[str] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        seen.append(request.headers["Authorization"])
        return (401 if seen[-1] == "Bearer first" else 200), {}, '[{"errorCode": "INVALID_SESSION_ID", "message": "x"}]'

    org.add_callback("GET", "https://org.example/x", answer, content_type="application/json")
    tokens = Tokens()
    with transport.session(_line(tokens, pauses), "https://org.example") as http:
        http.get("https://org.example/x")
    assert seen == ["Bearer first", "Bearer second"]
    assert tokens.renewals == ["first"]
    assert pauses == []


def test_a_token_that_is_refused_after_renewal_ends_the_call(org: responses.RequestsMock, pauses: list[float]) -> None:
    org.add(
        "GET", "https://org.example/x", status=401, json=[{"errorCode": "INVALID_SESSION_ID", "message": "expired"}]
    )
    tokens = Tokens()
    with transport.session(_line(tokens, pauses), "https://org.example") as http, pytest.raises(AccessError):
        http.get("https://org.example/x")
    assert len(tokens.renewals) == 3


def test_a_body_is_sent_whole_again(pauses: list[float]) -> None:
    body = io.BytesIO(b"Id\n1\n")
    request = requests.Request("PUT", "https://org.example/x", data=body).prepare()
    adapter = transport.PatientAdapter(_line(Tokens(), pauses))
    body.read()
    adapter._prepare(request, attempt=1)
    assert body.read() == b"Id\n1\n"


def test_the_budget_stops_a_run_before_it_is_crossed(org: responses.RequestsMock, data: str) -> None:
    connection = Connection(auth="session", session_id="x", instance_url="https://org.example")
    org.add("GET", f"{data}/limits", **FINE)
    with Gateway(connection, budget=2) as gateway:
        gateway.send("GET", "limits")
        gateway.send("GET", "limits")
        with pytest.raises(LimitError, match=r"used its 2 API calls.*STEWARD_API_CALL_BUDGET"):
            gateway.send("GET", "limits")
    assert len(org.calls) == 2


def test_a_run_that_moved_its_megabytes_ends_with_what_to_do(org: responses.RequestsMock, data: str) -> None:
    connection = Connection(auth="session", session_id="x", instance_url="https://org.example")
    org.add("GET", f"{data}/limits", json={"filler": "x" * 1_500_000})
    with Gateway(connection, byte_budget=2_000_000) as gateway:
        gateway.send("GET", "limits")
        assert 1_500_000 < gateway.meter.bytes_received < 1_500_100
        assert gateway.meter.megabytes == 2  # what has begun counts
        with pytest.raises(LimitError, match=r"moved its 2 MB.*STEWARD_MEGABYTE_BUDGET"):
            gateway.send("GET", "limits")


def test_bytes_are_counted_as_they_came_over_the_wire(org: responses.RequestsMock, gateway: Gateway, data: str) -> None:
    packed = gzip.compress(json.dumps({"filler": "x" * 100_000}).encode())
    org.add("GET", f"{data}/limits", body=packed, headers={"Content-Encoding": "gzip"}, content_type="application/json")
    assert len(gateway.send("GET", "limits").json()["filler"]) == 100_000
    assert gateway.meter.bytes_received == len(packed)


def test_an_uploads_bytes_count_too(org: responses.RequestsMock, data: str) -> None:
    connection = Connection(auth="session", session_id="x", instance_url="https://org.example")
    org.add("PUT", f"{data}/jobs/ingest/1/batches", status=201)
    with Gateway(connection, byte_budget=1_000_000) as gateway:
        with pytest.raises(LimitError, match="moved its 1 MB"):
            gateway.send("PUT", "jobs/ingest/1/batches", data=b"x" * 1_000_001)
        assert len(org.calls) == 0  # not sent, and not paid for


def test_the_orgs_own_count_is_read_and_respected(org: responses.RequestsMock, gateway: Gateway, data: str) -> None:
    org.add("GET", f"{data}/limits", json={}, headers={"Sforce-Limit-Info": "api-usage=15000/15000"})
    gateway.send("GET", "limits")
    with pytest.raises(LimitError, match="15000 of its 15000"):
        gateway.send("GET", "limits")
    assert len(org.calls) == 1


def test_the_token_reaches_one_host_only(gateway: Gateway, org: responses.RequestsMock) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        gateway.http.get("https://elsewhere.example/services/data")
    with pytest.raises(requests.exceptions.InvalidSchema):
        gateway.http.get("https://org.example.evil.example/services/data")


def test_secrets_are_in_no_text(org: responses.RequestsMock, gateway: Gateway, data: str) -> None:
    org.add("GET", f"{data}/query", status=400, json=[{"errorCode": "MALFORMED_QUERY", "message": "no"}])
    with pytest.raises(PlatformError) as raised:
        gateway.send("GET", "query")
    shown = f"{gateway.connection!r} {raised.value!s} {raised.value!r} {gateway.meter!r} {gateway._login.token()!r}"
    assert "secret" not in shown
