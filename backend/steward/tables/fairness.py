"""Do the scores hold for every group of people the caller names? The groups are looked at afterwards, never learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.metrics import Array
from steward.models.stability import FEWEST
from steward.tables import measures
from steward.tables.kinds import recognise

MOST_GROUPS = 12
TOP = 0.10  # of the list: who would be contacted first
UNKNOWN, OTHERS = "not known", "all others"


@dataclass(frozen=True)
class Group:
    """One group: how well it is ranked (None: too few), what was said beside what happened, and its part of the top of the list."""

    by: str
    name: str
    rows: int
    yes: int
    auc: float | None
    predicted: float
    observed: float
    share_of_rows: float
    share_of_top: float


def named(column: pd.Series) -> pd.Series:
    """Each row's group: words as they stand, numbers and dates in fourths, the rarer words together."""
    read = recognise(str(column.name), column)
    if read.kind in ("number", "date") and read.values.nunique() > MOST_GROUPS:
        return pd.qcut(read.values, 4, duplicates="drop").astype("string").fillna(UNKNOWN)
    text = column.astype("string").str.strip()
    text = text.mask(text == "").fillna(UNKNOWN)
    common = text.value_counts().index[:MOST_GROUPS]
    return text.where(text.isin(common), OTHERS)


def groups(
    by: str, where: pd.Series, label: Array, weight: Array, margin: Array, probability: Array
) -> list[Group]:  # fmt: skip
    """Largest first; every figure is on rows the model did not see."""
    places = np.argsort(-margin, kind="stable")
    top = np.zeros(len(label), bool)
    top[places[np.cumsum(weight[places]) <= TOP * weight.sum()]] = True
    found = []
    for name in where.value_counts().index:
        here = (where == name).to_numpy(bool)
        rarer = min(label[here].sum(), (1 - label[here]).sum())
        found.append(
            Group(
                by=by,
                name=str(name),
                rows=int(here.sum()),
                yes=int(label[here].sum()),
                auc=measures.auc(label[here], margin[here], weight[here]) if rarer >= FEWEST else None,
                predicted=float(np.average(probability[here], weights=weight[here])),
                observed=float(np.average(label[here], weights=weight[here])),
                share_of_rows=float(weight[here].sum() / weight.sum()),
                share_of_top=float(weight[here & top].sum() / max(weight[top].sum(), 1e-12)),
            )
        )
    return found
