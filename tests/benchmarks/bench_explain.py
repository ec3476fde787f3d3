"""Exact reasons against shap.TreeExplainer, in rows per CPU-second: python tests/benchmarks/bench_explain.py

Both explain the same donors with the same booster (300 trees, nearly full), one thread, several rounds in turn; the
best round of each counts, so that a busy machine hurts neither. Prints the ratio and how far the answers differ.
"""

from __future__ import annotations

import argparse
import platform
import time
import warnings

import numpy as np
import shap
import xgboost as xgb
from steward.models import treeshap, treetables

FEATURES, TREES, ROUNDS = 40, 300, 3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=40_000, help="donors explained by the tables a round")
    options.add_argument("--shap-rows", type=int, default=600, help="donors explained by shap a round")
    chosen = options.parse_args()
    matrix, label = _donors(chosen.rows)
    print(f"xgboost {xgb.__version__}, shap {shap.__version__}, numpy {np.__version__}, {platform.machine()}")
    print("depth  build s   tables MB   rows/CPU-s   shap rows/CPU-s   ratio   needed   worst difference   one row us")
    for depth, needed in ((5, 50), (6, 25), (4, 50), (3, 50)):
        _compare(_booster(matrix, label, depth), matrix, depth, needed, chosen.shap_rows)


def _donors(rows: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    matrix[:, ::3][rng.random(matrix[:, ::3].shape) < 0.15] = np.nan
    known = np.nan_to_num(matrix)
    margin = np.tanh(known) @ rng.normal(size=FEATURES) + known[:, 0] * known[:, 1]
    return matrix, (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)


def _booster(matrix: np.ndarray, label: np.ndarray, depth: int) -> xgb.Booster:
    settings = {
        "objective": "binary:logistic", "tree_method": "hist", "max_depth": depth, "eta": 0.05, "min_child_weight": 5,
        "nthread": 2,
    }  # fmt: skip
    return xgb.train(settings, xgb.DMatrix(matrix, label), TREES)


def _compare(booster: xgb.Booster, matrix: np.ndarray, depth: int, needed: int, few: int) -> None:
    started = time.process_time()
    tables = treetables.build(booster)
    built = time.process_time() - started
    assert tables is not None
    treeshap.warm(tables)
    booster.set_param({"nthread": 1})
    explainer = shap.TreeExplainer(booster)
    ours = theirs = 0.0
    for _ in range(ROUNDS):
        ours = max(ours, _rate(lambda: treeshap.contributions(tables, matrix), len(matrix)))
        theirs = max(theirs, _rate(lambda: explainer.shap_values(xgb.DMatrix(matrix[:few], nthread=1)), few))
    exact = np.asarray(explainer.shap_values(xgb.DMatrix(matrix[:few], nthread=1)))
    found = treeshap.contributions(tables, matrix[:few])[:, :-1]
    alone = min(_seconds(lambda i=i: treeshap.contributions(tables, matrix[i : i + 1])) for i in range(50))
    print(
        f"{depth:5d}  {built:7.1f}   {tables.cells.nbytes / 1e6:9.1f}   {ours:10,.0f}   {theirs:15,.0f}"
        f"   {ours / theirs:5.0f}   {needed:6d}   {np.abs(found - exact).max():16.1e}   {alone * 1e6:10,.0f}"
    )


def _rate(work, rows: int) -> float:
    started = time.process_time()
    work()
    return rows / (time.process_time() - started)


def _seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
