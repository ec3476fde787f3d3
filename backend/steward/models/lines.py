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
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from steward.models.metrics import Array
from steward.models.treetables import Floats

PENALTIES = (300.0, 30.0, 3.0)  # simplest first
FARTHEST = 5.0  # standard deviations at which an input stops to count for more
LEAST_SPREAD = LEAST_WEIGHT = 1e-6
MOST_ROWS = 100_000  # more change the weights by less than their error
_COLUMNS = ("weights", "absent", "middle", "scale", "usual")
_SIDES = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}


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
        standard = _standard(_logs(np.take(matrix, counts, axis=1)), middle, scale)
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


def fit(matrix: Floats, label: Array, offset: Array, directions: tuple[int, ...], penalty: float) -> Line:
    """`offset` is each row's level; an input with a direction never gets a weight against it. All `directions` 0: free."""
    step = -(-len(label) // MOST_ROWS)
    logs = _logs(matrix[::step])
    here = ~np.isnan(logs)
    count = np.maximum(here.sum(axis=0), 1)
    middle = np.nansum(logs, axis=0) / count
    spread = np.sqrt(np.nansum((logs - middle) ** 2, axis=0) / count)
    scale = np.where(spread > LEAST_SPREAD, spread, 1.0)
    design = np.hstack([np.nan_to_num(_standard(logs, middle, scale)), ~here])
    sides = [_SIDES[one] for one in directions] + [_SIDES[0]] * (len(directions) + 1)
    share = len(logs) / max(len(matrix), 1)
    found = _minimized(design, label[::step], offset[::step], sides, penalty * share)
    told, absent = np.split(found[:-1], 2)
    usual = (design * found[:-1]).mean(axis=0).reshape(2, -1).sum(axis=0)
    bias = float(found[-1] + usual.sum())
    return Line(_floats(told), _floats(absent), _floats(middle), _floats(scale), _floats(usual), bias)


def _minimized(design: Array, label: Array, offset: Array, sides: list[Any], penalty: float) -> Array:
    """Weights and intercept of the least penalized log loss."""
    side = 2 * label - 1

    def loss(weights: Array) -> tuple[float, Array]:
        margin = side * (offset + design @ weights[:-1] + weights[-1])
        slope = -side / (1 + np.exp(np.clip(margin, -500, 500)))
        total = np.logaddexp(0, -margin).sum() + penalty / 2 * weights[:-1] @ weights[:-1]
        return float(total), np.r_[design.T @ slope + penalty * weights[:-1], slope.sum()]

    with threadpool_limits(1):  # sums in one order, whatever the machine
        found = minimize(loss, np.zeros(design.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=sides)
    return np.where(np.abs(found.x) < LEAST_WEIGHT, 0.0, found.x)


def _logs(values: Floats) -> Array:
    """Signed logarithms: giving spans orders of magnitude."""
    wide = values.astype(np.float64)
    return np.asarray(np.sign(wide) * np.log1p(np.abs(wide)))


def _standard(logs: Array, middle: Any, scale: Any) -> Array:
    return np.asarray(np.clip((logs - middle) / scale, -FARTHEST, FARTHEST))


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
