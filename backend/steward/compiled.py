"""Machine code for the few loops over donors that arrays of numpy would not make short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., None]) -> Any:
    """Machine code kept beside the source, or in memory only where no folder can be written.

    Without fastmath: it may assume that no value is missing and sends missing values the wrong way.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "boundscheck": False, "fastmath": False}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(**options)(function)
