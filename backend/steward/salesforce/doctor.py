"""The gateway's check-up: connection, API version, permissions, limits, clock and what a night will cost, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from steward.errors import StewardError
from steward.salesforce import access, contract
from steward.salesforce.client import Gateway
from steward.salesforce.forecasts import PROFILE_KB, Forecast, forecast
from steward.salesforce.transport import MEGABYTE, Meter


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
    plan, limits = forecast(counts), gateway.limits()
    yield _calls(plan, gateway.meter, limits.get("DailyApiRequests", {}).get("Remaining"))
    yield _bytes(plan, gateway.meter)
    storage = limits.get("DataStorageMB", {}).get("Remaining")
    what = f"Profiles of {counts.get('contacts', 0)} Contacts take about {plan.storage_mb} MB of data storage"
    if storage is not None and storage < plan.storage_mb - counts.get("profiles", 0) * PROFILE_KB // 1024:
        yield Finding(Level.PROBLEM, "storage", f"{what}; {storage} MB are left.", "Free or buy data storage.")
    else:
        yield Finding(Level.FINE, "storage", f"{what}.")


def _calls(plan: Forecast, meter: Meter, left: int | None) -> Finding:
    calls = f"A first night takes about {plan.first_night} API calls, an ordinary one {plan.ordinary_night}"
    shown = f"{calls}; {left} are left today." if left is not None else f"{calls}."
    if (left is not None and left < plan.first_night) or (meter.budget is not None and meter.budget < plan.first_night):
        todo = "Run after the limit is renewed, or raise STEWARD_API_CALL_BUDGET."
        return Finding(Level.PROBLEM, "limits", shown, todo)
    return Finding(Level.FINE, "limits", shown)


def _bytes(plan: Forecast, meter: Meter) -> Finding:
    first, ordinary = plan.first_megabytes, plan.ordinary_megabytes
    what = f"A first night moves up to {first} MB between here and the org, an ordinary one {ordinary} MB"
    if meter.byte_budget is not None and meter.byte_budget < first * MEGABYTE:
        cap = f"{what}; the cap is {meter.byte_budget // MEGABYTE} MB."
        return Finding(Level.WARNING, "bytes", cap, "Raise STEWARD_MEGABYTE_BUDGET, unless the line compresses well.")
    return Finding(Level.FINE, "bytes", f"{what}.")


def _counts(gateway: Gateway) -> dict[str, int]:
    tables = [one for one in contract.TABLES if gateway.fields(one.object)]
    queries = [(f"SELECT COUNT() FROM {one.object}", one.archived) for one in tables]  # noqa: S608 contract's names
    return dict(zip((one.name for one in tables), gateway.counts(queries), strict=True))
