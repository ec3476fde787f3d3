"""A straight line beside the trees: penalized logistic regression on the logarithms of the same inputs.

It learns less of one year by heart than trees do, so it ages better; its contributions are exact, since it only adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steward.models.metrics import Array
from steward.models.treetables import Floats

FARTHEST = 5.0  # standard deviations at which an input stops to count for more
_COLUMNS = ("weights", "absent", "middle", "scale", "usual")


@dataclass(frozen=True)
class Line:
    """One number an input: its weight on the standard scale, what its absence says, how to standardize it."""

    weights: tuple[float, ...]
    absent: tuple[float, ...]
    middle: tuple[float, ...]
    scale: tuple[float, ...]
    usual: tuple[float, ...]  # the mean contribution, so that each is told against the usual donor
    bias: float

    def contributions(self, matrix: Floats) -> Floats:
        """(donors, inputs + 1), bias last; each row adds up to the margin."""
        out = np.zeros((len(matrix), len(self.weights) + 1), np.float32)
        out[:, -1] = self.bias
        counts, (weights, absent, middle, scale, usual) = self._counting
        standard = standardized(signed_logs(np.take(matrix, counts, axis=1)), middle, scale)
        out[:, counts] = np.where(np.isnan(standard), absent, weights * standard) - usual
        return out

    @cached_property
    def _counting(self) -> tuple[NDArray[np.intp], Array]:
        """Which inputs have a weight, and their columns."""
        columns = np.array([getattr(self, name) for name in _COLUMNS], np.float64)
        counts = np.flatnonzero((columns[0] != 0) | (columns[1] != 0))
        return counts, columns[:, counts]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Line:
        weights, absent, middle, scale, usual = (tuple(saved[name]) for name in _COLUMNS)
        return cls(weights, absent, middle, scale, usual, saved["bias"])


def signed_logs(values: Floats) -> Array:
    """Signed logarithms: giving spans orders of magnitude."""
    wide = values.astype(np.float64)
    return np.asarray(np.sign(wide) * np.log1p(np.abs(wide)))


def standardized(logs: Array, middle: Any, scale: Any) -> Array:
    return np.asarray(np.clip((logs - middle) / scale, -FARTHEST, FARTHEST))
