"""Pretends to train on the day of the last cut-off: picks settings on earlier dates, then meets donors it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward import features
from steward.models import boosting, calibration
from steward.models.base_rates import base_rates, log_odds
from steward.models.boosting import Choice
from steward.models.evaluation import Evaluation, evaluate
from steward.models.examples import Examples, Plan, fold, labels
from steward.models.metrics import Array
from steward.models.ruling import fit_order
from steward.outcomes import Outcome


@dataclass(frozen=True)
class Backtest:
    """What came out of pretending to train on the day of the test cut-off."""

    plan: Plan
    choice: Choice
    kind: str
    losses: dict[str, float]
    margin: Array  # out of time, on the level of each donor's own date: the choosing donors, then the test donors
    label: Array
    evaluation: Evaluation


def backtest(outcome: Outcome, examples: Examples, known: Plan, seed: int, threads: int) -> Backtest:
    names = input_names(examples.rows)
    rates = base_rates(examples.rows, outcome.prior_rate)
    teach, judge = _choosing_sets(examples, known)
    choice = boosting.choose(teach, judge, names, _directions(outcome), rates, seed=seed, threads=threads)
    judged = choice.margin + rates.offsets(judge)
    kind, losses = calibration.choose(judged, labels(judge), fold(judge))
    calibrator = calibration.fit(kind, judged, labels(judge))
    past, test = examples.at(known.known), examples.at([known.test])
    booster = boosting.grow(past, names, choice.settings, rates, seed=seed, threads=threads)
    margin = boosting.margins(booster, test, names, threads)
    points = {rule.key: (rule.title, fit_order(rule, past).points(test)) for rule in outcome.rules}
    foreseen = log_odds(base_rates(past, outcome.prior_rate).expected(known.test))
    verdict = evaluate(labels(test), margin, calibrator(margin + foreseen), points, seed)
    return Backtest(
        known,
        choice,
        kind,
        losses,
        np.concatenate([judged, margin + rates.offsets(test)]),
        np.concatenate([labels(judge), labels(test)]),
        verdict,
    )


def _choosing_sets(examples: Examples, known: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three quarters of the units teach at every known date; the others judge at the latest ones.

    Apart by unit and not by date: a base that doubles every year would be judged by what its few first donors taught.
    The dates stay apart where it counts, at the test.
    """
    rows = examples.at(known.known)
    judging = fold(rows) % 4 == 0
    latest = rows["cutoff"].isin(known.choose).to_numpy()
    return rows[~judging].reset_index(drop=True), rows[judging & latest].reset_index(drop=True)


def _directions(outcome: Outcome) -> dict[str, int]:
    return {feature.name: feature.direction * outcome.direction for feature in features.CATALOGUE}


def input_names(frame: pd.DataFrame) -> tuple[str, ...]:
    """The catalogue's columns, in its order."""
    return tuple(feature.name for feature in features.CATALOGUE if feature.name in frame)
