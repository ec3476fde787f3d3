"""Processes of one machine that share a home: one at a time where they must, and who of them is still alive."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
from collections.abc import Iterator


@contextlib.contextmanager
def alone(lock: pathlib.Path) -> Iterator[None]:
    """Waits until no other process is inside. The empty file `lock` stays: it holds nothing, and a killed process frees it."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Presence:
    """A process that keeps its own file in `folder` locked. However it ends, the system frees the lock, and others see it."""

    def __init__(self, folder: pathlib.Path, name: str) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder, self._name = folder, name
        coming = folder / f".{name}"
        self._held = os.open(coming, os.O_CREAT | os.O_WRONLY, 0o600)  # for as long as the process lives
        fcntl.flock(self._held, fcntl.LOCK_EX)
        coming.rename(folder / name)  # seen only when it is locked

    def alone(self) -> contextlib.AbstractContextManager[None]:
        return alone(self._folder / ".turn")

    def dead(self) -> list[str]:
        """The names of those who are gone and were not forgotten yet."""
        found = []
        for path in sorted(self._folder.iterdir()):
            if path.name.startswith(".") or path.name == self._name:
                continue
            with contextlib.suppress(OSError), path.open() as other:  # another process may just have forgotten it
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found.append(path.name)
        return found

    def forget(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def leave(self) -> None:
        """An orderly end leaves nothing behind."""
        self.forget(self._name)
        os.close(self._held)
