"""The best rule of one column: what somebody with a spreadsheet would sort by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.metrics import Array
from steward.tables import measures
from steward.tables.encoding import Encoder
from steward.tables.kinds import Kind

SAMPLE = 20_000


@dataclass(frozen=True)
class SingleRule:
    """Sorts by one column of the encoder's matrix; what is missing comes last."""

    name: str
    encoder: Encoder
    column: int
    sign: float

    @property
    def title(self) -> str:
        return f"{self.name}, {'highest' if self.sign > 0 else 'lowest'} first"

    def points(self, rows: pd.DataFrame) -> Array:
        value = self.encoder.transform(rows)[:, self.column].astype(np.float64)
        return np.asarray(np.where(np.isnan(value), -1e30, self.sign * value))


def best(rows: pd.DataFrame, kinds: dict[str, Kind], label: Array, weight: Array, seed: int) -> SingleRule:
    """The column and direction with the highest AUC on these rows."""
    encoder = Encoder(kinds, seed)
    data = encoder.fit_transform(rows, label)
    some = np.random.default_rng(seed).permutation(len(label))[:SAMPLE]
    found: list[tuple[float, int, float]] = []
    for column in range(data.shape[1]):
        value = data[some, column].astype(np.float64)
        for sign in (1.0, -1.0):
            points = np.where(np.isnan(value), -1e30, sign * value)
            found.append((measures.auc(label[some], points, weight[some]), -column, sign))
    _, column, sign = max(found)
    return SingleRule(encoder.names[-column], encoder, -column, sign)
