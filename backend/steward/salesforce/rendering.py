"""Profile rows as lines of an upload: ids in place of pseudonyms and canonical text, a whole table of rows at once."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.compiling import nothing_collected
from steward.errors import InputError
from steward.salesforce import canonical, csv_files
from steward.salesforce.ahead import drawn_ahead
from steward.salesforce.contract import PROFILE
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.terms import Write, WriteField

DONOR, PARENT, UNIT, RUN = "Donor_Id__c", "Contact__c", "Giving_Unit__c", "Scoring_Run__c"
BY_RUN_ID = "Scoring_Run__r.Run_Id__c"  # the column that finds the run by its external id
_NOBODY = "0" * 16  # in place of a pseudonym where there is none
_LINES = 500  # joined at a time: a megabyte or two is had again from what was freed, more is fetched from the machine
_IDS = (DONOR, PARENT, UNIT)
_OTHERS = tuple(field.name for field in PROFILE.fields if field.name != PARENT)
_TEXTS = frozenset({"string", "textarea", "picklist"})
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
        self._people, self._units = (_Ids(db.sql(f"{ids} '{one}'").to_arrow_table()) for one in ("Contact", "Account"))
        profiles = f"SELECT contact_id FROM read_parquet('{snapshot.tables()['profiles']}')"
        self._held = _Keys(db.sql(profiles).to_arrow_table()["contact_id"])  # after a merge a Contact may have two

    def lines(self, tables: Iterable[pa.Table]) -> Iterator[Lines]:
        """Of each table in turn, unit by unit, so that few uploads lock one parent; while some of its lines are sent, the next
        are made, and the cells of the next table, and the one after that is read."""
        with nothing_collected():
            cells = drawn_ahead(map(self._cells, drawn_ahead(tables)))
            yield from drawn_ahead(some for table in cells for some in table.lines())

    def _cells(self, rows: pa.Table) -> _Cells:
        _refuse_unknown(PROFILE, rows.column_names)
        people, units = self._people.of(rows[DONOR]), self._units.of(rows[UNIT])
        known, new = people.is_valid(), self._held.places(rows[DONOR]).is_null()
        self.unknown += rows[DONOR].filter(pc.invert(known)).to_pylist()
        order = pc.sort_indices(rows, [(UNIT, "ascending"), (DONOR, "ascending")])
        forms = {True: pc.and_(known, new), False: pc.and_(known, pc.invert(new))}
        places = {form: order.filter(those.take(order)).to_numpy() for form, those in forms.items()}
        texts = {DONOR: people, PARENT: people, UNIT: units} | self._texts(rows)
        return _Cells(csv_files.cells({name: texts[name] for name in (PARENT, *_OTHERS)}, apart=_IDS), places)

    def _texts(self, rows: pa.Table) -> dict[str, pa.Array]:
        """What is said; each distinct value is rendered once."""
        given = dict(zip(rows.column_names, rows.columns, strict=True))
        said = {field: _distinct(given[field.name]) for field in _SAID if field.name in given}
        alike: dict[tuple[str, pa.DataType], list[WriteField]] = {}
        for field, column in said.items():
            if not _is_canonical(field, column.dictionary):
                text = canonical.render_sql(field, {field.name: "value"})
                alike.setdefault((text, column.dictionary.type), []).append(field)
        for (text, _), fields in alike.items():
            rendered = self._rendered(text, [said[field].dictionary for field in fields])
            for field, texts in zip(fields, rendered, strict=True):
                said[field] = pa.DictionaryArray.from_arrays(said[field].indices, texts)
        nothing = pa.nulls(len(rows), pa.string())
        return {field.name: said.get(field, nothing) for field in _SAID}

    def _rendered(self, text: str, values: list[pa.Array]) -> Iterator[pa.Array]:
        """Texts of values of one kind."""
        self._db.register("given", pa.table({"value": pa.chunked_array(values)}))
        found = self._db.sql(f"SELECT nullif({text}, '') AS text FROM given").to_arrow_table()
        self._db.unregister("given")
        texts, first = _whole(found["text"]), 0
        for some in values:
            yield texts[first : first + len(some)]
            first += len(some)


@dataclass(frozen=True)
class _Cells:
    """What rows say; and the places of rows that are new, and of the others, in the order in which they are sent."""

    cells: csv_files.Cells
    places: dict[bool, NDArray[np.int64]]

    def lines(self) -> Iterator[Lines]:
        for new, places in self.places.items():
            for first in range(0, len(places), _LINES):
                yield Lines(new, self.cells.lines(places[first : first + _LINES], without=not new))


def _distinct(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column by its distinct values."""
    whole = _whole(column.cast(pa.string()) if pa.types.is_null(column.type) else column)
    if isinstance(whole, pa.DictionaryArray):
        if len(whole.dictionary) <= len(whole):
            return whole
        whole = whole.dictionary_decode()  # a few rows of those who shared it
    return whole.dictionary_encode()


def _is_canonical(field: WriteField, texts: pa.Array) -> bool:
    """Whether texts are sure to be as `render_sql` would give them back, so that they need not pass DuckDB: no carriage return,
    and no space at an edge."""
    if field.type not in _TEXTS or not pa.types.is_string(texts.type) or texts.null_count:
        return False
    _, offsets, letters = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if (ends[1:] == ends[:-1]).any() or not len(texts):
        return False
    text = np.frombuffer(letters, np.uint8)
    edges = text[np.concatenate([ends[:-1], ends[1:] - 1])]
    certain = (edges > ord(" ")) & (edges < 127)  # beyond ASCII, there are more spaces
    return bool(certain.all() and not (text[ends[0] : ends[-1]] == ord("\r")).any())


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()  # which copies even one


class _Keys:
    """Pseudonyms in which many others are found at once: a join would go through all of them each time."""

    def __init__(self, keys: pa.ChunkedArray) -> None:
        numbers = _numbers(keys)
        self._order = np.argsort(numbers)
        self._sorted = numbers[self._order]

    def places(self, wanted: pa.ChunkedArray) -> pa.Array:
        """Where each of these is, or null."""
        numbers = _numbers(wanted)
        order = np.argsort(numbers)  # one after the other, places are near each other
        found = np.empty(len(numbers), np.int64)
        found[order] = np.searchsorted(self._sorted, numbers[order])
        known = found < len(self._sorted)
        known[known] = self._sorted[found[known]] == numbers[known]
        found[known] = self._order[found[known]]
        return pa.array(found, mask=~known)


class _Ids:
    """The org's ids behind pseudonyms."""

    def __init__(self, found: pa.Table) -> None:
        self._keys, self._ids = _Keys(found["key"]), _whole(found["id"])

    def of(self, keys: pa.ChunkedArray) -> pa.StringArray:
        """An id a key, null where it is not known."""
        return self._ids.take(self._keys.places(keys))


def _numbers(keys: pa.ChunkedArray) -> NDArray[np.uint64]:
    """Pseudonyms as the numbers whose digits they are: soon put in order, and without an object for each."""
    texts = _whole(keys.fill_null(_NOBODY))
    digits = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "")[0].as_buffer()
    return np.frombuffer(binascii.unhexlify(digits), ">u8").astype(np.uint64)


def _refuse_unknown(write: Write, columns: list[str]) -> None:
    """People's own fields and those outside the contract."""
    unknown = sorted(name for name in columns if write.named(name) is None)
    if unknown:
        reserved = [name for name in unknown if name in write.people]
        why = "people write them, never Steward" if reserved else "not in the data contract"
        raise InputError(f"{write.object} fields {', '.join(reserved or unknown)} cannot be written: {why}.")
