"""How much those who give will give: learnt from givers only, on the scale of logarithms, brought back to money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.linear_model import Ridge

from steward.models.metrics import Array
from steward.tables.encoding import Encoder
from steward.tables.kinds import Kind
from steward.tables.learners import Lines

FEW_GIVERS = 300  # below it only the steadier of the two models speaks
TREES = 120


@dataclass
class Amounts:
    """Expected amount of a row's gift, if there is one; never outside what has been given before."""

    encoder: Encoder
    frame: Lines  # only for how it standardizes
    ridge: Ridge
    booster: xgb.Booster | None
    scale: float
    low: float
    high: float

    def expected(self, rows: pd.DataFrame) -> Array:
        logs = self._logs(self.encoder.transform(rows))
        return np.asarray(np.clip(np.expm1(np.clip(logs, 0, 30)) * self.scale, self.low, self.high))

    def _logs(self, data: np.ndarray) -> Array:
        straight = self.ridge.predict(self.frame.design(data))
        if self.booster is None:
            return np.asarray(straight)
        return np.asarray((straight + self.booster.predict(xgb.DMatrix(data, nthread=1))) / 2)


def fit(rows: pd.DataFrame, kinds: dict[str, Kind], amount: Array, weight: Array, seed: int) -> Amounts:
    """`rows` are those of givers. The scale makes the mean of what is expected the mean of what was given."""
    encoder = Encoder(kinds, seed)
    logs = np.log1p(amount)
    data = encoder.fit_transform(rows, (logs > np.median(logs)).astype(np.float64))
    frame = Lines(1.0)
    frame.learn_scale(data)
    ridge = Ridge(alpha=10.0 + len(rows) / 100).fit(frame.design(data), logs, sample_weight=weight)
    booster = None
    if len(rows) >= FEW_GIVERS:
        parameters = {"objective": "reg:squarederror", "max_depth": 3, "eta": 0.05, "subsample": 0.8, "lambda": 5.0,
                      "colsample_bytree": 0.8, "min_child_weight": 10, "seed": seed, "nthread": 1, "tree_method": "hist"}  # fmt: skip
        booster = xgb.train(parameters, xgb.DMatrix(data, logs, weight=weight, nthread=1), TREES)
    low, high = np.quantile(amount, [0.01, 0.99])
    found = Amounts(encoder, frame, ridge, booster, 1.0, float(low), float(max(high, low)))
    mean = np.average(found.expected(rows), weights=weight)
    found.scale = float(np.average(amount, weights=weight) / mean) if mean > 0 else 1.0
    return found
