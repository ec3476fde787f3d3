"""What learns from the matrix: trees on all columns, trees on a few columns and their ratios, and straight lines.

Each says a margin in log-odds. Which of them speak, and how loud, is decided by blending.py on rows they did not see.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import xgboost as xgb
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import SplineTransformer

from steward.models.metrics import Array, log_loss
from steward.models.treetables import Floats

MOST_TREES, PATIENCE = 500, 40
FEW = 4  # columns whose ratios and products are worth trees of their own
CANDIDATES, SHUFFLES = 12, 3
KNOTS = 5
MOST_FOR_CHOLESKY = 300
MOST_CELLS = 20_000_000  # of a line's design: a wide table teaches a line from fewer rows


class Learner(ABC):
    """`rounds` is how long it learnt until rows it did not see said stop; None where that is not its way."""

    rounds: int | None = None

    @abstractmethod
    def fit(self, data: Floats, label: Array, weight: Array) -> None: ...

    @abstractmethod
    def margin(self, data: Floats) -> Array: ...

    def fit_until(self, data: Floats, label: Array, weight: Array, check: tuple[Floats, Array, Array]) -> None:
        """Learns as long as `check` (data, label, weight) improves."""
        self.fit(data, label, weight)


@dataclass
class Trees(Learner):
    """Boosted trees; `columns` None means all. One thread: folds run side by side instead."""

    depth: int
    seed: int
    columns: tuple[int, ...] | None = None
    ratios: bool = False
    rounds: int | None = None
    _booster: xgb.Booster | None = None

    def fit(self, data: Floats, label: Array, weight: Array) -> None:
        rounds = self.rounds or 100
        self._booster = xgb.train(self._parameters(label), self._rows(data, label, weight), rounds)

    def fit_until(self, data: Floats, label: Array, weight: Array, check: tuple[Floats, Array, Array]) -> None:
        later = self._rows(*check)
        self._booster = xgb.train(
            self._parameters(label), self._rows(data, label, weight), MOST_TREES,
            evals=[(later, "check")], early_stopping_rounds=PATIENCE, verbose_eval=False,
        )  # fmt: skip
        self.rounds = self._booster.best_iteration + 1

    def margin(self, data: Floats) -> Array:
        if self._booster is None:
            raise RuntimeError("margin before fit")
        upto = min(self.rounds or self._booster.num_boosted_rounds(), self._booster.num_boosted_rounds())
        said = self._booster.predict(self._rows(data), output_margin=True, iteration_range=(0, upto))
        return np.asarray(said, np.float64)

    def worth(self, among: list[int], data: Floats, label: Array, weight: Array) -> dict[int, float]:
        """How much worse these rows, which it did not see, are told when a column is shuffled."""
        gain = self._booster.get_score(importance_type="total_gain") if self._booster else {}
        by_gain = sorted(among, key=lambda column: (-float(gain.get(f"f{column}", 0.0)), column))[:CANDIDATES]  # type: ignore[arg-type]
        rng = np.random.default_rng(self.seed)
        usual = self._loss(data, label, weight)
        found = {}
        for column in by_gain:
            shuffled = data.copy()
            losses = []
            for _ in range(SHUFFLES):
                shuffled[:, column] = rng.permutation(data[:, column])
                losses.append(self._loss(shuffled, label, weight))
            found[column] = float(np.mean(losses)) - usual
        return found

    def _loss(self, data: Floats, label: Array, weight: Array) -> float:
        return float(np.average(log_loss(label, 1 / (1 + np.exp(-self.margin(data)))), weights=weight))

    def _parameters(self, label: Array) -> dict[str, object]:
        rate = max(label.mean(), 1e-4)
        return {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "max_depth": self.depth,
            "eta": 0.05,
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "min_child_weight": float(np.clip(len(label) * rate * (1 - rate) / 80, 2, 50)),
            "lambda": 5.0,
            "base_score": float(np.clip(rate, 0.001, 0.999)),
            "seed": self.seed,
            "nthread": 1,
        }

    def _rows(self, data: Floats, label: Array | None = None, weight: Array | None = None) -> xgb.DMatrix:
        if self.columns is not None:
            data = with_ratios(data, self.columns) if self.ratios else data[:, self.columns]
        return xgb.DMatrix(data, label, weight=weight, nthread=1)


def with_ratios(data: Floats, columns: tuple[int, ...]) -> Floats:
    """These columns, their pairwise quotients and products: gifts a year, months since over the usual gap, and so on."""
    parts = [data[:, column] for column in columns]
    for first, second in itertools.combinations(tuple(parts), 2):
        parts += [first / (np.abs(second) + 1), first * second]
    return np.column_stack(parts)


@dataclass
class Lines(Learner):
    """Logistic regression on standardized values; `curved` with curves, squares and products. `columns` None means all."""

    strength: float
    columns: tuple[int, ...] | None = None
    curved: bool = False
    _middle: Array = field(default_factory=lambda: np.empty(0))
    _scale: Array = field(default_factory=lambda: np.empty(0))
    _gaps: np.ndarray = field(
        default_factory=lambda: np.empty(0, np.intp)
    )  # columns that were seen with missing values
    _curves: SplineTransformer | None = None
    _model: LogisticRegression | None = None

    def fit(self, data: Floats, label: Array, weight: Array) -> None:
        self.learn_scale(data)
        most = MOST_CELLS // (data.shape[1] + len(self._gaps))
        # Drawn by chance, always alike: every n-th row may be one of a kind.
        some = slice(None) if most >= len(data) else np.random.default_rng(0).permutation(len(data))[:most]
        self._model = _logistic(self.strength, self.design(data[some]), label[some], weight[some])

    def learn_scale(self, data: Floats) -> None:
        values = _logs(self._chosen(data))
        self._gaps = np.flatnonzero(np.isnan(values).any(axis=0))
        medians = [np.median(known) if (known := column[~np.isnan(column)]).size else 0.0 for column in values.T]
        filled = np.where(np.isnan(values), medians, values)
        self._middle, self._scale = filled.mean(axis=0), np.maximum(filled.std(axis=0), 1e-9)
        if self.curved:
            self._curves = SplineTransformer(KNOTS, degree=2, knots="quantile").fit(self._standard(values))

    def margin(self, data: Floats) -> Array:
        if self._model is None:
            raise RuntimeError("margin before fit")
        return np.asarray(self._model.decision_function(self.design(data)), np.float64)

    def design(self, data: Floats) -> Array:
        """Standardized values, zero where missing, and what is missing; curves and products of a few columns."""
        values = _logs(self._chosen(data))
        standard = self._standard(values)
        parts = [standard, np.isnan(values[:, self._gaps]).astype(np.float64)]
        if self._curves is not None:
            pairs = itertools.combinations_with_replacement(range(standard.shape[1]), 2)
            parts += [np.column_stack([standard[:, i] * standard[:, j] for i, j in pairs])]
            parts += [np.asarray(self._curves.transform(standard))]
        return np.hstack(parts)

    def _chosen(self, data: Floats) -> Floats:
        return data if self.columns is None else data[:, list(self.columns)]

    def _standard(self, values: Array) -> Array:
        return np.clip(np.where(np.isnan(values), 0.0, (values - self._middle) / self._scale), -6, 6)


def _logistic(strength: float, design: Array, label: Array, weight: Array) -> LogisticRegression:
    solver = "newton-cholesky" if design.shape[1] <= MOST_FOR_CHOLESKY else "lbfgs"
    return LogisticRegression(C=strength, solver=solver, max_iter=1000).fit(design, label, weight)


def _logs(data: Floats) -> Array:
    """Signed logarithms: giving spans orders of magnitude."""
    values = data.astype(np.float64)
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
