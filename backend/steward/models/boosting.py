"""Gradient-boosted trees: few settings, early stopping on later donors, constraints a fundraiser would call sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xgboost as xgb

from steward.models.base_rates import BaseRates
from steward.models.frames import matrix
from steward.models.measures import auc
from steward.models.metrics import Array, log_loss, simplest
from steward.models.training_sets import labels

MOST_TREES = 300
PATIENCE = 30
DEPTHS = (2, 3, 4)
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
class Tried:
    """Settings, and how they did on the choosing donors: margin above the date's level, and each donor's log loss."""

    settings: Settings
    margin: Array
    loss: Array


@dataclass(frozen=True)
class Choice:
    """The settings to train with, what else was tried, and the AUC that the constraints cost (None: there are none)."""

    settings: Settings
    margin: Array  # on the choosing donors, above the date's level
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
    """The shallowest trees within a standard error of the best; monotone constraints stay when they cost next to nothing.

    Shallow, because donors change from year to year and what deep trees learn by heart ages first.
    """
    teach, check = _rows(fit, names, rates, threads), _rows(judge, names, rates, threads)
    free = [_early_stopped(Settings(depth), teach, check, seed=seed, threads=threads) for depth in DEPTHS]
    chosen = free[simplest([one.loss for one in free])]
    tried = tuple(
        {"depth": one.settings.depth, "trees": one.settings.trees, "log_loss": float(one.loss.mean())} for one in free
    )
    monotone = tuple(directions.get(name, 0) for name in names)
    if not any(monotone):
        return Choice(chosen.settings, chosen.margin, tried, None)
    bound = _early_stopped(replace(chosen.settings, monotone=monotone), teach, check, seed=seed, threads=threads)
    label = labels(judge)
    level = rates.offsets(judge)
    cost = auc(label, chosen.margin + level) - auc(label, bound.margin + level)
    kept = bound if cost < DEAREST_CONSTRAINT else chosen
    return Choice(kept.settings, kept.margin, tried, cost)


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


def _early_stopped(settings: Settings, teach: xgb.DMatrix, check: xgb.DMatrix, *, seed: int, threads: int) -> Tried:
    booster = xgb.train(
        settings.parameters(teach.num_row(), seed, threads),
        teach,
        num_boost_round=MOST_TREES,
        evals=[(check, "check")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    trees = booster.best_iteration + 1
    margin = booster[:trees].predict(check, output_margin=True).astype(np.float64)
    loss = log_loss(check.get_label(), 1 / (1 + np.exp(-margin)))
    return Tried(replace(settings, trees=trees), margin - check.get_base_margin(), loss)
