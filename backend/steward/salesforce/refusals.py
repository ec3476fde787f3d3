"""What the platform's errors mean: try again, log in again, or an error that says who must do what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

import requests

from steward.errors import AccessError, ConfigError, LimitError, StewardError, UpstreamError


class Verdict(Enum):
    FINE = "fine"
    EXPIRED = "expired"
    RETRY = "retry"
    REFUSED = "refused"


class PlatformError(UpstreamError):
    """The platform's own refusal of one request, with its status and error code."""

    def __init__(self, what: str, todo: str, status: int, code: str) -> None:
        super().__init__(what, todo)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Complaint:
    """The error of a reply: the platform's code and message, or what the edge sent instead."""

    status: int
    code: str
    message: str


_BUSY_STATUS = frozenset({408, 420, 429, 500, 502, 503, 504})
_BUSY_CODES = frozenset({
    "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "REQUEST_RUNNING_TOO_LONG",
    "CONCURRENT_REQUESTS_LIMIT_EXCEEDED",
})  # fmt: skip
_GRANT = "Assign the permission set AI_Donor_Integration to this user; `steward doctor` lists what is missing."
_ACCESS_CODES = frozenset({
    "INVALID_TYPE", "INVALID_FIELD", "INVALIDENTITY", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "INVALID_FIELD_FOR_INSERT_UPDATE",
    "API_CURRENTLY_DISABLED", "API_DISABLED_FOR_ORG", "FUNCTIONALITY_NOT_ENABLED", "FEATURENOTENABLED",
})  # fmt: skip


def complaint(response: requests.Response) -> Complaint:
    """Reads the error of a reply, whatever its shape; never the request, so no secret can come along."""
    body = response.content or b""
    try:
        data = json.loads(body)
    except ValueError:
        return Complaint(response.status_code, "", f"HTTP {response.status_code} {response.reason or ''}".strip())
    first = data[0] if isinstance(data, list) and data else data
    if not isinstance(first, dict):
        return Complaint(response.status_code, "", f"HTTP {response.status_code}")
    code = str(first.get("errorCode") or first.get("error") or "")
    message = str(first.get("message") or first.get("error_description") or f"HTTP {response.status_code}")
    return Complaint(response.status_code, code, " ".join(message.split()))


def judge(response: requests.Response, *, streamed: bool = False) -> Verdict:
    """What to do with a reply. `streamed` bodies of good replies are not looked at: their reader checks them."""
    status = response.status_code
    if status < 300 or status == 304:
        return Verdict.FINE if streamed or _whole(response) else Verdict.RETRY
    if status == 401:
        return Verdict.EXPIRED
    said = complaint(response)
    if said.code == "REQUEST_LIMIT_EXCEEDED":
        return Verdict.RETRY if "concurrent" in said.message.lower() else Verdict.REFUSED
    from_the_edge = not said.code and status in (403, 404, 406)  # HTML or nothing, where the platform sends JSON
    if status in _BUSY_STATUS or said.code in _BUSY_CODES or from_the_edge:
        return Verdict.RETRY
    return Verdict.REFUSED


def _whole(response: requests.Response) -> bool:
    """Whether a good reply is what the platform sends: not an edge page with status 200, not JSON cut short."""
    body = response.content.strip()
    kind = response.headers.get("Content-Type", "")
    if not body:
        return True
    if "json" in kind:
        return body[-1:] in (b"}", b"]") or body in (b"null", b"true", b"false")
    return not ("html" in kind or body[:1] == b"<")


def error(said: Complaint, doing: str) -> StewardError:
    """The error to raise for a refusal, by who must act."""
    what = f"{doing}: {said.message}" + (f" ({said.code})" if said.code else "")
    if said.code == "REQUEST_LIMIT_EXCEEDED":
        return LimitError(what, "The org's calls of the last 24 hours are used up; run again later.")
    if said.status == 410 or said.code in ("UNSUPPORTED_API_VERSION", "INVALID_VERSION"):
        return ConfigError(what, "Set STEWARD_SF_API_VERSION to a version that the org supports.")
    if said.status == 401:
        return AccessError(what, "Log in again: check the user, the key and the External Client App.")
    if said.code in _ACCESS_CODES:
        return AccessError(what, _GRANT)
    if said.code in ("ExceededQuota", "EXCEEDED_QUOTA", "LIMIT_EXCEEDED", "STORAGE_LIMIT_EXCEEDED"):
        return LimitError(
            what, "Free some space or wait until the limit is renewed; `steward doctor` shows the limits."
        )
    return PlatformError(
        what, "Run again to resume; if it stays, `steward doctor` may show the cause.", said.status, said.code
    )
