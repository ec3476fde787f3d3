"""Conditional requests on a record: If-Modified-Since spares the reading, If-Unmodified-Since guards the writing."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from localorg.errors import ApiError
from localorg.model import SObject
from localorg.server.http import Call


def unchanged(call: Call, sobject: SObject, record_id: str) -> bool:
    """Whether the client's copy is as new as the record."""
    since = moment(call, "If-Modified-Since")
    changed = last_change(call, sobject, record_id) if since else None
    return bool(since and changed and changed <= since)


def check(call: Call, sobject: SObject, record_id: str) -> None:
    """A write on the condition that nobody wrote since."""
    since = moment(call, "If-Unmodified-Since")
    changed = last_change(call, sobject, record_id) if since else None
    if since and changed and changed > since:
        message = "At least one of the preconditions specified did not hold."
        raise ApiError("PRECONDITION_FAILED", message, status=412)


def moment(call: Call, header: str) -> datetime | None:
    """A header's date; one that is none counts as not sent."""
    try:
        found = parsedate_to_datetime(call.headers.get(header, ""))
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def last_change(call: Call, sobject: SObject, record_id: str) -> datetime | None:
    if sobject.get("LastModifiedDate") is None:
        return None
    record = call.session.retrieve(sobject.name, record_id, ["LastModifiedDate"])
    return datetime.fromisoformat(record["LastModifiedDate"])
