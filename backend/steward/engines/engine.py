"""What the pipeline asks of an engine, whichever it is."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import ibis.expr.types as ir

from steward.donors import Ledger

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """`spreads`: whether `each` has workers of its own, so that the caller starts none."""

    spreads: bool

    def tables(self, paths: Mapping[str, pathlib.Path]) -> dict[str, ir.Table]:
        """The snapshot's Parquet files as tables."""

    def begun(self, ledger: Ledger, once: Collection[str] = ()) -> Ledger:
        """As `held`, but perhaps still being computed: `write` waits for it, and nobody else may read it. The parts that are
        read `once` need not be held."""

    def held(self, ledger: Ledger) -> Ledger:
        """The ledger computed once and kept: everything after it reads plain tables."""

    def release(self, ledger: Ledger) -> None:
        """Forgets a ledger that was held."""

    def keeping(self) -> AbstractContextManager[Callable[[ir.Table], ir.Table]]:
        """A large query, step by step: a step that is kept is a plain table to the end of the block, read as one begun."""

    def write(self, table: ir.Table, path: pathlib.Path, rows: int) -> None:
        """To Parquet at `path`, in the table's order, in row groups of about `rows`."""

    def each(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Sequence[Result]:
        """`work` of every task, in the order of the tasks."""

    def close(self) -> None: ...


def resting_on_held(ledger: Ledger, held: Mapping[str, ir.Table]) -> Iterator[tuple[str, ir.Table]]:
    """The parts of the ledger in their order: where a part is made of one that the caller holds by then, it reads that."""
    for part in dataclasses.fields(ledger):
        known = {getattr(ledger, name).op(): table.op() for name, table in held.items()}
        yield part.name, getattr(ledger, part.name).op().replace(known).to_expr()
