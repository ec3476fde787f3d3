"""Cuts rows into folds with like shares of yes, all rows of a unit in one fold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import StratifiedKFold

from steward.models.metrics import Array


def folds(label: Array, units: Array, count: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(learn, test) row numbers; units, not rows, are dealt out, by whether any of their rows says yes."""
    known, where = np.unique(units, return_inverse=True)
    any_yes = np.zeros(len(known))
    np.maximum.at(any_yes, where, label)
    fewest = int(min(any_yes.sum(), len(known) - any_yes.sum()))
    kept = max(2, min(count, fewest))
    for _, test in StratifiedKFold(kept, shuffle=True, random_state=seed).split(known, any_yes):
        out = np.zeros(len(known), bool)
        out[test] = True
        yield np.flatnonzero(~out[where]), np.flatnonzero(out[where])
