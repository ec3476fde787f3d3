"""Pretends to train on the day of the last cut-off: picks settings on earlier dates, then meets donors it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward import features
from steward.models import calibration_fitting, evidence, learning
from steward.models.base_rates import base_rates, log_odds
from steward.models.evaluation import Evaluation, evaluate
from steward.models.frames import matrix
from steward.models.learning import Choice
from steward.models.metrics import Array
from steward.models.rule_fitting import fit_order, fit_rates
from steward.models.spreads import population_stability
from steward.models.stability import Group, groups
from steward.models.training_sets import Examples, Plan, fold, labels
from steward.outcomes import Outcome


@dataclass(frozen=True)
class Backtest:
    """What came out of pretending to train on the day of the test cut-off."""

    plan: Plan
    choice: Choice
    kind: str
    losses: dict[str, float]
    margin: Array  # of donors the model had not seen, on the level of their own date: choosing donors, then test donors
    label: Array
    evaluation: Evaluation
    groups: tuple[Group, ...]
    drift: dict[str, float]  # of each input, from the day of the test to today
    evidence: pd.DataFrame  # the donors of the test one by one


def backtest(outcome: Outcome, examples: Examples, known: Plan, seed: int, threads: int) -> Backtest:
    """Settings, then calibration, then the verdict, each on donors that the trees before it had not seen."""
    names = input_names(examples.rows)
    rates = base_rates(examples.rows, outcome.prior_rate)
    past, test = examples.at(known.known), examples.at([known.test])
    teach, earlier, judge = _choosing_sets(past, known)
    choice = learning.choose(earlier, judge, names, _directions(outcome), rates, seed=seed, threads=threads)

    def trained(rows: pd.DataFrame, on: pd.DataFrame) -> Array:
        learnt = learning.grow(rows, names, choice.recipe, rates, seed=seed, threads=threads)
        return learnt.margins(on, threads)

    judged = trained(teach, judge) + rates.offsets(judge)
    kind, losses = calibration_fitting.choose(judged, labels(judge), fold(judge))
    calibrator = calibration_fitting.fit(kind, judged, labels(judge))
    margin = trained(past, test)
    points = {rule.key: (rule.title, fit_order(rule, past).points(test)) for rule in outcome.rules}
    expected = base_rates(past, outcome.prior_rate).expected(known.test)
    probability = calibrator(margin + log_odds(expected))
    verdict = evaluate(labels(test), margin, probability, points, seed)
    seen = np.concatenate([judged, margin + rates.offsets(test)])
    kinds = groups(test, labels(test), margin, probability)
    best = next(rule for rule in outcome.rules if rule.key == verdict.best_rule.key)
    ruled = fit_rates(best, past, labels(past), expected)
    judged_on = evidence.gather(
        test, labels(test), (margin, probability), (points[best.key][1], ruled.probability(test))
    )
    drift = _drift(test, examples.current, names)
    known_labels = np.concatenate([labels(judge), labels(test)])
    return Backtest(known, choice, kind, losses, seen, known_labels, verdict, kinds, drift, judged_on)


def _drift(then: pd.DataFrame, now: pd.DataFrame, names: tuple[str, ...]) -> dict[str, float]:
    before, after = matrix(then, names).astype(np.float64), matrix(now, names).astype(np.float64)
    return {name: population_stability(before[:, i], after[:, i]) for i, name in enumerate(names)}


def _choosing_sets(past: pd.DataFrame, known: Plan) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Three quarters of the units at all known dates, the same at the earlier dates only, and the others at the latest.

    Settings are picked on other donors at later dates, since what deep trees learn of one year may not hold in the
    next. Label windows may overlap: all was known on the day of the test, and no donor is on both sides.
    """
    judging = fold(past) % 4 == 0
    latest = past["cutoff"].isin(known.choose).to_numpy()
    teach, judge = past[~judging].reset_index(drop=True), past[judging & latest].reset_index(drop=True)
    earlier = past[~judging & ~latest].reset_index(drop=True)
    return teach, earlier if earlier["label"].nunique() == 2 else teach, judge


def _directions(outcome: Outcome) -> dict[str, int]:
    return {feature.name: outcome.pull(feature.name, feature.direction) for feature in features.CATALOGUE}


def input_names(frame: pd.DataFrame) -> tuple[str, ...]:
    """The catalogue's columns, in its order."""
    return tuple(feature.name for feature in features.CATALOGUE if feature.name in frame)
