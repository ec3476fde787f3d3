"""What turning expressions into SQL, or loading libraries, costs beside the work itself."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def nothing_collected() -> Iterator[None]:
    """To compile is to make small objects that are needed to the end: looking for litter among them costs as much again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def loaded_for_good() -> Iterator[None]:
    """What is loaded here stays to the end: no litter is looked for in it, now or later."""
    with nothing_collected():
        yield
    gc.freeze()
    atexit.register(gc.unfreeze)
