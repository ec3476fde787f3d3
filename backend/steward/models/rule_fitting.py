"""Gives a rule its numbers: where its fifths are cut, and what came of donors in each tenth of its order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from steward.models.base_rates import DOUBT, log_odds
from steward.models.metrics import Array
from steward.models.ruling import FittedRule, signed
from steward.outcomes import Rule

BINS = 10


def fit_order(rule: Rule, frame: pd.DataFrame) -> FittedRule:
    """The rule's order, its fifths cut on these donors."""
    if not rule.fifths:
        return FittedRule(rule)
    cuts = []
    for term in rule.terms:
        value = signed(frame, term)
        cuts.append(tuple(np.quantile(value, [0.2, 0.4, 0.6, 0.8], method="lower").tolist()) if len(value) else ())
    return FittedRule(rule, tuple(cuts))


def fit_rates(rule: Rule, frame: pd.DataFrame, label: Array, expected: float) -> FittedRule:
    """The rule with what happened in each tenth of its order, pulled to the base rate, never falling.

    The level is then moved to the base rate `expected` now.
    """
    ordered = fit_order(rule, frame)
    if len(label) == 0:
        return FittedRule(rule, ordered.fifths, prior=expected)
    base = float((label.sum() + expected * DOUBT) / (len(label) + DOUBT))
    points = ordered.points(frame)
    inner = np.unique(np.quantile(points, np.linspace(0, 1, BINS + 1)[1:-1], method="higher"))
    edges = inner[inner > points.min()]
    where = np.searchsorted(edges, points, side="right")
    support = np.bincount(where, minlength=len(edges) + 1)
    happened = np.bincount(where, weights=label, minlength=len(edges) + 1)
    shrunk = (happened + base * DOUBT) / (support + DOUBT)
    rising = IsotonicRegression().fit_transform(np.arange(len(shrunk)), shrunk, sample_weight=support + DOUBT)
    moved = np.log(rising / (1 - rising)) + log_odds(expected) - log_odds(base)
    return FittedRule(
        rule,
        ordered.fifths,
        _floats(edges),
        _floats(1 / (1 + np.exp(-moved))),
        tuple(int(n) for n in support),
        prior=expected,
    )


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
