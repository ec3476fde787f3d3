"""Turns a booster into exact TreeSHAP tables: what each leaf gives each feature, whichever conditions of its path hold.

Path-dependent SHAP of a leaf depends only on which conditions of its path hold. A path has at most six, so all
outcomes are written down once, in float64, when a model is published; scoring a donor is then comparing and looking up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steward.models import lanes

if TYPE_CHECKING:
    import xgboost as xgb

MAX_DEPTH = 6

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class TreeTables:
    """Split nodes of all trees in pre-order; `cells[row]` holds one feature's share for each outcome of one path."""

    features: int
    bias: float
    tree_start: Ints  # (trees + 1) first node of each tree
    feature: Ints  # (nodes)
    threshold: Floats  # (nodes) left when value < threshold
    missing_left: NDArray[np.bool_]  # (nodes) where a missing value goes
    depth: Ints  # (nodes)
    row_start: Ints  # (nodes + 1) rows of cells that end at this node
    cell_feature: Ints  # (rows)
    cells: Floats  # (rows, 2 ** depth of the deepest path)

    @cached_property
    def row_node(self) -> Ints:
        """(rows) the node at which each row of cells ends."""
        return np.repeat(np.arange(len(self.feature), dtype=np.int32), np.diff(self.row_start))

    @cached_property
    def wide_cells(self) -> Floats:
        """`cells` with as many columns as are looked up in at once, or more."""
        return np.pad(self.cells, ((0, 0), (0, max(lanes.CELLS - self.cells.shape[1], 0))))

    @property
    def deepest(self) -> int:
        return int(self.depth.max()) + 1 if len(self.depth) else 0


def build(booster: xgb.Booster) -> TreeTables | None:
    """The tables of a booster, or None where they do not cover it (deep trees, categories, several outputs)."""
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    if not one_output(learner):
        return None
    trees = [Tree(tree) for tree in learner["gradient_booster"]["model"]["trees"]]
    if any(tree.depth() > MAX_DEPTH or tree.has_empty_node() for tree in trees):
        return None
    return _flatten(trees, booster.num_features(), _bias(booster))


def one_output(learner: dict[str, Any]) -> bool:
    """A number a donor, the sum of trees."""
    shape = learner["learner_model_param"]
    single = int(shape["num_class"]) <= 1 and int(shape.get("num_target", 1)) == 1
    return single and learner["gradient_booster"]["name"] == "gbtree"


def _bias(booster: xgb.Booster) -> float:
    """What xgboost itself gives the bias column: base margin plus each tree's expectation; the row does not matter."""
    import xgboost as xgb  # noqa: PLC0415  whoever has a booster has loaded it

    anyone = xgb.DMatrix(
        np.full((1, booster.num_features()), np.nan, np.float32), feature_names=booster.feature_names, nthread=1
    )
    return float(booster.predict(anyone, pred_contribs=True)[0, -1])


