"""Exact path-dependent TreeSHAP from tables, in one pass with the score: contributions add up to the margin."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from steward.compiled import compiled
from steward.models.lanes import add_looked_up
from steward.models.treetables import Floats, TreeTables

if TYPE_CHECKING:
    import xgboost as xgb

TILE = 256  # donors worked on together: their values and contributions stay in the processor's cache
FEW = 4  # donors up to which one after the other is quicker


def by_xgboost(booster: xgb.Booster, matrix: Floats, threads: int = 1) -> Floats:
    """XGBoost's own contributions, for trees that tables do not cover."""
    import xgboost as xgb  # noqa: PLC0415  whoever has a booster has loaded it

    rows = xgb.DMatrix(matrix, feature_names=booster.feature_names, nthread=threads)
    booster.set_param({"nthread": threads})
    return np.asarray(booster.predict(rows, pred_contribs=True), np.float32)


def contributions(tables: TreeTables, matrix: Floats, threads: int = 1) -> Floats:
    """(donors, features + 1) contributions to the margin, bias last."""
    matrix = np.ascontiguousarray(matrix, np.float32)
    out = np.empty((len(matrix), tables.features + 1), np.float32)
    out[:, -1] = tables.bias
    if threads == 1 or len(matrix) <= TILE:
        _run(tables, matrix, out)
        return out
    cuts = np.linspace(0, len(matrix), threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(_run, tables, matrix[a:b], out[a:b]) for a, b in itertools.pairwise(cuts)]
        for part in parts:
            part.result()
    return out


def warm(tables: TreeTables) -> None:
    """Compiles both kernels (or loads what was compiled), so that the first donor does not wait for it."""
    for donors in (1, FEW + 1):
        _run(
            tables, np.zeros((donors, tables.features), np.float32), np.empty((donors, tables.features + 1), np.float32)
        )


def _run(tables: TreeTables, matrix: Floats, out: Floats) -> None:
    nodes = tables.feature, tables.threshold, tables.missing_left, tables.depth
    if len(matrix) <= FEW:
        _one_by_one(matrix, *nodes, tables.row_node, tables.cell_feature, tables.cells, out)
    else:
        _by_tiles(matrix, *nodes, tables.row_start, tables.cell_feature, tables.wide_cells, out)


@compiled
def _one_by_one(  # type: ignore[no-untyped-def]
    matrix, feature, threshold, missing_left, depth, row_node, cell_feature, cells, out
):  # pragma: no cover - compiled
    """For each donor first the outcomes of all paths, then what they give: two loops without a branch.

    Sums in the order of `_by_tiles`, so that a donor alone gets the same bytes.
    """
    outcome = np.zeros(8, np.uint32)  # bits of the first d conditions
    taken = np.empty(len(feature), np.uint32)
    for r in range(len(matrix)):
        for node in range(len(feature)):
            value = matrix[r, feature[node]]
            left = (value < threshold[node]) | (missing_left[node] & np.isnan(value))
            d = depth[node]
            taken[node] = outcome[d] | (np.uint32(left) << np.uint32(d))
            outcome[d + 1] = taken[node]
        out[r, : matrix.shape[1]] = 0
        for row in range(len(cell_feature)):
            out[r, cell_feature[row]] += cells[row, taken[row_node[row]]]


@compiled
def _by_tiles(  # type: ignore[no-untyped-def]
    matrix, feature, threshold, missing_left, depth, row_start, cell_feature, cells, out
):  # pragma: no cover - compiled
    """Walks all trees for one tile of donors; `outcome[d]` holds each donor's bits of the first d conditions."""
    donors, features = matrix.shape
    values = np.empty((features, TILE), np.float32)
    shares = np.empty((features, TILE), np.float32)
    outcome = np.zeros((8, TILE), np.uint32)
    for first in range(0, donors, TILE):
        size = min(TILE, donors - first)
        for f in range(features):
            for r in range(size):
                values[f, r] = matrix[first + r, f]
                shares[f, r] = 0
        for node in range(len(feature)):
            d = depth[node]
            cut = threshold[node]
            bit = np.uint32(1 << d)
            none = np.uint32(0)
            value = values[feature[node]]
            before = outcome[d]
            after = outcome[d + 1]
            if missing_left[node]:
                for r in range(size):
                    after[r] = before[r] | (none if value[r] >= cut else bit)
            else:
                for r in range(size):
                    after[r] = before[r] | (bit if value[r] < cut else none)
            for row in range(row_start[node], row_start[node + 1]):
                add_looked_up(shares[cell_feature[row]], cells[row], after, size)
        for f in range(features):
            for r in range(size):
                out[first + r, f] = shares[f, r]
