"""How much memory a process and all its children take, seen from outside."""

from __future__ import annotations

import pathlib
import threading
import time

# To count shared pages, the kernel goes through every page of a process, which meanwhile gets no more of them: ten times a second,
# that took a fifth of a core. So looks are this many times as far apart as one takes.
_REST = 20


class Memory(threading.Thread):
    """The most memory that a process and all its children had at one moment, each shared page counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._peak, self.done = pid, 0, threading.Event()

    def run(self) -> None:
        took = 0.0
        while not self.done.wait(max(0.1, _REST * took)):
            began = time.perf_counter()
            self._peak = max(self._peak, sum(map(_pss, _family(self._pid))))
            took = time.perf_counter() - began

    def since_last_asked(self) -> float:
        """In MB."""
        peak, self._peak = self._peak, 0
        return peak / 1024


def _family(pid: int) -> list[int]:
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _pss(pid: int) -> int:
    try:
        lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
