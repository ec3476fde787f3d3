"""`/sobjects/X/updated` and `/deleted`: which records changed or went within a span of time, for replication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from localorg.errors import ApiError
from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.records import known
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/sobjects/<name>")
KEPT = timedelta(days=30)
MAX_IDS = 600_000


@routes.on("GET", "/updated")
def updated(call: Call, name: str) -> Reply:
    sobject = known(call, name)
    start, end = span(call)
    ids = [record["Id"] for record in changed(call, sobject, start, end)]
    limited(len(ids))
    return Reply({"ids": ids, "latestDateCovered": shown(min(end, call.session.clock.now()))})


@routes.on("GET", "/deleted")
def deleted(call: Call, name: str) -> Reply:
    """What lies in the recycle bin; who deleted a record is the last to have changed it."""
    sobject = known(call, name)
    start, end = span(call)
    found = [] if sobject.get("IsDeleted") is None else changed(call, sobject, start, end, deleted=True)
    records = [{"deletedDate": record["SystemModstamp"], "id": record["Id"]} for record in found]
    limited(len(records))
    now = call.session.clock.now()
    covered = {"earliestDateAvailable": shown(now - KEPT), "latestDateCovered": shown(min(end, now))}
    return Reply({"deletedRecords": records} | covered)


def span(call: Call) -> tuple[datetime, datetime]:
    """Start and end to the minute, as the platform reads them."""
    start, end = moment(call, "start"), moment(call, "end")
    if start < call.session.clock.now() - KEPT:
        raise invalid("startDate cannot be more than 30 days ago")
    if end - start < timedelta(minutes=1):
        raise invalid("endDate must be at least one minute greater than startDate")
    return start, end


def moment(call: Call, name: str) -> datetime:
    text = call.query.get(name)
    if not text:
        raise ApiError("MISSING_ARGUMENT", f"The required argument '{name}' is missing")
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))  # a + that was not encoded arrives as a space
    except ValueError as problem:
        raise invalid(f"{name} is no valid date and time: {text[:40]}") from problem
    if found.tzinfo is None:
        raise invalid(f"{name} has no time zone: {text[:40]}")
    return found.astimezone(UTC).replace(second=0, microsecond=0)


def invalid(message: str) -> ApiError:
    return ApiError("INVALID_REPLICATION_DATE", message)


def changed(
    call: Call, sobject: SObject, start: datetime, end: datetime, *, deleted: bool = False
) -> Iterator[dict[str, Any]]:
    when = f"SystemModstamp >= {start:%Y-%m-%dT%H:%M:%SZ} AND SystemModstamp < {end:%Y-%m-%dT%H:%M:%SZ}"
    rows = f"{when}{' AND IsDeleted = true' if deleted else ''} ORDER BY SystemModstamp, Id LIMIT {MAX_IDS + 1}"
    soql = f"SELECT Id, SystemModstamp FROM {sobject.name} WHERE {rows}"  # noqa: S608  the schema's own name
    return call.session.query(soql, all_rows=deleted).records


def limited(count: int) -> None:
    if count > MAX_IDS:
        raise ApiError("EXCEEDED_ID_LIMIT", f"The result has more than {MAX_IDS} ids; ask for a shorter span of time")


def shown(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000+0000")
