"""Profile rows as lines of an upload: ids in place of pseudonyms and canonical text, a whole table of rows at once."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from steward.errors import InputError
from steward.salesforce import canonical, csv_files
from steward.salesforce.contract import PROFILE
from steward.salesforce.csv_files import NULL
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.terms import Write, WriteField

DONOR, PARENT, UNIT, RUN = "Donor_Id__c", "Contact__c", "Giving_Unit__c", "Scoring_Run__c"
BY_RUN_ID = "Scoring_Run__r.Run_Id__c"  # the column that finds the run by its external id
_IDS = {DONOR: "contact.id", PARENT: "contact.id", UNIT: "unit.id"}
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
        db.execute(f"CREATE TEMP TABLE contact AS {ids} 'Contact'")
        db.execute(f"CREATE TEMP TABLE unit AS {ids} 'Account'")
        profiles = snapshot.tables()["profiles"]  # after a merge a Contact may have two
        db.execute(f"CREATE TEMP TABLE held AS SELECT DISTINCT contact_id FROM read_parquet('{profiles}')")

    def lines(self, rows: pa.Table) -> Iterator[Lines]:
        """Unit by unit, so that few uploads lock one parent."""
        _refuse_unknown(PROFILE, rows.column_names)
        texts = ", ".join(f"{_text(field, rows.column_names)} AS {field.name}" for field in PROFILE.fields)
        others = csv_files.line_sql([_cell(field) for field in _OTHERS])
        self._db.register("rows", rows)
        found = self._db.sql(
            f"SELECT donor, known, new, CASE WHEN new THEN {PARENT} || ',' ELSE '' END || {others} AS line FROM ("
            f"SELECT rows.{DONOR} AS donor, contact.id IS NOT NULL AS known, held.contact_id IS NULL AS new, "
            f"rows.{UNIT} AS home, {texts} FROM rows "
            f"LEFT JOIN contact ON contact.key = rows.{DONOR} LEFT JOIN unit ON unit.key = rows.{UNIT} "
            f"LEFT JOIN held ON held.contact_id = rows.{DONOR}) ORDER BY home, donor"
        ).to_arrow_table()
        self._db.unregister("rows")
        self.unknown += found.filter(pc.invert(found["known"]))["donor"].to_pylist()
        for new in (True, False):
            chosen = found.filter(pc.and_(found["known"], pc.equal(found["new"], new)))
            if len(chosen):
                yield Lines(new, chosen["line"].combine_chunks())


def _text(field: WriteField, columns: list[str]) -> str:
    """A field as an upload says it: canonical text, #N/A for null."""
    if field.name not in columns:
        return f"'{NULL}'"
    text = canonical.render_sql(field, {field.name: _IDS.get(field.name, f'rows."{field.name}"')})
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
