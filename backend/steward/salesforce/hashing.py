"""Content hashes of many rows at once: of every column the distinct values are made text, and of rows that say the same the
texts are hashed once."""

# ruff: noqa: S608  the SQL is the contract's own

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.salesforce import canonical
from steward.salesforce.terms import Write, WriteField
from steward.shared import Places

_LONG = "textarea"  # JSON that Steward made: there is nothing to mend, and it is hashed where it lies
_MIXING = np.uint64(0x9E3779B97F4A7C15)


def hashes(db: duckdb.DuckDBPyConnection, write: Write, columns: Mapping[str, pa.Array]) -> pa.StringArray:
    """`canonical.content_hash` of each row, to the digit; hashed fields that are not among the columns are null."""
    whose, said = canonical.parted(write)
    cells = _cells(db, [field for field in write.hashed if field.name in columns], columns)
    rows = len(next(iter(columns.values())))
    one, like = _alike([cells[field.name].indices.to_numpy() for field in said if field.name in cells], rows)
    said_of, everybody = (
        {field.name: _texts(cells[field.name], some) for field in fields if field.name in cells}
        for fields, some in ((said, one), (whose, np.arange(rows)))
    )
    digests = _digests(_joined(said, said_of, len(one)))
    return _digests([*_joined(whose, everybody, rows), digests.take(pa.array(like))])


def _alike(codes: Sequence[NDArray[np.int32]], rows: int) -> tuple[Places, Places]:
    """One each of the rows with the same codes, and which of them each row is like: `shared.alike`, quicker where columns are
    many and whole numbers."""
    mixed = np.zeros(rows, np.uint64)
    for code in codes:
        mixed = mixed * _MIXING + code.view(np.uint32)
    like, values = pd.factorize(mixed)
    one = np.empty(len(values), np.intp)
    one[like] = np.arange(rows)
    same = all((code[one][like] == code).all() for code in codes)  # no two rows were mixed to one number
    return (one, like) if same else (np.arange(rows), np.arange(rows))


def _joined(fields: Sequence[WriteField], texts: Mapping[str, pa.StringArray], rows: int) -> list[pa.StringArray]:
    """The texts of each row in parts that only need to be joined; long ones are parts of their own."""
    blank = pa.repeat(pa.scalar("", pa.string()), rows)
    parts = []
    for _, some in itertools.groupby(fields, lambda field: field.name if field.type == _LONG else ""):
        cells = [texts.get(field.name, blank) for field in some]
        parts.append(cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, canonical.BETWEEN))
    return parts


def _digests(parts: Sequence[pa.StringArray]) -> pa.StringArray:
    """Of rows in parts, as if they were joined."""
    between, found = canonical.BETWEEN.encode(), []
    for first, *others in zip(*map(_bytes, parts), strict=True):
        digest = hashlib.md5(first, usedforsecurity=False)
        for part in others:
            digest.update(between)
            digest.update(part)
        found.append(digest.hexdigest())
    return pa.array(found, pa.string())


def _bytes(texts: pa.StringArray) -> Iterator[memoryview]:
    """Each text as it lies in memory, nothing for null."""
    _, places, characters = texts.buffers()
    whole = memoryview(characters or b"")
    ends = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return (whole[start:end] for start, end in itertools.pairwise(ends.tolist()))


def _texts(cells: pa.DictionaryArray, rows: Places) -> pa.StringArray:
    return cells.dictionary.take(cells.indices.take(pa.array(rows)))


def _cells(
    db: duckdb.DuckDBPyConnection, fields: Sequence[WriteField], columns: Mapping[str, pa.Array]
) -> dict[str, pa.DictionaryArray]:
    """The canonical text of each value; the distinct values of one kind and type are asked for together."""
    found = {field.name: _distinct(columns[field.name]) for field in fields}
    alike: dict[tuple[str, pa.DataType], list[str]] = {}
    for field in fields:
        if field.type != _LONG:
            text = canonical.render_sql(field, {field.name: "value"})
            alike.setdefault((text, found[field.name].dictionary.type), []).append(field.name)
    for (text, _), names in alike.items():
        rendered = _rendered(db, text, [found[name].dictionary for name in names])
        for name, cells in zip(names, rendered, strict=True):
            found[name] = pa.DictionaryArray.from_arrays(found[name].indices, cells)
    return found


def _rendered(db: duckdb.DuckDBPyConnection, text: str, values: Sequence[pa.Array]) -> Iterator[pa.StringArray]:
    db.register("given", pa.table({"value": pa.chunked_array(values)}))
    cells = db.sql(f"SELECT {text} AS text FROM given").to_arrow_table()["text"].combine_chunks()
    db.unregister("given")
    first = 0
    for some in values:
        yield cells.slice(first, len(some))
        first += len(some)


def _distinct(column: pa.Array) -> pa.DictionaryArray:
    """A column by its distinct values, of which null is one."""
    if not pa.types.is_dictionary(column.type):
        return column.dictionary_encode(null_encoding="encode")
    values = pa.concat_arrays([column.dictionary, pa.nulls(1, column.dictionary.type)])
    return pa.DictionaryArray.from_arrays(column.indices.fill_null(len(values) - 1), values)
