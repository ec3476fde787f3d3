"""What a query found: read when it is asked for, as records or as flat rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from localorg.store import Store

Row = TypeVar("Row")


@dataclass
class QueryResult:
    """`records` yields REST records, `rows` flat tuples in the order of `columns`; iterate one of them once."""

    plan: Any
    store: Store

    @property
    def columns(self) -> Sequence[str]:
        return self.plan.columns  # type: ignore[no-any-return]

    @property
    def records(self) -> Iterator[dict[str, Any]]:
        with self.store.read() as connection:
            yield from _ending(self.plan.run(connection))

    @property
    def total_size(self) -> int:
        with self.store.read() as connection:
            return int(self.plan.count(connection))

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        with self.store.read() as connection:
            yield from _ending(self.plan.rows(connection))


def _ending(found: Iterator[Row]) -> Iterator[Row]:
    """Ends the statement behind an iterator that is left early, before its connection serves someone else."""
    try:
        yield from found
    finally:
        del found
