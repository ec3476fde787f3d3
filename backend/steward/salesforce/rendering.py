"""Profile rows as lines of an upload: ids in place of pseudonyms and canonical text, a whole table of rows at once."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.errors import InputError
from steward.salesforce import canonical, csv_files
from steward.salesforce.contract import PROFILE
from steward.salesforce.csv_files import NULL
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.terms import Write, WriteField

DONOR, PARENT, UNIT, RUN = "Donor_Id__c", "Contact__c", "Giving_Unit__c", "Scoring_Run__c"
BY_RUN_ID = "Scoring_Run__r.Run_Id__c"  # the column that finds the run by its external id
_IDS = {DONOR: "contact", PARENT: "contact", UNIT: "unit"}  # columns beside the rows
_OTHERS = tuple(field for field in PROFILE.fields if field.name != PARENT)
_PLAIN = canonical.NUMBERS | {"boolean", "date", "datetime"}  # types whose text has no meaning in CSV


@dataclass(frozen=True)
class Lines:
    """Rows as they are sent. A `new` profile names its Contact, one that exists must not: the parent is fixed."""

    new: bool
    text: pa.StringArray


def header(*, new: bool) -> list[str]:
    """The columns of an upload, in the contract's names."""
    others = [BY_RUN_ID if field.name == RUN else field.name for field in _OTHERS]
    return [PARENT, *others] if new else others


class Rendering:
    """Renders rows of the contract's columns, with pseudonyms as references and the run's Run_Id__c for the run."""

    def __init__(self, db: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
        self._db = db
        self.unknown: list[str] = []  # donors whom the snapshot does not know
        ids = f"SELECT key, id FROM read_parquet('{snapshot.identity.path}') WHERE object ="
        profiles = snapshot.tables()["profiles"]  # after a merge a Contact may have two
        held = f"SELECT DISTINCT contact_id AS key FROM read_parquet('{profiles}')"
        people = f"FROM ({ids} 'Contact') AS contact LEFT JOIN ({held}) AS held USING (key)"
        self._people = _Lookup(db, f"SELECT contact.key, id, held.key IS NULL AS new {people}")
        self._units = _Lookup(db, f"{ids} 'Account'")

    def lines(self, rows: pa.Table) -> Iterator[Lines]:
        """Unit by unit, so that few uploads lock one parent."""
        _refuse_unknown(PROFILE, rows.column_names)
        texts = ", ".join(f"{_text(field, rows.column_names)} AS {field.name}" for field in PROFILE.fields)
        line = csv_files.line_sql([f"CASE WHEN new THEN {PARENT} END", *map(_cell, _OTHERS)])  # without nulls
        people, units = self._people.of(rows[DONOR]), self._units.of(rows[UNIT])
        rows = rows.append_column("contact", people["id"]).append_column("new", people["new"])
        self._db.register("rows", rows.append_column("unit", units["id"]))
        found = self._db.sql(
            f"SELECT donor, known, new, {line} AS line FROM ("
            f"SELECT {DONOR} AS donor, contact IS NOT NULL AS known, new, {UNIT} AS home, {texts} FROM rows"
            ") ORDER BY home, donor"
        ).to_arrow_table()
        self._db.unregister("rows")
        self.unknown += found.filter(pc.invert(found["known"]))["donor"].to_pylist()
        for new in (True, False):
            chosen = found.filter(pc.and_(found["known"], pc.equal(found["new"], new)))
            if len(chosen):
                yield Lines(new, chosen["line"].combine_chunks())


class _Lookup:
    """A query's rows by their column `key`, found for many keys at once: a join would go through all of them each time."""

    def __init__(self, db: duckdb.DuckDBPyConnection, query: str) -> None:
        found = db.sql(f"FROM ({query}) ORDER BY key").to_arrow_table()
        self._keys, self._rows = _bytes(found["key"]), found.drop_columns(["key"]).combine_chunks()

    def of(self, keys: pa.ChunkedArray) -> pa.Table:
        """A row a key, of nulls where there is none."""
        wanted = _bytes(keys)
        places = np.searchsorted(self._keys, wanted)
        known = places < len(self._keys)
        known[known] = self._keys[places[known]] == wanted[known]
        return self._rows.take(pa.array(places, mask=~known))


def _bytes(keys: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Pseudonyms as an array without an object for each; they sort as in DuckDB."""
    found: NDArray[np.bytes_] = keys.fill_null("").to_numpy().astype(np.bytes_)
    return found


def _text(field: WriteField, columns: list[str]) -> str:
    """A field as an upload says it: canonical text, #N/A for null."""
    if field.name not in columns:
        return f"'{NULL}'"
    if field.name in _IDS:
        return f"coalesce({_IDS[field.name]}, '{NULL}')"
    text = canonical.render_sql(field, {field.name: f'rows."{field.name}"'})
    return f"coalesce(nullif({text}, ''), '{NULL}')"


def _cell(field: WriteField) -> str:
    plain = field.type in _PLAIN or field.name in _IDS
    return field.name if plain else csv_files.quoted_sql(field.name)


def _refuse_unknown(write: Write, columns: list[str]) -> None:
    """People's own fields and those outside the contract."""
    unknown = sorted(name for name in columns if write.named(name) is None)
    if unknown:
        reserved = [name for name in unknown if name in write.people]
        why = "people write them, never Steward" if reserved else "not in the data contract"
        raise InputError(f"{write.object} fields {', '.join(reserved or unknown)} cannot be written: {why}.")
