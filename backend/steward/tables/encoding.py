"""From columns of mixed kinds to one float matrix: learnt on the training rows, applied to any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from steward.models.metrics import Array
from steward.models.treetables import Floats
from steward.tables.kinds import Kind

FEW_LEVELS = 32  # up to so many levels get a yes/no column each; more are told by what their donors did
LEAST_SHARE = 0.005  # of the rows for a level of its own
DAY = 86_400_000_000_000


@dataclass
class Encoder:
    """`fit_transform` on training rows, `transform` on others; `names` are the matrix's columns, `plain` the measured ones.

    `learn` alone settles the columns, from the inputs only: encoders that are `fresh` copies of it agree on them, and
    each learns from its own rows' answers what donors of a category did.
    """

    kinds: Mapping[str, Kind]
    seed: int
    names: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # numbers and dates with enough values to take ratios of
    _latest: dict[str, int] = field(default_factory=dict)
    _levels: dict[str, list[int]] = field(default_factory=dict)
    _counts: dict[str, Array] = field(default_factory=dict)
    _means: TargetEncoder | None = None

    def learn(self, rows: pd.DataFrame) -> None:
        for name, kind in self.kinds.items():
            column = rows[name]
            if kind == "date":
                self._latest[name] = int(column.astype("datetime64[ns]").max().value) if column.notna().any() else 0
            elif kind == "category":
                self._learn_levels(name, np.bincount(column.cat.codes, minlength=len(column.cat.categories)))

    def _learn_levels(self, name: str, counts: np.ndarray) -> None:
        found = np.flatnonzero(counts)
        if len(found) > FEW_LEVELS:
            self._counts[name] = np.log1p(counts)
            return
        frequent = [int(code) for code in found if counts[code] >= max(2, LEAST_SHARE * counts.sum())]
        frequent.sort(key=lambda code: -counts[code])
        self._levels[name] = frequent[1:] if len(frequent) == len(found) else frequent

    def fresh(self) -> Encoder:
        return replace(self, _means=None)

    def fit_transform(self, rows: pd.DataFrame, label: Array) -> Floats:
        if not (self._latest or self._levels or self._counts):
            self.learn(rows)
        means = np.empty((len(rows), 0))
        if self._counts:
            folds = StratifiedKFold(5, shuffle=True, random_state=self.seed)
            self._means = TargetEncoder(target_type="binary", cv=folds)
            means = self._means.fit_transform(_codes(rows, self._counts), label)
        return self._assemble(rows, means)

    def transform(self, rows: pd.DataFrame) -> Floats:
        means = np.empty((len(rows), 0))
        if self._means is not None:
            means = self._means.transform(_codes(rows, self._counts))
        return self._assemble(rows, means)

    def _assemble(self, rows: pd.DataFrame, means: np.ndarray) -> Floats:
        self.plain = [name for name, kind in self.kinds.items() if kind != "category"]
        width = len(self.plain) + sum(map(len, self._levels.values())) + 2 * len(self._counts)
        matrix, self.names = np.empty((len(rows), width), np.float32), []
        for number, (name, column) in enumerate(self._columns(rows, means)):
            matrix[:, number] = column
            self.names.append(name)
        return matrix

    def _columns(self, rows: pd.DataFrame, means: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        for name in self.plain:
            yield name, self._days(rows[name]) if self.kinds[name] == "date" else rows[name].to_numpy(np.float64)
        for name, levels in self._levels.items():
            words, codes = rows[name].cat.categories, rows[name].cat.codes.to_numpy()
            for level in levels:
                yield f"{name} = {words[level] or 'missing'}", codes == level
        for number, (name, counts) in enumerate(self._counts.items()):
            yield f"{name} (what its donors did)", means[:, number]
            yield f"{name} (how frequent)", counts[rows[name].cat.codes]

    def _days(self, column: pd.Series) -> np.ndarray:
        """Days before the latest date of the training rows."""
        stamps = column.astype("datetime64[ns]").astype("int64").to_numpy(np.float64)
        return np.asarray(np.where(column.notna(), (self._latest[str(column.name)] - stamps) / DAY, np.nan))


def _codes(rows: pd.DataFrame, names: Iterable[str]) -> np.ndarray:
    return np.column_stack([rows[name].cat.codes.to_numpy(np.int64) for name in names])
