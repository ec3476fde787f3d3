"""One process at a time: for files that several processes of one service make or change."""

from __future__ import annotations

import contextlib
import fcntl
import pathlib
from collections.abc import Iterator


@contextlib.contextmanager
def alone(lock: pathlib.Path) -> Iterator[None]:
    """Waits until no other process is inside. The empty file `lock` stays: it holds nothing, and a killed process frees it."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
