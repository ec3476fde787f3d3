"""The wire: one HTTPS adapter that gives every call a timeout, patience, the current token and a place in the count."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import requests
import requests.adapters
import urllib3.exceptions

from steward.errors import LimitError, UpstreamError
from steward.salesforce import refusals
from steward.salesforce.refusals import Complaint, Verdict

_BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.HTTPError,
)
_RENEWALS = 3  # of the token in one call: it may expire again, but not without end
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


@dataclass(frozen=True)
class Patience:
    """How often and how long to try again: exponential backoff with jitter; the server's Retry-After is honoured."""

    attempts: int = 7
    first: float = 0.5
    longest: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = lambda: 0.5

    def delay(self, attempt: int, asked: float = 0.0) -> float:
        """Seconds before try number `attempt` + 2: between half and the whole of the backoff, never less than asked."""
        backoff = min(self.longest, self.first * 2.0**attempt) * (0.5 + self.chance() / 2)
        return max(backoff, min(asked, 600.0))

    def pause(self, attempt: int, asked: float = 0.0) -> None:
        self.sleep(self.delay(attempt, asked))


MEGABYTE = 1_000_000


@dataclass
class Meter:
    """Counts what a run costs the org in calls and in bytes on the wire, and stops it where a cap is reached."""

    budget: int | None = None
    byte_budget: int | None = None
    calls: int = 0
    retries: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    org_used: int | None = None
    org_limit: int | None = None
    server_time: datetime | None = None

    def spend(self, sent: int) -> None:
        if self.budget is not None and self.calls >= self.budget:
            raise LimitError(
                f"This run has used its {self.budget} API calls.",
                "Run again to resume, or raise STEWARD_API_CALL_BUDGET.",
            )
        if self.org_used is not None and self.org_limit is not None and self.org_used >= self.org_limit:
            raise LimitError(
                f"The org has used {self.org_used} of its {self.org_limit} API calls of the last 24 hours.",
                "Run again later, or ask the admin which integration uses so many.",
            )
        self.calls += 1
        self.bytes_sent += sent
        self._weigh()

    @property
    def megabytes(self) -> int:
        """Both ways, begun ones counted whole."""
        return -(-(self.bytes_sent + self.bytes_received) // MEGABYTE)

    def receive(self, received: int) -> None:
        self.bytes_received += received
        self._weigh()

    def _weigh(self) -> None:
        if self.byte_budget is not None and self.bytes_sent + self.bytes_received > self.byte_budget:
            raise LimitError(
                f"This run has moved its {self.byte_budget // MEGABYTE} MB between here and the org.",
                "Run again to resume, or raise STEWARD_MEGABYTE_BUDGET.",
            )

    def read(self, headers: Mapping[str, str]) -> None:
        usage = _USAGE.search(headers.get("Sforce-Limit-Info", ""))
        if usage:
            self.org_used, self.org_limit = int(usage[1]), int(usage[2])
        if "Date" in headers:
            self.server_time = email.utils.parsedate_to_datetime(headers["Date"])


class TokenSource(Protocol):
    """Whoever can give the current access token, and a new one when the org calls it expired."""

    def current(self) -> str: ...

    def renewed(self, stale: str) -> str: ...


@dataclass(frozen=True)
class Timeouts:
    connect: float = 10.0
    read: float = 120.0


@dataclass
class Line:
    """What an adapter needs to know; shared by all requests of one gateway."""

    patience: Patience
    timeouts: Timeouts
    meter: Meter = field(default_factory=Meter)
    tokens: TokenSource | None = None


class PatientAdapter(requests.adapters.HTTPAdapter):
    """Sends a request until it gets an answer that means something, or until patience ends."""

    def __init__(self, line: Line, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line = line

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        line, doing = self._line, _named(request)
        stream = bool(kwargs.get("stream", args[0] if args else False))
        kwargs["timeout"] = (line.timeouts.connect, line.timeouts.read)
        renewals = 0
        for attempt in range(line.patience.attempts):
            token = self._prepare(request, attempt)
            verdict, response, said = self._once(request, stream, args, kwargs)
            if verdict is Verdict.FINE and response is not None:
                return response
            if verdict is Verdict.EXPIRED and line.tokens and renewals < _RENEWALS:
                renewals += 1
                line.tokens.renewed(token)
                continue
            if verdict is not Verdict.RETRY:
                raise refusals.error(said, doing)
            if attempt + 1 < line.patience.attempts:
                line.meter.retries += 1
                line.patience.pause(attempt, _retry_after(response))
        raise UpstreamError(
            f"{doing}: {said.message}; tried {line.patience.attempts} times.",
            "Run again to resume where this run stopped.",
        )

    def _prepare(self, request: requests.PreparedRequest, attempt: int) -> str:
        """Rewinds the body, counts the call and puts in the token of the moment."""
        line = self._line
        body = request.body
        if attempt and body is not None and hasattr(body, "seek"):
            body.seek(0)
        line.meter.spend(int(request.headers.get("Content-Length") or 0))
        if line.tokens is None:
            return ""
        token = line.tokens.current()
        request.headers["Authorization"] = f"Bearer {token}"
        return token

    def _once(
        self, request: requests.PreparedRequest, stream: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Verdict, requests.Response | None, Complaint]:
        """One try: what to do about it, the reply if there was one, and what it complains of."""
        try:
            response = super().send(request, *args, **kwargs)
            self._line.meter.read(response.headers)
            if not stream or response.status_code >= 300:
                _ = response.content  # read here, where a broken body is retried
                self._line.meter.receive(on_the_wire(response))
        except _BROKEN as broken:
            return Verdict.RETRY, None, Complaint(0, "", f"the connection broke ({type(broken).__name__})")
        verdict = refusals.judge(response, streamed=stream)
        fine = verdict is Verdict.FINE
        return verdict, response, Complaint(response.status_code, "", "") if fine else refusals.complaint(response)


def session(line: Line, base_url: str, ca_bundle: str = "") -> requests.Session:
    """A session that can talk to one host only: a token cannot travel elsewhere, not even by redirect."""
    made = requests.Session()
    made.trust_env = False  # neither proxies nor .netrc credentials from the environment
    made.verify = ca_bundle or True
    made.adapters.clear()
    made.mount(base_url.rstrip("/") + "/", PatientAdapter(line, pool_connections=2, pool_maxsize=8))
    return made


def on_the_wire(response: requests.Response) -> int:
    """Bytes of the body that were read so far, compressed as they came."""
    return int(response.raw.tell())


def _named(request: requests.PreparedRequest) -> str:
    """The request in words for errors and logs: method and path, without the query or any header."""
    path = (request.url or "").split("?", 1)[0]
    return f"{request.method} /{path.split('/', 3)[-1]}"


def _retry_after(response: requests.Response | None) -> float:
    if response is None:
        return 0.0
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked)
    try:
        then, now = email.utils.parsedate_to_datetime(asked), response.headers.get("Date")
    except ValueError:
        return 0.0
    return max(0.0, (then - email.utils.parsedate_to_datetime(now)).total_seconds()) if now else 0.0
