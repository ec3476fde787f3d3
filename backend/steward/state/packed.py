"""Many rows of a table as few values: a million profiles go to and from the database without a million rows of Python."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from steward.state.tables import Base

ROWS = 50_000  # of a value
_BETWEEN = "\n"


def columns(connection: sa.Connection, cells: Sequence[sa.SQLColumnExpression[str]]) -> Iterator[list[pa.StringArray]]:
    """All rows of the table whose key comes first in `cells`, portion by portion: an array a column. No cell is null or has
    a line break in it."""
    line = functools.reduce(lambda before, cell: before + _BETWEEN + cell, cells)
    for text in _joined(connection, cells[0], sa.func.aggregate_strings(line, _BETWEEN)):
        found = pc.split_pattern(pa.array([text]), _BETWEEN).values
        rows = np.arange(0, len(found), len(cells))
        yield [found.take(pa.array(rows + place)) for place in range(len(cells))]


def _joined(
    connection: sa.Connection, key: sa.SQLColumnExpression[str], joined: sa.ColumnElement[str]
) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        yield from connection.scalars(sa.select(joined).group_by(sa.func.left(key, 2)))
        return
    place: sa.ColumnElement[int] = sa.literal_column("rowid", sa.Integer)  # SQLite would sort all rows for a GROUP BY
    last = connection.scalar(sa.select(sa.func.max(place)).where(key.is_not(None))) or 0
    for first in range(0, last + 1, ROWS):
        if text := connection.scalar(sa.select(joined).where(place >= first, place < first + ROWS)):
            yield text


def upsert(
    engine: sa.Engine, table: type[Base], names: Sequence[str], rows: Sequence[Sequence[str]], same: Mapping[str, Any]
) -> None:
    """Rows of the columns `names`, the first of which is the key; all of them alike in the columns of `same`."""
    is_postgresql = engine.dialect.name == "postgresql"
    every = sa.func.json_array_elements if is_postgresql else sa.func.json_each
    given = sa.bindparam("rows", type_=sa.Text)
    row = every(sa.cast(given, sa.JSON) if is_postgresql else given).table_valued("value").c.value
    cells = [row.op("->>")(sa.literal_column(str(place))) for place in range(len(names))]
    alike = [sa.literal(value, table.__table__.c[name].type) for name, value in same.items()]
    found = sa.select(*cells, *alike).where(sa.true())  # without WHERE, SQLite takes ON CONFLICT for part of a join
    insert = (postgresql.insert if is_postgresql else sqlite.insert)(table).from_select([*names, *same], found)
    kept = {name: insert.excluded[name] for name in (*names[1:], *same)}
    statement = insert.on_conflict_do_update(index_elements=[names[0]], set_=kept)
    for start in range(0, len(rows), ROWS):
        with engine.begin() as connection:
            connection.execute(statement, {"rows": json.dumps(rows[start : start + ROWS])})
