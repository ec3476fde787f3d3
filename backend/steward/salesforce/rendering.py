"""Profile rows as lines of an upload: ids in place of pseudonyms and canonical text, a whole table of rows at once."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.errors import InputError
from steward.salesforce import canonical, csv_files
from steward.salesforce.ahead import ahead
from steward.salesforce.contract import PROFILE
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.terms import Write, WriteField

DONOR, PARENT, UNIT, RUN = "Donor_Id__c", "Contact__c", "Giving_Unit__c", "Scoring_Run__c"
BY_RUN_ID = "Scoring_Run__r.Run_Id__c"  # the column that finds the run by its external id
_LINES = 5_000  # joined at a time, for the cells of a line take as much memory again
_IDS = (DONOR, PARENT, UNIT)
_OTHERS = tuple(field.name for field in PROFILE.fields if field.name != PARENT)
_SAID = tuple(field for field in PROFILE.fields if field.name not in _IDS)


@dataclass(frozen=True)
class Lines:
    """Rows as they are sent. A `new` profile names its Contact, one that exists must not: the parent is fixed."""

    new: bool
    text: pa.StringArray


def header(*, new: bool) -> list[str]:
    """The columns of an upload, in the contract's names."""
    others = [BY_RUN_ID if name == RUN else name for name in _OTHERS]
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

    def lines(self, tables: Iterable[pa.Table]) -> Iterator[Lines]:
        """Of each table in turn, unit by unit, so that few uploads lock one parent; the cells of a table are made while the
        lines of the one before are sent."""
        for cells in ahead(partial(self._cells, rows) for rows in tables):
            yield from cells.lines()

    def _cells(self, rows: pa.Table) -> _Cells:
        _refuse_unknown(PROFILE, rows.column_names)
        people, units = self._people.of(rows[DONOR]), self._units.of(rows[UNIT])
        known = people["id"].is_valid()
        self.unknown += rows[DONOR].filter(pc.invert(known)).to_pylist()
        order = pc.sort_indices(rows, [(UNIT, "ascending"), (DONOR, "ascending")])
        places = {new: order.filter(pc.and_(known, pc.equal(people["new"], new)).take(order)) for new in (True, False)}
        ids = {DONOR: people["id"], PARENT: people["id"], UNIT: units["id"]}
        return _Cells(ids | self._texts(rows), places)

    def _texts(self, rows: pa.Table) -> dict[str, pa.Array]:
        """What is said, as cells; each distinct value is rendered once."""
        said = {field: _distinct(field, rows[field.name]) for field in _SAID if field.name in rows.column_names}
        alike: dict[tuple[str, pa.DataType], list[WriteField]] = {}
        for field, column in said.items():
            text = canonical.render_sql(field, {field.name: "value"})
            alike.setdefault((text, column.type), []).append(field)
        found = {field.name: pa.nulls(len(rows), pa.string()) for field in _SAID}
        for (text, _), fields in alike.items():
            rendered = self._rendered(text, [said[field].dictionary for field in fields])
            for field, cells in zip(fields, rendered, strict=True):
                found[field.name] = pa.DictionaryArray.from_arrays(said[field].indices, cells)
        return found

    def _rendered(self, text: str, values: list[pa.Array]) -> Iterator[pa.Array]:
        """The cells of values of one kind."""
        self._db.register("given", pa.table({"value": pa.chunked_array(values)}))
        cell = f"nullif({csv_files.quoted_sql('text')}, '')"
        found = self._db.sql(f"SELECT {cell} AS cell FROM (SELECT {text} AS text FROM given)").to_arrow_table()
        self._db.unregister("given")
        cells, first = found["cell"].combine_chunks(), 0
        for some in values:
            yield cells[first : first + len(some)]
            first += len(some)


@dataclass(frozen=True)
class _Cells:
    """What rows say, field by field, null where it is nothing; and the places of rows that are new, and of the others, in the
    order in which they are sent."""

    fields: dict[str, pa.Array]
    places: dict[bool, pa.Array]

    def lines(self) -> Iterator[Lines]:
        for new, places in self.places.items():
            columns = [self.fields[name] for name in ([PARENT, *_OTHERS] if new else _OTHERS)]
            for first in range(0, len(places), _LINES):
                some = places[first : first + _LINES]
                yield Lines(new, csv_files.lines([column.take(some).cast(pa.string()) for column in columns]))


def _distinct(field: WriteField, column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column by its distinct values; long texts are hardly ever equal."""
    whole = (column.cast(pa.string()) if pa.types.is_null(column.type) else column).combine_chunks()
    if field.type != "textarea":
        return whole.dictionary_encode()
    return pa.DictionaryArray.from_arrays(np.arange(len(whole), dtype=np.int32), whole)


class _Lookup:
    """A query's rows by their column `key`, found for many keys at once: a join would go through all of them each time."""

    def __init__(self, db: duckdb.DuckDBPyConnection, query: str) -> None:
        found = db.sql(f"FROM ({query}) ORDER BY key").to_arrow_table()
        self._keys = _bytes(found["key"])
        self._rows = pa.record_batch(
            {name: found[name].combine_chunks() for name in found.column_names if name != "key"}
        )

    def of(self, keys: pa.ChunkedArray) -> pa.RecordBatch:
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


def _refuse_unknown(write: Write, columns: list[str]) -> None:
    """People's own fields and those outside the contract."""
    unknown = sorted(name for name in columns if write.named(name) is None)
    if unknown:
        reserved = [name for name in unknown if name in write.people]
        why = "people write them, never Steward" if reserved else "not in the data contract"
        raise InputError(f"{write.object} fields {', '.join(reserved or unknown)} cannot be written: {why}.")
