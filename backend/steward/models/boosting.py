"""Gradient-boosted trees: few settings, early stopping on later donors, constraints a fundraiser would call sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xgboost as xgb

from steward.models.base_rates import BaseRates
from steward.models.examples import labels
from steward.models.frames import matrix
from steward.models.metrics import Array, auc

MOST_TREES = 300
PATIENCE = 30
DEAREST_CONSTRAINT = 0.003  # AUC we pay at most so that more giving never counts against a donor


@dataclass(frozen=True)
class Settings:
    depth: int = 4
    trees: int = 100
    monotone: tuple[int, ...] = ()

    def parameters(self, rows: int, seed: int, threads: int) -> dict[str, object]:
        return {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "max_depth": self.depth,
            "eta": 0.05,
            "subsample": 0.8,
            "colsample_bytree": 0.6,
            "min_child_weight": max(5.0, rows / 5000),
            "lambda": 5.0,
            "base_score": 0.5,  # the level is not the trees' business: see base_rates
            "seed": seed,
            "nthread": threads,
            **({"monotone_constraints": self.monotone} if any(self.monotone) else {}),
        }


@dataclass(frozen=True)
class Choice:
    """The settings that did best on the choosing donors, their margins there, and what else was tried."""

    settings: Settings
    margin: Array
    tried: tuple[dict[str, float], ...]
    constraint_cost: float | None


def choose(
    fit: pd.DataFrame,
    judge: pd.DataFrame,
    names: tuple[str, ...],
    directions: Mapping[str, int],
    rates: BaseRates,
    *,
    seed: int,
    threads: int,
) -> Choice:
    """Depth by log loss on `judge`; monotone constraints stay when they cost next to nothing."""
    teach, check = _rows(fit, names, rates, threads), _rows(judge, names, rates, threads)
    label = labels(judge)
    free = [_early_stopped(Settings(depth), teach, check, seed=seed, threads=threads) for depth in (3, 4, 5)]
    tried = tuple({"depth": s.depth, "trees": s.trees, "log_loss": loss} for s, _, loss in free)
    settings, margin, _ = min(free, key=lambda found: found[2])
    monotone = tuple(directions.get(name, 0) for name in names)
    if not any(monotone):
        return Choice(settings, margin, tried, None)
    bound, bound_margin, _ = _early_stopped(
        replace(settings, monotone=monotone), teach, check, seed=seed, threads=threads
    )
    cost = auc(label, margin) - auc(label, bound_margin)
    if cost < DEAREST_CONSTRAINT:
        settings, margin = bound, bound_margin
    return Choice(settings, margin, tried, cost)


def grow(
    rows: pd.DataFrame, names: tuple[str, ...], settings: Settings, rates: BaseRates, *, seed: int, threads: int
) -> xgb.Booster:
    parameters = settings.parameters(len(rows), seed, threads)
    return xgb.train(parameters, _rows(rows, names, rates, threads), num_boost_round=settings.trees)


def margins(booster: xgb.Booster, rows: pd.DataFrame, names: tuple[str, ...], threads: int) -> Array:
    """How far each donor stands from the others of the same date, in log-odds."""
    data = xgb.DMatrix(matrix(rows, names), feature_names=list(names), nthread=threads)
    return np.asarray(booster.predict(data, output_margin=True), np.float64)


def _rows(frame: pd.DataFrame, names: tuple[str, ...], rates: BaseRates, threads: int) -> xgb.DMatrix:
    return xgb.DMatrix(
        matrix(frame, names),
        labels(frame),
        base_margin=rates.offsets(frame),
        feature_names=list(names),
        nthread=threads,
    )


def _early_stopped(
    settings: Settings, teach: xgb.DMatrix, check: xgb.DMatrix, *, seed: int, threads: int
) -> tuple[Settings, Array, float]:
    booster = xgb.train(
        settings.parameters(teach.num_row(), seed, threads),
        teach,
        num_boost_round=MOST_TREES,
        evals=[(check, "check")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    trees = booster.best_iteration + 1
    margin = booster[:trees].predict(check, output_margin=True) - check.get_base_margin()
    return replace(settings, trees=trees), np.asarray(margin, np.float64), float(booster.best_score)
