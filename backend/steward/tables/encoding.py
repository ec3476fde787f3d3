"""From columns of mixed kinds to one float matrix: learnt on the training rows, applied to any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from steward.models.metrics import Array
from steward.models.treetables import Floats
from steward.tables.kinds import Kind

FEW_LEVELS = 12  # up to so many levels get a yes/no column each; more are told by what their donors did
LEAST_SHARE = 0.005  # of the rows for a level of its own
DAY = 86_400_000_000_000


@dataclass
class Encoder:
    """`fit_transform` on training rows, `transform` on others; `names` are the matrix's columns, `plain` the measured ones."""

    kinds: Mapping[str, Kind]
    seed: int
    names: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # numbers and dates with enough values to take ratios of
    _latest: dict[str, int] = field(default_factory=dict)
    _levels: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[str, pd.Series] = field(default_factory=dict)
    _means: TargetEncoder | None = None

    def fit_transform(self, rows: pd.DataFrame, label: Array) -> Floats:
        many = self._learn(rows)
        means = np.empty((len(rows), 0))
        if many:
            self._means = TargetEncoder(
                target_type="binary", cv=StratifiedKFold(5, shuffle=True, random_state=self.seed)
            )
            means = self._means.fit_transform(_text(rows, many), label)
        return self._assemble(rows, means)

    def transform(self, rows: pd.DataFrame) -> Floats:
        many = list(self._counts)
        means = self._means.transform(_text(rows, many)) if self._means is not None else np.empty((len(rows), 0))
        return self._assemble(rows, means)

    def _learn(self, rows: pd.DataFrame) -> list[str]:
        for name, kind in self.kinds.items():
            column = rows[name]
            if kind == "date":
                self._latest[name] = int(column.astype("datetime64[ns]").max().value) if column.notna().any() else 0
            elif kind == "category":
                counts = column.fillna("").value_counts()
                if len(counts) > FEW_LEVELS:
                    self._counts[name] = np.log1p(counts)
                else:
                    frequent = counts[counts >= max(2, LEAST_SHARE * len(rows))].index.tolist()
                    self._levels[name] = frequent[1:] if len(frequent) == len(counts) else frequent
        return list(self._counts)

    def _assemble(self, rows: pd.DataFrame, means: np.ndarray) -> Floats:
        parts: dict[str, np.ndarray] = {}
        self.plain = []
        for name, kind in self.kinds.items():
            if kind == "category":
                continue
            parts[name] = self._days(rows[name]) if kind == "date" else rows[name].to_numpy(np.float64)
        for name, levels in self._levels.items():
            text = rows[name].fillna("")
            parts |= {f"{name} = {level or 'missing'}": (text == level).to_numpy(np.float64) for level in levels}
        for number, name in enumerate(self._counts):
            parts[f"{name} (what its donors did)"] = means[:, number]
            parts[f"{name} (how frequent)"] = (
                rows[name].fillna("").map(self._counts[name]).fillna(0).to_numpy(np.float64)
            )
        self.names = list(parts)
        self.plain = [name for name, kind in self.kinds.items() if kind != "category"]
        return np.asarray(np.column_stack(list(parts.values())), np.float32)

    def _days(self, column: pd.Series) -> np.ndarray:
        """Days before the latest date of the training rows."""
        stamps = column.astype("datetime64[ns]").astype("int64").to_numpy(np.float64)
        return np.asarray(np.where(column.notna(), (self._latest[str(column.name)] - stamps) / DAY, np.nan))


def _text(rows: pd.DataFrame, names: list[str]) -> np.ndarray:
    return np.asarray(rows[names].fillna("").astype(str), object)
