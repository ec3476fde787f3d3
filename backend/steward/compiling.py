"""What turning expressions into SQL, or loading libraries, costs beside the work itself."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def nothing_collected() -> Iterator[None]:
    """To compile or to load is to make small objects that stay: looking for litter among them costs up to as much again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
