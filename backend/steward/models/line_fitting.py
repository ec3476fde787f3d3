"""Learns the straight line: the least penalized log loss, with no weight against a direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from steward.models.lines import Line, signed_logs, standardized
from steward.models.metrics import Array
from steward.models.treetables import Floats

PENALTIES = (300.0, 30.0, 3.0)  # simplest first
LEAST_SPREAD = LEAST_WEIGHT = 1e-6
MOST_ROWS = 100_000  # more change the weights by less than their error
_SIDES = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}


def fit(matrix: Floats, label: Array, offset: Array, directions: tuple[int, ...], penalty: float) -> Line:
    """`offset` is each row's level; an input with a direction never gets a weight against it. All `directions` 0: free."""
    step = -(-len(label) // MOST_ROWS)
    logs = signed_logs(matrix[::step])
    here = ~np.isnan(logs)
    count = np.maximum(here.sum(axis=0), 1)
    middle = np.nansum(logs, axis=0) / count
    spread = np.sqrt(np.nansum((logs - middle) ** 2, axis=0) / count)
    scale = np.where(spread > LEAST_SPREAD, spread, 1.0)
    design = np.hstack([np.nan_to_num(standardized(logs, middle, scale)), ~here])
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


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
