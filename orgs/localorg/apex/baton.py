"""Who may talk to the Apex process: one thread at a time, which may set its turn aside while it waits for the outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Baton:
    """A lock that its thread may take several times; `set_aside` lets others have it in between."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._holder: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        self._take(1)

    def __exit__(self, *_: object) -> None:
        with self._free:
            self._depth -= 1
            if self._depth == 0:
                self._holder = None
                self._free.notify()

    def _take(self, times: int) -> None:
        me = threading.get_ident()
        with self._free:
            self._free.wait_for(lambda: self._holder in (None, me))
            self._holder = me
            self._depth += times

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Others' whole conversations fit in here; ours goes on where it was."""
        with self._free:
            depth, self._depth, self._holder = self._depth, 0, None
            self._free.notify()
        try:
            yield
        finally:
            self._take(depth)
