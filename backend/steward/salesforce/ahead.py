"""Making ahead: the next part is read or rendered while the one before is worked on or sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")


def ahead(reads: Iterable[Callable[[], Part]]) -> Iterator[Part]:
    """What the reads give, in their order; one thread reads one part ahead, never two at once and never further."""
    waiting = iter(reads)
    first = next(waiting, None)
    if first is None:
        return
    with ThreadPoolExecutor(1, "reading ahead") as thread:
        coming = thread.submit(first)
        for read in waiting:
            ready = coming.result()
            coming = thread.submit(read)
            yield ready
        yield coming.result()
