"""Does a model hold for every kind of donor?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.evidence import FIRST_YEAR
from steward.models.measures import auc
from steward.models.metrics import Array

FEWEST = 20  # of each answer, below which a group's ranking is luck

# Column, what the groups are called, and where one ends and the next begins.
COHORTS = (
    "months_since_first_gift",
    "Donor for",
    (("under a year", 12), ("1 to 3 years", 36), ("over 3 years", np.inf)),
)
SIZES = "average_gift"
MOST_YEARS = 6  # of a first gift that are told apart; those before count together


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
    """By how long they have been donors, the year of their first gift, the size of their usual gift in thirds, and kind."""
    found = []
    for by, names, where in (*_cohort(rows), *_years(rows), *_sizes(rows), *_kinds(rows)):
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


def _years(rows: pd.DataFrame) -> list[tuple[str, list[str], np.ndarray]]:
    if FIRST_YEAR not in rows or rows[FIRST_YEAR].isna().all():
        return []
    year = rows[FIRST_YEAR].to_numpy(np.float64, na_value=np.nan)
    every = np.unique(year[~np.isnan(year)])
    known = every[-MOST_YEARS:]
    names = [f"{one:.0f}" for one in known]
    names[0] += " or before" if len(every) > len(known) else ""
    where = np.where(np.isnan(year), -1, np.searchsorted(known[1:], year, side="right"))
    return [("First gift in", names, where)]


def _kinds(rows: pd.DataFrame) -> list[tuple[str, list[str], np.ndarray]]:
    if "kind" not in rows or rows["kind"].nunique() < 2:
        return []
    names = sorted(rows["kind"].unique())
    return [("Kind", names, np.searchsorted(names, rows["kind"].to_numpy(object)))]


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
