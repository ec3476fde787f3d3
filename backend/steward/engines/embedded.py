"""DuckDB in this process, bounded in memory and threads; it spills to the home folder."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from steward.compiling import nothing_collected
from steward.donors import Ledger
from steward.engines.engine import Result, Task, resting_on_held


class Embedded:
    """Statements run one after the other beside the caller, who puts the next expression into SQL meanwhile: the ledger's
    and the facts' take half a second in which no core would work."""

    spreads = False

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._beside = ThreadPoolExecutor(1)
        self._begun: list[Future[Any]] = []

    def tables(self, paths: Mapping[str, pathlib.Path]) -> dict[str, ir.Table]:
        self._finish()
        return {name: self._backend.read_parquet(str(path)) for name, path in paths.items()}

    def begun(self, ledger: Ledger, once: Collection[str] = ()) -> Ledger:
        kept: dict[str, ir.Table] = {}
        for name, part in resting_on_held(ledger, kept):
            kept[name] = part if name in once else self._made(f"ledger_{name}", part)
        return Ledger(**kept)

    def held(self, ledger: Ledger) -> Ledger:
        kept = self.begun(ledger)
        self._finish()
        return kept

    def release(self, ledger: Ledger) -> None:
        for part in dataclasses.fields(ledger):
            self._begin(f"DROP TABLE IF EXISTS ledger_{part.name}")
        self._finish()

    @contextlib.contextmanager
    def keeping(self) -> Iterator[Callable[[ir.Table], ir.Table]]:
        names: list[str] = []

        def keep(table: ir.Table) -> ir.Table:
            names.append(f"kept_{len(names)}")
            return self._made(names[-1], table)

        try:
            yield keep
        finally:
            for name in names:
                self._begin(f"DROP TABLE IF EXISTS {name}")
            self._finish()

    def write(self, table: ir.Table, path: pathlib.Path, rows: int) -> None:
        as_parquet = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {rows}"
        self._begin(f"COPY ({self._sql(table)}) TO '{path}' ({as_parquet})")
        self._finish()

    def _made(self, name: str, table: ir.Table) -> ir.Table:
        self._begin(f"CREATE OR REPLACE TEMP TABLE {name} AS {self._sql(table)}")
        return ops.DatabaseTable(name, table.schema(), self._backend).to_expr()

    def _begin(self, statement: str) -> None:
        self._begun.append(self._beside.submit(self._backend.raw_sql, statement))

    def _finish(self) -> None:
        begun, self._begun = self._begun, []
        try:
            for one in begun:
                one.result()
        except BaseException:
            for one in begun:
                one.cancel()
            self._backend.con.interrupt()
            raise

    def _sql(self, table: ir.Table) -> str:
        with nothing_collected():
            return str(self._backend.compile(table))

    def each(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Sequence[Result]:
        return [work(task) for task in tasks]

    def close(self) -> None:
        self._beside.shutdown()
        self._backend.disconnect()
