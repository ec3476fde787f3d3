"""What each family of features is worth: the same donors, dates and recipe with the family left out, told apart in pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from steward.features import CATALOGUE
from steward.models import learning
from steward.models.backtest import backtest, input_names
from steward.models.base_rates import BaseRates, base_rates
from steward.models.learning import Recipe
from steward.models.measures import auc
from steward.models.metrics import Array, Interval, bootstrap_auc, interval
from steward.models.training import judgeable
from steward.models.training_sets import Examples, labels
from steward.outcomes import Outcome

DRAWS = 3  # trainings behind each margin: one alone differs from the next by as much as a family is worth
LEAST = 0.0005  # AUC; less is the luck of training, which resampling the donors does not know of
# The families of the catalogue in a fundraiser's words, those of one subject together.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "recency": ("recency",),
    "frequency": ("frequency",),
    "size of gifts": ("monetary",),
    "trend": ("trend",),
    "time of year": ("seasonality",),
    "years in a row": ("streaks",),
    "upgrades and downgrades": ("upgrade",),
    "recurring gifts": ("recurring", "installments"),
    "campaigns": ("campaigns",),
    "soft credit": ("influence",),
    "engagement": ("engagement",),
    "asks and answers": ("asks",),
    "tenure": ("tenure",),
    "donor-advised funds": ("fund",),
    "household": ("household",),
    "matching gifts": ("matching",),
}
BEYOND_GIFTS = "all that is not the donor's own gifts"
_GIFTS = ("recency", "frequency", "monetary", "trend", "seasonality", "streaks", "upgrade", "tenure")


@dataclass(frozen=True)
class LeftOut:
    """One family: its inputs with anything on record, the AUC without them (None: nothing is), and the AUC they add."""

    family: str
    inputs: int
    auc: float | None
    gain: Interval | None

    @property
    def verdict(self) -> str:
        if self.gain is None:
            return "nothing on record"
        if abs(self.gain.value) < LEAST or self.gain.includes_zero:
            return "no difference seen"
        return "helps" if self.gain.value > 0 else "harms"


@dataclass(frozen=True)
class Ablation:
    outcome: str
    title: str
    test_cutoff: str
    donors: int
    positives: int
    full: Interval
    families: tuple[LeftOut, ...]

    def to_json(self) -> dict[str, Any]:
        def plain(found: Interval) -> list[float]:
            return [round(found.value, 5), round(found.low, 5), round(found.high, 5)]

        rows = [
            {
                "family": one.family,
                "inputs": one.inputs,
                "auc_without": None if one.auc is None else round(one.auc, 5),
                "gain": one.gain and plain(one.gain),
                "verdict": one.verdict,
            }
            for one in self.families
        ]
        facts = {"outcome": self.outcome, "title": self.title, "test_cutoff": self.test_cutoff}
        return {**facts, "donors": self.donors, "positives": self.positives, "auc": plain(self.full), "families": rows}


def ablate(
    outcome: Outcome, examples: Examples, seed: int, threads: int = 2, tell: Callable[[int], None] = lambda _: None
) -> Ablation:
    """Raises NotEnoughData where no model could be judged. `tell` hears how many families are done."""
    known = judgeable(outcome, examples)
    recipe = backtest(outcome, examples, known, seed, threads).choice.recipe
    past, test = examples.at(known.known), examples.at([known.test])
    names, rates, label = input_names(examples.rows), base_rates(examples.rows, outcome.prior_rate), labels(test)

    def margin(kept: Sequence[str]) -> Array:
        way = _restricted(recipe, names, kept)
        return _mean_margin(past, test, tuple(kept), way, rates, seeds=range(seed, seed + DRAWS), threads=threads)

    said = {"": margin(names)}
    parts = _members(past, names)
    for number, (family, own) in enumerate(parts.items(), start=1):
        if own:
            said[family] = margin([name for name in names if name not in own])
        tell(number)
    drawn = bootstrap_auc(label, said, seed)
    full = auc(label, said[""])
    rows = []
    for family, own in parts.items():
        without = auc(label, said[family]) if own else None
        gain = interval(full - without, drawn[""] - drawn[family]) if without is not None else None
        rows.append(LeftOut(family, len(own), without, gain))
    return Ablation(
        outcome.key, outcome.title, known.test.isoformat(), len(label), int(label.sum()), interval(full, drawn[""]), tuple(rows)
    )  # fmt: skip


def _members(past: pd.DataFrame, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """Family → its inputs that ever take two values; the last one is everything but the donor's own gifts."""
    speaks = {name for name in names if past[name].nunique(dropna=False) > 1}
    of = {feature.name: feature.family for feature in CATALOGUE}

    def inputs(families: Sequence[str]) -> frozenset[str]:
        return frozenset(name for name in speaks if of[name] in families)

    found = {title: inputs(families) for title, families in FAMILIES.items()}
    beyond = [family for families in FAMILIES.values() for family in families if family not in _GIFTS]
    return found | {BEYOND_GIFTS: inputs(beyond)}


def _restricted(recipe: Recipe, names: Sequence[str], kept: Sequence[str]) -> Recipe:
    """The same settings for fewer inputs."""
    places = [names.index(name) for name in kept]

    def some(signs: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(signs[place] for place in places) if signs else signs

    trees = replace(recipe.trees, monotone=some(recipe.trees.monotone))
    return replace(recipe, trees=trees, directions=some(recipe.directions))


def _mean_margin(
    past: pd.DataFrame, test: pd.DataFrame, names: tuple[str, ...], recipe: Recipe, rates: BaseRates,
    *, seeds: Sequence[int], threads: int,
) -> Array:  # fmt: skip
    drawn = [
        learning.grow(past, names, recipe, rates, seed=seed, threads=threads).margins(test, threads) for seed in seeds
    ]
    return np.asarray(np.mean(drawn, axis=0))
