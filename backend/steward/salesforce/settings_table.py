"""The one-row table `settings`: how this org configured NPSP (or what NPSP assumes where nobody did) and our rollout."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from steward.errors import AccessError
from steward.salesforce import loading
from steward.salesforce.client import Gateway
from steward.salesforce.reads import ROLLOUT, SETTINGS
from steward.salesforce.terms import Column, Kind, Table

_RECORD_TYPES = "_record_types"
TABLE = Table(
    "settings", "", "NPSP's settings and ours", tuple(Column(one.name, one.name, one.kind, one.why) for one in SETTINGS)
)


def write(
    connection: duckdb.DuckDBPyConnection, gateway: Gateway, folder: pathlib.Path
) -> tuple[pathlib.Path, list[str]]:
    """Writes `settings.parquet`; returns its path and notes on what was assumed."""
    values: dict[str, str] = {}
    notes: list[str] = []
    for sobject in dict.fromkeys(one.object for one in SETTINGS if one.object != ROLLOUT):
        row = _organization_row(gateway, sobject)
        if row is None:
            notes.append(f"{sobject} is not set or not readable: NPSP's defaults are assumed.")
        for one in (one for one in SETTINGS if one.object == sobject):
            values[one.name] = (one.default or "") if row is None else _text(row.get(gateway.names.to_org(one.field)))
    values |= _rollout(gateway)
    _name_record_types(gateway, values)
    page = folder / "settings.csv"
    with page.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([list(values), list(values.values())])
    raw = list(values)
    loading.stage(connection, [page], raw)
    columns = ", ".join(_expression(column, raw) for column in TABLE.columns)
    path = folder / "settings.parquet"
    loading.write(connection, f"SELECT {columns} FROM raw", path)  # noqa: S608 names of the contract
    page.unlink()
    return path, notes


def _expression(column: Column, raw: list[str]) -> str:
    if column.name == "soft_credit_roles":  # never null: no role saved means that no role counts
        return f"coalesce(c{raw.index(column.name)}, '') AS {column.name}"
    if column.kind is Kind.FLAG:  # typed by hand, as ours are: nothing but these is yes
        return f"coalesce(lower(c{raw.index(column.name)}) IN ('true', '1'), false) AS {column.name}"
    return loading.expression(column, raw)


def _organization_row(gateway: Gateway, sobject: str) -> Mapping[str, Any] | None:
    """The organization-wide row of a hierarchy custom setting; rows of profiles and users do not concern the org."""
    shown = gateway.fields(sobject)
    fields = [one.field for one in SETTINGS if one.object == sobject and gateway.names.to_org(one.field) in shown]
    if not fields:
        return None
    try:
        rows = list(gateway.query(f"SELECT SetupOwnerId, {', '.join(fields)} FROM {sobject}"))  # noqa: S608
    except AccessError:
        return None
    return next((row for row in rows if str(row["SetupOwnerId"]).startswith("00D")), None)


def _rollout(gateway: Gateway) -> dict[str, str]:
    """Our own settings, a record each. Not to see the administrator's switch is no reason to take it for on."""
    try:
        rows = {row["DeveloperName"]: row["Value__c"] for row in _own_settings(gateway)}
    except AccessError as error:
        raise AccessError(
            f"The org's own settings for Steward ({ROLLOUT}) cannot be read: {error.what}",
            "Deploy the package, and assign the permission set AI_Donor_Integration to the integration user.",
        ) from None
    return {one.name: rows.get(one.field) or one.default or "" for one in SETTINGS if one.object == ROLLOUT}


def _own_settings(gateway: Gateway) -> Iterator[Mapping[str, Any]]:
    value = gateway.names.to_org("Value__c")
    for row in gateway.query(f"SELECT DeveloperName, Value__c FROM {ROLLOUT}"):  # noqa: S608 names of the contract
        yield {"DeveloperName": row["DeveloperName"], "Value__c": row[value]}


def _name_record_types(gateway: Gateway, values: dict[str, str]) -> None:
    """NPSP saves record types by label, API name or id; the snapshot's gifts have the API name."""
    named = [name for name in values if name.endswith(_RECORD_TYPES) and values[name]]
    if not named:
        return
    known: dict[str, str] = {}
    for row in gateway.query("SELECT Id, Name, DeveloperName FROM RecordType WHERE SobjectType = 'Opportunity'"):
        known |= dict.fromkeys((row["Id"], row["Id"][:15], row["Name"], row["DeveloperName"]), row["DeveloperName"])
    for name in named:
        values[name] = ";".join(known.get(one.strip(), one.strip()) for one in values[name].split(";") if one.strip())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
