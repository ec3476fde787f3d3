"""What a booster's trees say in all, without reasons: xgboost's own prediction, bit by bit.

xgboost takes most of a millisecond to be told of one donor; a walk down its trees takes a fiftieth of that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steward.compiled import compiled
from steward.models import artefact
from steward.models.metrics import Array
from steward.models.treetables import Floats, Ints, Tree, one_output

if TYPE_CHECKING:
    import xgboost as xgb

TILE = 256  # donors worked on together
FEW = 4  # donors up to which one after the other is quicker
IN_LOGS = {"reg:absoluteerror": False, "reg:squarederror": False, "reg:tweedie": True}


@dataclass(frozen=True)
class Forest:
    """The nodes of all trees, siblings side by side. A leaf is a split at which everybody goes left, to itself."""

    root: Ints  # (trees)
    feature: Ints  # (nodes)
    threshold: Floats  # (nodes) left when value < threshold
    missing_left: NDArray[np.bool_]  # (nodes)
    left: Ints  # (nodes) the right child comes after it
    weight: Floats  # (nodes) of leaves
    in_logs: bool

    def said(self, matrix: Floats, start: Array) -> Floats:
        """A number a donor; `start`: where the trees set out from, in logs where they speak in logs."""
        out = start.astype(np.float32)
        nodes = self.root, self.feature, self.threshold, self.missing_left, self.left, self.weight
        add_up = _one_by_one if len(matrix) <= FEW else _by_tiles
        add_up(np.ascontiguousarray(matrix, np.float32), *nodes, out)
        if self.in_logs:
            _exponential(out)
        return out


def build(booster: xgb.Booster) -> Forest | None:
    """None where it is not one number a donor from plain splits: that is left to xgboost."""
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    objective = learner["objective"]["name"]
    if objective not in IN_LOGS or not one_output(learner):
        return None
    trees = [Tree(tree) for tree in learner["gradient_booster"]["model"]["trees"]]
    if any(tree.categorical for tree in trees):
        return None
    parts = [_side_by_side(tree) for tree in trees]
    sizes = [len(nodes) for nodes, *_ in parts]
    root = np.cumsum([0, *sizes[:-1]]).astype(np.int32)
    feature, threshold, missing_left, left, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    left += np.repeat(root, sizes)
    return Forest(root, feature, threshold, missing_left, left, weight, IN_LOGS[objective])


def unpacked(saved: bytes) -> Forest:
    """What `artefact.packed` made of one."""
    parts = artefact.unpacked(saved, Forest)
    return Forest(**{**parts, "in_logs": bool(parts["in_logs"])})


def _side_by_side(tree: Tree) -> tuple[Ints, Floats, NDArray[np.bool_], Ints, Floats]:
    """One tree's nodes in the order of their levels: feature, threshold, missing left, left child, weight."""
    order: list[int] = [0]
    children: list[int] = []
    for place, node in enumerate(order):  # grows while it is walked
        children.append(place if tree.is_leaf(node) else len(order))
        if not tree.is_leaf(node):
            order += [int(tree.left[node]), int(tree.right[node])]
    nodes = np.array(order)
    leaf = tree.left[nodes] == -1
    return (
        np.where(leaf, 0, tree.feature[nodes]).astype(np.int32),
        np.where(leaf, np.float32(np.inf), tree.value[nodes]),
        leaf | tree.missing_left[nodes],
        np.array(children, np.int32),
        np.where(leaf, tree.value[nodes], np.float32(0)),
    )


@compiled
def _one_by_one(  # type: ignore[no-untyped-def]
    matrix, root, feature, threshold, missing_left, left, weight, out
):  # pragma: no cover - compiled
    """Each donor walks down every tree."""
    for donor in range(len(matrix)):
        for tree in range(len(root)):
            node = root[tree]
            while left[node] != node:
                value = matrix[donor, feature[node]]
                goes_left = (value < threshold[node]) | (missing_left[node] & np.isnan(value))
                node = left[node] + np.int32(not goes_left)
            out[donor] += weight[node]


@compiled
def _by_tiles(  # type: ignore[no-untyped-def]
    matrix, root, feature, threshold, missing_left, left, weight, out
):  # pragma: no cover - compiled
    """From the leaves up: each split passes on what one of its sides says, for a tile of donors at once and without a jump."""
    donors, features = matrix.shape
    ends = np.append(root[1:], np.int32(len(left)))
    values = np.empty((features, TILE), np.float32)
    says = np.empty(((ends - root).max(), TILE), np.float32)
    for first in range(0, donors, TILE):
        size = min(TILE, donors - first)
        for f in range(features):
            for r in range(size):
                values[f, r] = matrix[first + r, f]
        for tree in range(len(root)):
            for node in range(ends[tree] - 1, root[tree] - 1, -1):
                said = says[node - root[tree]]
                if left[node] == node:
                    for r in range(size):
                        said[r] = weight[node]
                    continue
                cut = threshold[node]
                value = values[feature[node]]
                lower, higher = says[left[node] - root[tree]], says[left[node] + 1 - root[tree]]
                if missing_left[node]:
                    for r in range(size):
                        one, other = lower[r], higher[r]
                        said[r] = other if value[r] >= cut else one
                else:
                    for r in range(size):
                        one, other = lower[r], higher[r]
                        said[r] = one if value[r] < cut else other
            for r in range(size):
                out[first + r] += says[0, r]


@compiled
def _exponential(out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """By the C library's function, as xgboost does; numpy's own differs in the last bit."""
    for donor in range(len(out)):
        out[donor] = np.exp(out[donor])
