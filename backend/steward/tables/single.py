"""The best rule of one column: what somebody with a spreadsheet would sort by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steward.models.metrics import Array
from steward.models.treetables import Floats
from steward.tables import measures

SAMPLE = 20_000


@dataclass(frozen=True)
class SingleRule:
    """Sorts by one column of the encoder's matrix; what is missing comes last."""

    name: str
    column: int
    sign: float

    @property
    def title(self) -> str:
        return f"{self.name}, {'highest' if self.sign > 0 else 'lowest'} first"

    def points(self, data: Floats) -> Array:
        return _points(data[:, self.column], self.sign)


def best(names: list[str], among: np.ndarray, data: Floats, label: Array, weight: Array, seed: int) -> SingleRule:
    """Of the columns `among`, the one and its direction with the highest AUC on these rows."""
    some = np.random.default_rng(seed).permutation(len(label))[:SAMPLE]
    found = [
        (measures.auc(label[some], _points(data[some, column], sign), weight[some]), -int(column), sign)
        for column in among
        for sign in (1.0, -1.0)
    ]
    _, column, sign = max(found)
    return SingleRule(names[-column], -column, sign)


def _points(values: np.ndarray, sign: float) -> Array:
    known = values.astype(np.float64)
    return np.asarray(np.where(np.isnan(known), -1e30, sign * known))