class Tree:
    """One tree of the JSON model as arrays."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.left = np.array(tree["left_children"], np.int32)
        self.right = np.array(tree["right_children"], np.int32)
        self.feature = np.array(tree["split_indices"], np.int32)
        self.value = np.array(tree["split_conditions"], np.float32)  # threshold of a split, weight of a leaf
        self.missing_left = np.array(tree["default_left"], np.bool_)
        self.cover = np.array(tree["sum_hessian"], np.float32).astype(np.float64)
        self.categorical = bool(tree.get("categories_nodes"))

    def is_leaf(self, node: int) -> bool:
        return bool(self.left[node] == -1)

    def depth(self, node: int = 0) -> int:
        if self.is_leaf(node):
            return 0
        return 1 + max(self.depth(int(self.left[node])), self.depth(int(self.right[node])))

    def has_empty_node(self) -> bool:
        splits = self.left != -1
        return self.categorical or bool((self.cover[splits] <= 0).any())


@dataclass(frozen=True)
class _Path:
    """The conditions on the way to a node: feature, whether it goes left, share of the cover that goes along."""

    features: tuple[int, ...] = ()
    lefts: tuple[bool, ...] = ()
    shares: tuple[float, ...] = ()

    def step(self, tree: Tree, node: int, left: bool) -> _Path:
        child = tree.left[node] if left else tree.right[node]
        share = float(tree.cover[child] / tree.cover[node])
        return _Path((*self.features, int(tree.feature[node])), (*self.lefts, left), (*self.shares, share))


def _splits(tree: Tree, node: int, path: _Path) -> Iterator[tuple[int, _Path]]:
    """Every split with the way to it, parents first."""
    if tree.is_leaf(node):
        return
    yield node, path
    yield from _splits(tree, int(tree.left[node]), path.step(tree, node, True))
    yield from _splits(tree, int(tree.right[node]), path.step(tree, node, False))


def _pair_table(tree: Tree, node: int, path: _Path) -> tuple[list[int], Doubles]:
    """Features and (feature, outcome) shares of the one or two leaves that hang on this split."""
    names: list[int] = []
    table = np.zeros((0, 0))
    for left in (True, False):
        child = int(tree.left[node] if left else tree.right[node])
        if not tree.is_leaf(child):
            continue
        way = path.step(tree, node, left)
        names = list(dict.fromkeys(way.features))
        shares = float(tree.value[child]) * _leaf_shares(way, names)
        table = shares if table.size == 0 else table + shares
    return names, table


def _leaf_shares(way: _Path, names: list[int]) -> Doubles:
    """SHAP of a leaf of weight 1: for each feature and outcome, (o - z) times the integral of the others' product.

    z is the share of donors a feature's conditions let through, o whether they hold here. The Shapley weights are
    the integral over t in [0, 1] of the product of z + t (o - z), a polynomial that Gauss-Legendre integrates exactly.
    """
    outcomes = np.arange(1 << len(way.features))
    held = np.ones((len(names), len(outcomes)))
    share = np.ones((len(names), 1))
    for bit, (name, left, part) in enumerate(zip(way.features, way.lefts, way.shares, strict=True)):
        goes_left = (outcomes >> bit) & 1 == 1
        held[names.index(name)] *= goes_left == left
        share[names.index(name)] *= part
    total = np.zeros_like(held)
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (len(names) + 1) // 2))
    for t, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * _product_of_others(share + t * (held - share))
    return (held - share) * total


def _product_of_others(factors: Doubles) -> Doubles:
    """Each row's product of all other rows, without division (a factor may be zero)."""
    one = np.ones((1, factors.shape[1]))
    before = np.cumprod(np.vstack([one, factors[:-1]]), axis=0)
    after = np.cumprod(np.vstack([one, factors[:0:-1]]), axis=0)[::-1]
    return np.asarray(before * after, np.float64)


def _flatten(trees: list[Tree], features: int, bias: float) -> TreeTables:
    width = 1 << max((tree.depth() for tree in trees), default=0)
    nodes: list[tuple[int, float, bool, int]] = []
    tree_start, row_start, cell_feature = [0], [0], []
    cells: list[Doubles] = []
    for tree in trees:
        for node, path in _splits(tree, 0, _Path()):
            names, table = _pair_table(tree, node, path)
            nodes.append((tree.feature[node], tree.value[node], tree.missing_left[node], len(path.features)))
            cell_feature.extend(names)
            cells.extend(np.pad(row, (0, width - len(row))) for row in table)
            row_start.append(len(cell_feature))
        tree_start.append(len(nodes))
    feature, threshold, missing_left, depth = zip(*nodes, strict=True) if nodes else ((), (), (), ())
    return TreeTables(
        features=features,
        bias=bias,
        tree_start=np.array(tree_start, np.int32),
        feature=np.array(feature, np.int32),
        threshold=np.array(threshold, np.float32),
        missing_left=np.array(missing_left, np.bool_),
        depth=np.array(depth, np.int32),
        row_start=np.array(row_start, np.int32),
        cell_feature=np.array(cell_feature, np.int32),
        cells=np.array(cells, np.float32).reshape(len(cells), width),
    )
