"""Content hashes of many rows at once: of every column the distinct values are made text, the texts of a row hashed."""

# ruff: noqa: S608  the SQL is the contract's own

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steward.salesforce import canonical
from steward.salesforce.terms import Write, WriteField

_LONG = "textarea"  # JSON that Steward made: there is nothing to mend, and it is hashed where it lies


def hashes(db: duckdb.DuckDBPyConnection, write: Write, columns: Mapping[str, pa.Array]) -> pa.StringArray:
    """`canonical.content_hash` of each row, to the digit; hashed fields that are not among the columns are null."""
    texts = _texts(db, [field for field in write.hashed if field.name in columns], columns)
    blank = pa.repeat(pa.scalar("", pa.string()), len(next(iter(columns.values()))))
    parts = []
    for _, fields in itertools.groupby(write.hashed, lambda field: field.name if field.type == _LONG else ""):
        cells = [texts.get(field.name, blank) for field in fields]
        parts.append(cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, canonical.BETWEEN))
    return pa.array(_digests(parts), pa.string())


def _digests(parts: Sequence[pa.StringArray]) -> Iterator[str]:
    """Of rows in parts, as if they were joined."""
    between = canonical.BETWEEN.encode()
    for first, *others in zip(*map(_bytes, parts), strict=True):
        digest = hashlib.md5(first, usedforsecurity=False)
        for part in others:
            digest.update(between)
            digest.update(part)
        yield digest.hexdigest()


def _bytes(texts: pa.StringArray) -> Iterator[memoryview]:
    """Each text as it lies in memory, nothing for null."""
    _, places, characters = texts.buffers()
    whole = memoryview(characters or b"")
    ends = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return (whole[start:end] for start, end in itertools.pairwise(ends.tolist()))


def _texts(
    db: duckdb.DuckDBPyConnection, fields: Sequence[WriteField], columns: Mapping[str, pa.Array]
) -> dict[str, pa.StringArray]:
    """The canonical text of each value; the distinct values of one kind and type are asked for together."""
    found = {field.name: columns[field.name] for field in fields if field.type == _LONG}
    alike: dict[tuple[str, pa.DataType], dict[str, pa.DictionaryArray]] = {}
    for field in fields:
        if field.name not in found:
            column = _distinct(columns[field.name])
            text = canonical.render_sql(field, {field.name: "value"})
            alike.setdefault((text, column.dictionary.type), {})[field.name] = column
    for (text, _), some in alike.items():
        rendered = _rendered(db, text, [column.dictionary for column in some.values()])
        for (name, column), cells in zip(some.items(), rendered, strict=True):
            found[name] = cells.take(column.indices)
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
