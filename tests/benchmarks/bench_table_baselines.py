"""The table interface beside plain baselines, in the same folds: python tests/benchmarks/bench_table_baselines.py --seeds 2

Logistic regression with a tuned penalty, histogram boosting, a random forest, the mean of the three, and the best
column alone, on two dozen tables (table_shapes.py). A table is won or lost where the best of them is behind or ahead by
more than .003 AUC, on the mean over the seeds that make it up and deal its folds.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import table_shapes
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from steward.tables import evaluation, folding, measures
from steward.tables.prepare import Table, prepare
from threadpoolctl import threadpool_limits

CLOSE = 0.003  # AUC
BASELINES = ("logistic", "boosting", "forest", "mean")


def baselines(table: Table, seed: int) -> dict[str, float]:
    """AUC of each over five folds."""
    rows, numbers, words = _columns(table)
    said = {name: np.zeros(len(table.label)) for name in BASELINES}
    for learn, test in folding.folds(table.label, table.units, 5, seed):
        for name, model in _models(numbers, words, seed).items():
            model.fit(rows.iloc[learn], table.label[learn])
            said[name][test] = model.predict_proba(rows.iloc[test])[:, 1]
    said["mean"] = np.mean([said[name] for name in BASELINES[:-1]], axis=0)
    return {name: measures.auc(table.label, one, table.weight) for name, one in said.items()}


def _columns(table: Table) -> tuple[pd.DataFrame, list[str], list[str]]:
    rows = table.inputs.copy()
    for name, kind in table.kinds.items():
        if kind == "date":
            rows[name] = (rows[name] - rows[name].max()).dt.days
        elif kind == "category":
            rows[name] = rows[name].astype(str)
    words = [name for name, kind in table.kinds.items() if kind == "category"]
    return rows, [name for name in rows if name not in words], words


def _models(numbers: list[str], words: list[str], seed: int) -> dict[str, Pipeline]:
    unknown = {"handle_unknown": "use_encoded_value", "unknown_value": -1}
    scaled = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    levels = OneHotEncoder(min_frequency=10, handle_unknown="infrequent_if_exist")
    lines = ColumnTransformer([("n", scaled, numbers), ("w", levels, words)], sparse_threshold=0)
    trees = ColumnTransformer([("n", "passthrough", numbers), ("w", OrdinalEncoder(**unknown), words)])
    filled = ColumnTransformer(
        [("n", SimpleImputer(strategy="median"), numbers), ("w", OrdinalEncoder(**unknown), words)]
    )
    penalties = np.logspace(-4, 1, 6)
    return {
        "logistic": make_pipeline(lines, LogisticRegressionCV(
            Cs=penalties, cv=4, scoring="neg_log_loss", max_iter=300, l1_ratios=(0,), use_legacy_attributes=False)),
        "boosting": make_pipeline(trees, HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=100, max_leaf_nodes=15, random_state=seed)),
        "forest": make_pipeline(filled, RandomForestClassifier(200, min_samples_leaf=5, random_state=seed)),
    }  # fmt: skip


def judge(name: str, seed: int) -> dict[str, float]:
    """AUC of each on one table; `cpu` is Steward's own."""
    frame, roles = table_shapes.SHAPES[name](seed)
    table = prepare(frame, roles)
    started = time.process_time()
    found = evaluation.judge(table, roles, seed=seed, repeats=1)
    spent = time.process_time() - started
    gone = [one["column"] for one in found["table"]["left_out"] if one["column"] in table.kinds]
    kinds = {column: kind for column, kind in table.kinds.items() if column not in gone}
    plain = baselines(replace(table, inputs=table.inputs[list(kinds)], kinds=kinds), seed)
    return {"steward": found["model"]["auc"], **plain, "column": found["rule"]["auc"], "cpu": spent}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=1)
    asked.add_argument("--only", default="", help="tables whose name holds this word")
    given = asked.parse_args()
    print(
        f"{'table':<26}"
        + "".join(f"{name:>10}" for name in ("steward", *BASELINES, "column", "ahead by", "±", "CPU-s"))
    )
    ahead = []
    with threadpool_limits(1):
        for name in (name for name in table_shapes.SHAPES if given.only in name):
            each = pd.DataFrame([judge(name, seed) for seed in range(1, given.seeds + 1)])
            usual, best = each.mean(), max((*BASELINES, "column"), key=lambda one: each[one].mean())
            margin = each["steward"] - each[best]
            ahead.append(margin.mean())
            told = [*(f"{usual[one]:.3f}" for one in ("steward", *BASELINES, "column")), f"{ahead[-1]:+.3f}"]
            told += [f"{margin.std(ddof=0):.3f}", f"{usual['cpu']:.0f}"]
            print(f"{name:<26}" + "".join(f"{one:>10}" for one in told), flush=True)
    won, lost = sum(one > CLOSE for one in ahead), sum(one < -CLOSE for one in ahead)
    print(f"{won} won, {len(ahead) - won - lost} even, {lost} lost; mean {np.mean(ahead):+.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
