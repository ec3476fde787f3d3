"""An engine for a handful of rows: what a night spends on preparing queries must not be paid by every event.

The core builds the same expressions each time, only the rows differ. So each expression is compiled to SQL once, and its
rows come as plain values: for a few of them that is quicker than any way made for millions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from ibis.backends.duckdb.converter import DuckDBPyArrowData

REMEMBERED = 200  # expressions; dates pass, and their queries with them


class Handful:
    """Takes over how an Ibis DuckDB engine runs expressions, and counts the seconds that takes."""

    def __init__(self, engine: Any, timer: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._engine, self._compile, self._timer = engine, engine.compile, timer
        self._queries: dict[Any, str] = {}
        self._schemas: dict[Any, pa.Schema] = {}
        engine.to_pyarrow = self.to_pyarrow
        engine.raw_sql("SET threads = 1")  # two would wait for each other

    def compile(self, expression: Any) -> str:
        """The expression's SQL."""
        key = expression.op()
        if key not in self._queries:
            if len(self._queries) > REMEMBERED:
                self._queries.clear()
                self._schemas.clear()
            self._queries[key] = str(self._compile(expression))
            self._schemas[key] = expression.schema().to_pyarrow()
        return self._queries[key]

    def run(self, statement: str) -> None:
        """A statement without an answer."""
        began = self._timer()
        self._engine.con.execute(statement)
        self.seconds += self._timer() - began

    def to_pyarrow(self, expression: Any, **_: Any) -> Any:
        """What the engine's own method gives."""
        began = self._timer()
        try:
            asked = expression.as_table()
            rows = self._engine.con.execute(self.compile(asked)).fetchall()
            schema = self._schemas[asked.op()]
            columns = zip(*rows, strict=True) if rows else [()] * len(schema)
            table = pa.table(
                [pa.array(one, kind) for one, kind in zip(columns, schema.types, strict=True)], schema=schema
            )
            return expression.__pyarrow_result__(table, data_mapper=DuckDBPyArrowData)
        finally:
            self.seconds += self._timer() - began
