"""DuckDB in this process, bounded in memory and threads; it spills to the home folder."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from steward.compiling import nothing_collected
from steward.donors import Ledger
from steward.engines.engine import Result, Task, resting_on_held


class Embedded:
    spreads = False

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def tables(self, paths: Mapping[str, pathlib.Path]) -> dict[str, ir.Table]:
        return {name: self._backend.read_parquet(str(path)) for name, path in paths.items()}

    def held(self, ledger: Ledger) -> Ledger:
        kept: dict[str, ir.Table] = {}
        for name, part in resting_on_held(ledger, kept):
            self._backend.raw_sql(f"CREATE OR REPLACE TEMP TABLE ledger_{name} AS {self._sql(part)}")
            kept[name] = self._backend.table(f"ledger_{name}")
        return Ledger(**kept)

    def release(self, ledger: Ledger) -> None:
        for part in dataclasses.fields(ledger):
            self._backend.raw_sql(f"DROP TABLE {getattr(ledger, part.name).get_name()}")

    def write(self, table: ir.Table, path: pathlib.Path, rows: int) -> None:
        query = self._sql(table)
        self._backend.raw_sql(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})")

    def _sql(self, table: ir.Table) -> str:
        with nothing_collected():
            return str(self._backend.compile(table))

    def each(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Sequence[Result]:
        return [work(task) for task in tasks]

    def close(self) -> None:
        self._backend.disconnect()
