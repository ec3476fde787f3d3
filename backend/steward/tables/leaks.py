"""Columns that know the answer: the target in disguise, known only afterwards, or an average of the target itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2
from sklearn.tree import DecisionTreeClassifier

from steward.models.measures import auc
from steward.models.metrics import Array
from steward.tables.prepare import Table

DISGUISE = 0.98  # AUC of one column alone that no honest column reaches
OUTSTANDING, AHEAD = 0.90, 0.15  # nor this one, when it is so far ahead of every other column
SAMPLE = 30_000
LEAVES = 16
PURE, RARE_BASE, PURE_SHARE = 0.995, 0.30, 0.10  # a value nearly all of whose donors say yes where few do in general
FEWEST_GROUPS, UNLIKELY = 8, 1e-6


@dataclass(frozen=True)
class Findings:
    """Column → why; `leaks` are left out, `suspects` stay in and are named."""

    leaks: dict[str, str]
    suspects: dict[str, str]


def find(table: Table, seed: int, keep: tuple[str, ...] = ()) -> Findings:
    columns = {str(name): _codes(table.inputs[name], table.kinds[str(name)]) for name in table.inputs}
    some = _sample(table.label, seed)
    alone = {name: _alone(codes[some], table.label[some]) for name, codes in columns.items()}
    leaks = {**_averages(columns, table.label), **_disguises(alone)}
    suspects = {
        name: "has a value that nearly only those who said yes have: is it known before the decision?"
        for name, codes in columns.items()
        if name not in leaks and _has_pure_value(codes, table.label)
    }
    kept = {name: why for name, why in leaks.items() if name in keep}
    return Findings({name: why for name, why in leaks.items() if name not in keep}, {**suspects, **kept})


def _averages(columns: dict[str, Array], label: Array) -> dict[str, str]:
    """Averages of the target, and what is named like one and constant wherever it is."""
    found = {
        name: "is the target's own average by some grouping, computed from these very rows"
        for name, codes in columns.items()
        if _averages_the_answer(codes, label)
    }
    kin: dict[str, str] = {}
    for first in found:
        groups = pd.Series(columns[first])
        for name, codes in columns.items():
            if name not in found and name.startswith(first) and _follows(pd.Series(codes), groups):
                kin[name] = f"is named like {first} and goes with it: computed from the target as well"
    return found | kin


def _follows(values: pd.Series, groups: pd.Series) -> bool:
    different = values.groupby(groups, dropna=False).nunique(dropna=False)
    return bool((different == 1).mean() > 0.95)


def _disguises(alone: dict[str, float]) -> dict[str, str]:
    """Columns that tell the answer alone; one that is merely outstanding must be far ahead of all others."""
    usual = max((known for known in alone.values() if known < OUTSTANDING), default=0.5)
    line = DISGUISE if usual > OUTSTANDING - AHEAD else OUTSTANDING
    return {
        name: f"alone tells the answer (AUC {known:.3f}): the target in disguise, or known only afterwards"
        for name, known in alone.items()
        if known >= line
    }


def _codes(column: pd.Series, kind: str) -> Array:
    """Floats that keep the order of numbers and dates; what is missing is a value of its own."""
    if kind == "category":
        return np.asarray(column.cat.codes, np.float64)
    values = column.astype("int64").where(column.notna()) if kind == "date" else column
    return np.asarray(values.astype(np.float64), np.float64)


def _alone(codes: Array, label: Array) -> float:
    """AUC on one half of a small tree learnt on the other half, so that ids do not look clever."""
    missing = np.isnan(codes)
    values = np.column_stack([np.where(missing, 0.0, codes), missing])
    learn = np.arange(len(label)) % 2 == 0
    if len(np.unique(label[learn])) < 2:
        return 0.5
    tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=3, random_state=0).fit(
        values[learn], label[learn]
    )
    return auc(label[~learn], tree.predict_proba(values[~learn])[:, 1])


def _averages_the_answer(codes: Array, label: Array) -> bool:
    """Do groups of equal value have just that value as their share of yes, closer than chance would bring them?

    Honest rates scatter about the truth: the sum of squared distances over the binomial variance is about the number
    of groups. Far less than that, and the column was made from the answers.
    """
    if np.nanmin(codes, initial=1) < 0 or np.nanmax(codes, initial=0) > 1:
        return False
    groups = pd.DataFrame({"value": codes, "label": label}).dropna().groupby("value")["label"].agg(["mean", "size"])
    groups = groups[(groups.index > 0) & (groups.index < 1) & (groups["size"] >= 5)]
    if len(groups) < FEWEST_GROUPS or groups["mean"].nunique() < FEWEST_GROUPS:
        return False
    rate = groups.index.to_numpy(np.float64)
    distance = (groups["mean"].to_numpy() - rate) ** 2 * groups["size"].to_numpy() / (rate * (1 - rate))
    return bool(chi2.cdf(distance.sum(), len(groups)) < UNLIKELY)


def _has_pure_value(codes: Array, label: Array) -> bool:
    base = label.mean()
    if base > RARE_BASE:
        return False
    filled = np.where(np.isnan(codes), np.nanmin(codes, initial=0) - 1, codes)
    values, where = np.unique(filled, return_inverse=True)
    if len(values) > len(label) / 20:
        return False
    yes, size = np.bincount(where, weights=label), np.bincount(where)
    return bool(((yes / size >= PURE) & (yes >= max(20, PURE_SHARE * label.sum()))).any())


def _sample(label: Array, seed: int) -> np.ndarray:
    """At most SAMPLE rows in random order: files are often sorted by the answer."""
    return np.random.default_rng(seed).permutation(len(label))[:SAMPLE]
