"""Making ahead: the next part is read or rendered while the one before is worked on or sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import repeat, takewhile
from typing import TypeVar, cast

Part = TypeVar("Part")
_END = object()


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


def drawn_ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """The same parts; the next one is drawn by the thread, so that whatever makes it runs there."""
    drawing: partial[object] = partial(next, iter(parts), _END)
    return cast("Iterator[Part]", takewhile(lambda part: part is not _END, ahead(repeat(drawing))))
