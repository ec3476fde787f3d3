"""The gateway's check-up: connection, API version, permissions, limits, clock and what a night will cost, as findings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from steward.errors import StewardError
from steward.salesforce import access, contract
from steward.salesforce.client import PAGE_ROWS, REST_ROWS, Gateway

PROFILE_KB = 2  # what the platform counts for any custom record
_REST_PAGE = 2_000
_QUERIES_A_CALL = 5  # of a composite call
_BULK_CALLS = 7  # of one job: create, four polls, the results' first page, delete
_WRITE_CALLS = 8  # of one upload: create, put, close, four polls, delete
_READ_CALLS = 8  # of one extraction: objects, describes, the organization, the newest stamp, settings
_RUN_CALLS = 3  # the run's record at its start and end, contacts without a link to their profile
_CHANGED = 0.02  # donors that change in an ordinary night


class Level(Enum):
    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    level: Level
    topic: str
    what: str
    todo: str = ""


@dataclass(frozen=True)
class Forecast:
    """API calls of a first night (extract, train, run) and of an ordinary one, and the storage that profiles will take."""

    first_night: int
    ordinary_night: int
    storage_mb: int


def examine(gateway: Gateway, now: datetime) -> list[Finding]:
    """Everything that can be known without changing anything; ends early where the next check needs the one before."""
    findings: list[Finding] = []
    for check in (_connection, _version, _clock, _package, _permissions, _limits):
        try:
            findings += check(gateway, now)
        except StewardError as error:
            findings.append(Finding(Level.PROBLEM, check.__name__.strip("_"), error.what, error.todo))
            if check in (_connection, _version):
                break
    return findings


def _connection(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    yield Finding(Level.FINE, "connection", f"Logged in to {gateway.instance_url} by {gateway.connection.auth}.")


def _version(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    wanted = gateway.connection.api_version
    listed = gateway.http.get(f"{gateway.instance_url}/services/data").json()
    versions = [str(one["version"]) for one in listed]
    if wanted in versions:
        yield Finding(Level.FINE, "version", f"API version {wanted}; the org's newest is {versions[-1]}.")
    else:
        todo = f"Set STEWARD_SF_API_VERSION to {versions[-1]}."
        yield Finding(Level.PROBLEM, "version", f"The org does not offer API version {wanted}.", todo)


def _clock(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    skew = abs(gateway.server_time() - now)
    seconds = f"This machine's clock and the org's differ by {skew.total_seconds():.0f} seconds."
    if skew > timedelta(minutes=3):
        yield Finding(Level.WARNING, "clock", seconds, "Set the clock (NTP): logging in by JWT fails beyond 5 minutes.")
    else:
        yield Finding(Level.FINE, "clock", seconds)


def _package(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    names = gateway.names
    flavour = f"NPSP's fork {names.fork}" if names.fork else "NPSP"
    ours = f"Steward's package with namespace {names.own}" if names.own else "Steward's package"
    yield Finding(Level.FINE, "package", f"The org has {flavour} and {ours}.")


def _permissions(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    unmet = access.unmet_needs(gateway)
    for need in unmet:
        level = Level.WARNING if need.optional else Level.PROBLEM
        effect = "left empty" if need.optional else "required"
        yield Finding(level, "permissions", f"Not granted: {access.grant(need)}, {effect}.", _how_to_grant(need.object))
    if not unmet:
        yield Finding(
            Level.FINE, "permissions", f"All {len(contract.needs())} permissions of the data contract are there."
        )


def _how_to_grant(sobject: str) -> str:
    """Volunteers for Salesforce has a permission set of its own: none can name an object that is not installed."""
    name = "AI_Donor_Integration" + ("_Volunteers" if sobject.startswith("GW_Volunteers__") else "")
    return f"Assign the permission set {name} to the integration user, or grant it in Setup."


def _limits(gateway: Gateway, now: datetime) -> Iterator[Finding]:
    counts = _counts(gateway)
    plan = forecast(counts)
    budget = gateway.meter.budget
    calls = f"A first night takes about {plan.first_night} API calls, an ordinary one {plan.ordinary_night}"
    limits = gateway.limits()
    left = limits.get("DailyApiRequests", {}).get("Remaining")
    shown = f"{calls}; {left} are left today." if left is not None else f"{calls}."
    if (left is not None and left < plan.first_night) or (budget is not None and budget < plan.first_night):
        todo = "Run after the limit is renewed, or raise STEWARD_API_CALL_BUDGET."
        yield Finding(Level.PROBLEM, "limits", shown, todo)
    else:
        yield Finding(Level.FINE, "limits", shown)
    storage = limits.get("DataStorageMB", {}).get("Remaining")
    what = f"Profiles of {counts.get('contacts', 0)} Contacts take about {plan.storage_mb} MB of data storage"
    if storage is not None and storage < plan.storage_mb - counts.get("profiles", 0) * PROFILE_KB // 1024:
        yield Finding(Level.PROBLEM, "storage", f"{what}; {storage} MB are left.", "Free or buy data storage.")
    else:
        yield Finding(Level.FINE, "storage", f"{what}.")


def _counts(gateway: Gateway) -> dict[str, int]:
    tables = [one for one in contract.TABLES if gateway.fields(one.object)]
    queries = [(f"SELECT COUNT() FROM {one.object}", one.archived) for one in tables]  # noqa: S608 contract's names
    return dict(zip((one.name for one in tables), gateway.counts(queries), strict=True))


def forecast(counts: dict[str, int]) -> Forecast:
    """What nights will cost, by the number of rows of each table."""
    batches = math.ceil(len(counts) / _QUERIES_A_CALL)
    changes = _READ_CALLS + 2 * batches + sum(_further_pages(math.ceil(rows * _CHANGED)) for rows in counts.values())
    everything = _READ_CALLS + batches + sum(map(_full_read, counts.values()))
    contacts = counts.get("contacts", 0)
    proof = _full_read(contacts)
    return Forecast(
        first_night=everything + _READ_CALLS + 2 * batches + _RUN_CALLS + 2 * _WRITE_CALLS + proof,
        ordinary_night=changes + _RUN_CALLS + _WRITE_CALLS + proof,
        storage_mb=math.ceil(contacts * PROFILE_KB / 1024),
    )


def _full_read(rows: int) -> int:
    if rows <= REST_ROWS:
        return max(1, math.ceil(rows / _REST_PAGE))
    return _BULK_CALLS + rows // PAGE_ROWS


def _further_pages(rows: int) -> int:
    """Calls beyond the first page, which came with those of other tables."""
    return max(0, _full_read(rows) - 1) if rows <= REST_ROWS else _full_read(rows)
