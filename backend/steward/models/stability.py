"""Does a model hold for every kind of donor, and do today's donors still look like those it was judged on?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.metrics import Array, auc

FEWEST = 20  # of each answer, below which a group's ranking is luck
BINS = 10
LEAST = 1e-4

# Column, what the groups are called, and where one ends and the next begins.
COHORTS = (
    "months_since_first_gift",
    "Donor for",
    (("under a year", 12), ("1 to 3 years", 36), ("over 3 years", np.inf)),
)
SIZES = "average_gift"


@dataclass(frozen=True)
class Group:
    """One kind of donor in the test: how well it is ranked, and what was said beside what happened."""

    by: str
    name: str
    donors: int
    positives: int
    auc: float | None
    predicted: float
    observed: float


def groups(rows: pd.DataFrame, label: Array, margin: Array, probability: Array) -> tuple[Group, ...]:
    """By how long they have been donors, and by the size of their usual gift in thirds."""
    found = []
    for by, names, where in (*_cohort(rows), *_sizes(rows)):
        for number, name in enumerate(names):
            here = where == number
            if here.any():
                found.append(_group(by, name, label[here], margin[here], probability[here]))
    return tuple(found)


def _cohort(rows: pd.DataFrame) -> list[tuple[str, list[str], np.ndarray]]:
    column, title, steps = COHORTS
    if column not in rows:
        return []
    months = rows[column].to_numpy(np.float64, na_value=np.nan)
    edges = [upto for _, upto in steps[:-1]]
    return [(title, [name for name, _ in steps], np.where(np.isnan(months), -1, np.digitize(months, edges)))]


def _sizes(rows: pd.DataFrame) -> list[tuple[str, list[str], np.ndarray]]:
    if SIZES not in rows:
        return []
    size = rows[SIZES].to_numpy(np.float64, na_value=np.nan)
    if np.isnan(size).all():
        return []
    low, high = np.nanquantile(size, [1 / 3, 2 / 3])
    names = [f"up to {low:,.0f}", f"{low:,.0f} to {high:,.0f}", f"over {high:,.0f}"]
    where = np.where(np.isnan(size), -1, (size > low).astype(int) + (size > high))
    return [("Usual gift", names, where)]


def _group(by: str, name: str, label: Array, margin: Array, probability: Array) -> Group:
    rarer = min(label.sum(), len(label) - label.sum())
    own = auc(label, margin) if rarer >= FEWEST else None
    return Group(by, name, len(label), int(label.sum()), own, float(probability.mean()), float(label.mean()))


def population_stability(before: Array, now: Array) -> float:
    """PSI over tenths of `before`, missing as a bin of its own: under .1 little, over .25 much has changed."""
    known = before[~np.isnan(before)]
    if len(known) == 0 or len(now) == 0:
        return 0.0
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    shares = [_shares(values, edges) for values in (before, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(values: Array, edges: Array) -> Array:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counted = np.bincount(place, minlength=len(edges) + 2) / len(values)
    return np.maximum(counted, LEAST)
