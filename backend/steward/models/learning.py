"""Trees and a straight line, heard together: how loud the trees speak is settled on later donors that neither has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from steward.models import boosting, calibration_fitting, line_fitting
from steward.models.base_rates import BaseRates
from steward.models.frames import matrix
from steward.models.lines import Line
from steward.models.measures import auc
from steward.models.metrics import Array, log_loss, simplest
from steward.models.training_sets import labels

VOICES = (0.25, 0.5, 0.75, 1.0)  # of the trees, simplest first: what a line cannot say is never lost


@dataclass(frozen=True)
class Recipe:
    """How to train: the trees' settings, the line's penalty and directions, and the trees' part in what is said."""

    trees: boosting.Settings
    penalty: float
    directions: tuple[int, ...]
    voice: float


@dataclass(frozen=True)
class Choice:
    """The recipe, and for the card what was tried and what the constraints cost."""

    recipe: Recipe
    trees: boosting.Choice
    line_constraint_cost: float
    losses: dict[float, float]  # of each voice

    def to_json(self) -> dict[str, Any]:
        settings, cost = self.recipe.trees, self.trees.constraint_cost
        return {
            "depth": settings.depth,
            "trees": settings.trees,
            "monotone": any(settings.monotone),
            "monotone_cost_auc": None if cost is None else round(cost, 5),
            "line_penalty": self.recipe.penalty,
            "line_monotone": any(self.recipe.directions),
            "line_monotone_cost_auc": round(self.line_constraint_cost, 5),
            "voice_of_trees": self.recipe.voice,
            "voice_losses": {str(voice): round(loss, 6) for voice, loss in self.losses.items()},
            "tried": [dict(one) for one in self.trees.tried],
        }


@dataclass(frozen=True)
class Learnt:
    """What came of a recipe; margins say how far each donor stands from the others of the same date, in log-odds."""

    names: tuple[str, ...]
    booster: xgb.Booster
    line: Line
    voice: float

    def margins(self, rows: pd.DataFrame, threads: int) -> Array:
        said = boosting.margins(self.booster, rows, self.names, threads)
        return mix(self.voice, said, line_margins(self.line, rows, self.names))


def choose(
    fit: pd.DataFrame, judge: pd.DataFrame, names: tuple[str, ...], directions: Mapping[str, int], rates: BaseRates,
    *, seed: int, threads: int,
) -> Choice:  # fmt: skip
    """`judge` are other donors at later dates than `fit`: what ages is heard less."""
    trees = boosting.choose(fit, judge, names, directions, rates, seed=seed, threads=threads)
    label, level = labels(judge), rates.offsets(judge)
    bound = tuple(directions.get(name, 0) for name in names)
    data, known, offset = matrix(fit, names), labels(fit), rates.offsets(fit)

    def drawn(penalty: float, sides: tuple[int, ...]) -> Array:
        return line_margins(line_fitting.fit(data, known, offset, sides, penalty), judge, names)

    ways = [drawn(penalty, bound) for penalty in line_fitting.PENALTIES]
    best = simplest([_loss(label, one + level) for one in ways])
    free = drawn(line_fitting.PENALTIES[best], (0,) * len(bound)) if any(bound) else ways[best]
    cost = auc(label, free + level) - auc(label, ways[best] + level)
    line, sides = (ways[best], bound) if cost < boosting.DEAREST_CONSTRAINT else (free, (0,) * len(bound))
    losses = [_loss(label, mix(voice, trees.margin, line) + level) for voice in VOICES]
    means = {voice: float(loss.mean()) for voice, loss in zip(VOICES, losses, strict=True)}
    return Choice(
        Recipe(trees.settings, line_fitting.PENALTIES[best], sides, min(means, key=means.__getitem__)),
        trees,
        cost,
        means,
    )


def grow(
    rows: pd.DataFrame, names: tuple[str, ...], recipe: Recipe, rates: BaseRates, *, seed: int, threads: int
) -> Learnt:
    booster = boosting.grow(rows, names, recipe.trees, rates, seed=seed, threads=threads)
    line = line_fitting.fit(matrix(rows, names), labels(rows), rates.offsets(rows), recipe.directions, recipe.penalty)
    return Learnt(names, booster, line, recipe.voice)


def line_margins(line: Line, rows: pd.DataFrame, names: tuple[str, ...]) -> Array:
    return np.asarray(line.contributions(matrix(rows, names)).astype(np.float64).sum(axis=1))


def mix(voice: float, trees: Array, line: Array) -> Array:
    return np.asarray(voice * trees + (1 - voice) * line)


def _loss(label: Array, margin: Array) -> Array:
    """After the best straight calibration: level and boldness are put right later, the order is not."""
    return log_loss(label, calibration_fitting.fit("platt", margin, label)(margin))
