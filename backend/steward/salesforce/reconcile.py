"""Reconciliation: re-reads the profiles from the org and proves that they say what was written."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from steward.salesforce import canonical, read_rows
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway
from steward.salesforce.contract import PROFILE
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.units import among

_BY_ID = 200  # so many donors are asked for by id, instead of reading every profile
_MEMORY = "512MB"


@dataclass
class Reconciliation:
    """Donors (pseudonyms) whose profile is not there, or says something else than was written."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return self.missing + self.different


def reconcile(
    gateway: Gateway, expected: pa.Table, snapshot: Snapshot, *, notes: Notes | None = None
) -> Reconciliation:
    """Compares the org's profiles with what was written: `expected` has contact_id (a pseudonym) and content_hash.

    Profiles of donors who are not expected are left aside: a run may concern a few donors only.
    """
    names = [one.name for one in PROFILE.hashed]
    with tempfile.TemporaryDirectory(prefix="steward-reconcile-") as folder:
        config: dict[str, Any] = {"memory_limit": _MEMORY, "temp_directory": folder}
        with duckdb.connect(config=config) as db:
            source = _source(expected, snapshot)
            read_rows.stage(db, gateway, names, source, pathlib.Path(folder), name="profiles", notes=notes)
            db.register("expected", expected)
            db.execute(f"CREATE TABLE found AS {_hashed(names, snapshot)}")
            both = "FROM expected JOIN found ON found.donor = expected.contact_id"
            missing = _column(
                db, "SELECT contact_id FROM expected ANTI JOIN found ON found.donor = expected.contact_id"
            )
            different = _column(db, f"SELECT contact_id {both} WHERE found.content_hash <> expected.content_hash")
            return Reconciliation(len(expected) - len(missing), missing, different)


def _source(expected: pa.Table, snapshot: Snapshot) -> str:
    """Where the rows come from; a few donors are asked for by id."""
    if len(expected) > _BY_ID:
        return PROFILE.object
    ids = snapshot.identity.ids("Contact", expected["contact_id"].to_pylist()).values()
    return f"{PROFILE.object} WHERE {among(PROFILE.key, ids) or f'{PROFILE.key} = null'}"


def _hashed(names: Sequence[str], snapshot: Snapshot) -> str:
    """Donor and content hash of the staged rows; an id that the snapshot does not know stays as it is."""
    columns = {name: f"c{number}" for number, name in enumerate(names)}
    joins = ""
    for name, sobject in ((one.name, one.to) for one in PROFILE.hashed if one.to):
        ids = f"SELECT key, id FROM read_parquet('{snapshot.identity.path}') WHERE object = '{sobject}'"
        joins += f" LEFT JOIN ({ids}) AS {name} ON {name}.id = {columns[name]}"
        columns[name] = f"coalesce({name}.key, {columns[name]})"
    return f"SELECT {columns[PROFILE.key]} AS donor, {canonical.hash_sql(PROFILE, columns)} AS content_hash FROM raw{joins}"


def _column(db: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return sorted(value for (value,) in db.execute(query).fetchall())
