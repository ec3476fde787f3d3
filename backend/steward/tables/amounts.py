"""How much to expect of each row: the chance of a gift times its likely size, beside one model of both at once.

Sizes are learnt from givers only, on the scale of logarithms, and brought back to money. The other way (Tweedie's loss,
most rows zero) sees everybody at once. It needs thousands of givers, so the more there are, the more it is heard; the
two err differently, and a geometric mean is then nearer the truth than either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.linear_model import RidgeCV

from steward.models.metrics import Array
from steward.models.treetables import Floats
from steward.tables import screening
from steward.tables.encoding import Encoder
from steward.tables.kinds import Kind
from steward.tables.learners import Lines

FEW_GIVERS = 300  # below it only the steadier of the two models of sizes speaks
GIVERS_FOR_BOTH = 1_000  # below it nobody learns both at once
LOUDEST, DOUBT = 0.5, 3_500.0  # how loud that is heard at most; half as loud with so many givers
TREES_OF_SIZE, TREES_OF_BOTH = 120, 80
PENALTIES = tuple(np.logspace(0, 4, 13))
LEAST_COLUMNS = 3


@dataclass(frozen=True)
class Amounts:
    """Both ways to the amount to expect. `share`: of those who said yes, how many have an amount on record."""

    sizes: Sizes
    both: Both | None
    share: float
    givers: int

    def worth(self, probability: Array, rows: pd.DataFrame, data: Floats) -> Array:
        """`data` is the matrix of `rows`."""
        parts = probability * self.sizes.expected(rows) * self.share
        if self.both is None:
            return parts
        voice = LOUDEST * self.givers / (self.givers + DOUBT)
        return np.asarray(parts ** (1 - voice) * self.both.expected(data) ** voice)


def fit(
    rows: pd.DataFrame,
    kinds: dict[str, Kind],
    data: Floats,
    kept: np.ndarray,
    paid: Array,
    label: Array,
    weight: Array,
    *,
    seed: int,
) -> Amounts:
    """`data` is the matrix of `rows`, in which the columns `kept` tell who gives; `paid` is 0 where nobody gave."""
    gave = paid > 0
    sizes = fit_sizes(rows[gave], kinds, paid[gave], weight[gave], seed)
    givers = int(gave.sum())
    both = fit_both(data, kept, paid, weight, seed) if givers >= GIVERS_FOR_BOTH else None
    return Amounts(sizes, both, givers / float(label.sum()), givers)


@dataclass
class Sizes:
    """Expected amount of a row's gift, if there is one; never outside what has been given before."""

    encoder: Encoder
    frame: Lines  # only for how it standardizes
    straight: np.ndarray  # columns of its design that go with the size of gifts
    ridge: RidgeCV
    columns: np.ndarray  # of the matrix, for the trees
    booster: xgb.Booster | None
    scale: float
    low: float
    high: float

    def expected(self, rows: pd.DataFrame) -> Array:
        return self.money(self.logs(self.encoder.transform(rows)))

    def money(self, logs: Array) -> Array:
        return np.asarray(np.clip(np.expm1(np.clip(logs, 0, 30)) * self.scale, self.low, self.high))

    def logs(self, data: Floats) -> Array:
        straight = self.ridge.predict(self.frame.design(data)[:, self.straight])
        if self.booster is None:
            return np.asarray(straight)
        return np.asarray((straight + self.booster.predict(xgb.DMatrix(data[:, self.columns], nthread=1))) / 2)


def fit_sizes(rows: pd.DataFrame, kinds: dict[str, Kind], amount: Array, weight: Array, seed: int) -> Sizes:
    """`rows` are those of givers. The scale makes the mean of what is expected the mean of what was given."""
    encoder = Encoder(kinds, seed)
    logs = np.log1p(amount)
    data = encoder.fit_transform(rows, (logs > np.median(logs)).astype(np.float64))
    frame = Lines(1.0)
    frame.learn_scale(data)
    design = frame.design(data)
    straight = _going_with(design, logs)
    ridge = RidgeCV(PENALTIES).fit(design[:, straight], logs, sample_weight=weight)
    columns = straight[straight < data.shape[1]]
    booster = None
    if len(rows) >= FEW_GIVERS and len(columns):
        settings = _settings(seed) | {"objective": "reg:squarederror", "min_child_weight": 10}
        booster = xgb.train(settings, xgb.DMatrix(data[:, columns], logs, weight=weight, nthread=1), TREES_OF_SIZE)
    low, high = np.quantile(amount, [0.01, 0.99])
    found = Sizes(encoder, frame, straight, ridge, columns, booster, 1.0, float(low), float(max(high, low)))
    mean = np.average(found.money(found.logs(data)), weights=weight)
    found.scale = float(np.average(amount, weights=weight) / mean) if mean > 0 else 1.0
    return found


def _going_with(design: Array, logs: Array) -> np.ndarray:
    """Columns whose correlation with the sizes is more than the largest that chance brings among so many columns."""
    moved = design - design.mean(axis=0)
    spread = np.maximum(moved.std(axis=0), 1e-9) * max(float(logs.std()), 1e-9)
    together = np.abs(moved.T @ (logs - logs.mean())) / len(logs) / spread
    steps = together * np.sqrt((len(logs) - 2) / np.maximum(1 - together**2, 1e-9))
    ranked = np.argsort(-steps, kind="stable")
    passed = int((steps > np.sqrt(2 * np.log(max(design.shape[1], 2)))).sum())
    return np.sort(ranked[: max(passed, LEAST_COLUMNS)])


@dataclass
class Both:
    """What to expect of a row, whether it gives or not, from the whole matrix of those who were asked."""

    columns: np.ndarray
    booster: xgb.Booster
    scale: float

    def expected(self, data: Floats) -> Array:
        said = self.booster.predict(xgb.DMatrix(data[:, self.columns], nthread=1))
        return np.asarray(said.astype(np.float64) * self.scale)


def fit_both(data: Floats, kept: np.ndarray, paid: Array, weight: Array, seed: int) -> Both:
    """`kept`: columns that tell who gives; those that tell who gives much are added."""
    gave = paid > 0
    much = (paid[gave] > np.median(paid[gave])).astype(np.float64)
    columns = np.union1d(kept, screening.telling(data[gave], much, seed).kept)
    settings = _settings(seed) | {
        "objective": "reg:tweedie",
        "tweedie_variance_power": 1.5,
        "min_child_weight": 20,
        "colsample_bytree": 0.5,
    }
    rows = xgb.DMatrix(data[:, columns], paid, weight=weight, nthread=1)
    booster = xgb.train(settings, rows, TREES_OF_BOTH)
    mean = float(np.average(booster.predict(rows), weights=weight))
    return Both(columns, booster, float(np.average(paid, weights=weight)) / max(mean, 1e-12))


def _settings(seed: int) -> dict[str, object]:
    return {
        "max_depth": 3,
        "eta": 0.05,
        "subsample": 0.8,
        "lambda": 5.0,
        "colsample_bytree": 0.8,
        "seed": seed,
        "nthread": 1,
        "tree_method": "hist",
    }
