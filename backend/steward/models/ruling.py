"""A fundraiser's rule with numbers: the order it gives and, where it must speak alone, its own calibrated rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from steward.models.base_rates import DOUBT, log_odds
from steward.models.frames import Rows, column
from steward.models.metrics import Array
from steward.outcomes import Rule, Term

BINS = 10


@dataclass(frozen=True)
class FittedRule:
    """`fifths` are each term's four cuts; `bins` and `rates` turn the rule's points into a probability."""

    rule: Rule
    fifths: tuple[tuple[float, ...], ...] = ()
    bins: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()
    support: tuple[int, ...] = ()
    prior: float = field(default=0.0)

    def points(self, rows: Rows) -> Array:
        """The rule's order: higher first. A missing fact counts as the worst value."""
        total = np.zeros(len(rows))
        for number, term in enumerate(self.rule.terms):
            value = _signed(rows, term)
            if self.rule.fifths:
                value = np.searchsorted(np.array(self.fifths[number]), value, side="right").astype(np.float64)
            total += value
        return total

    def probability(self, rows: Rows) -> Array:
        return self.probability_of(self.points(rows))

    def probability_of(self, points: Array) -> Array:
        """What came of past donors with as many points."""
        if not self.rates:
            return np.full(len(points), self.prior)
        return np.asarray(np.array(self.rates)[np.searchsorted(np.array(self.bins), points, side="right")])

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.key,
            "title": self.rule.title,
            "terms": [{"feature": t.feature, "sign": t.sign, "at_least": t.at_least} for t in self.rule.terms],
            "in_fifths": self.rule.fifths,
            "fifths": [list(cuts) for cuts in self.fifths],
            "bins": list(self.bins),
            "rates": list(self.rates),
            "support": list(self.support),
            "prior": self.prior,
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> FittedRule:
        terms = tuple(Term(t["feature"], t["sign"], t["at_least"]) for t in saved["terms"])
        rule = Rule(saved["rule"], saved["title"], terms, saved["in_fifths"])
        fifths = tuple(tuple(cuts) for cuts in saved["fifths"])
        return cls(rule, fifths, tuple(saved["bins"]), tuple(saved["rates"]), tuple(saved["support"]), saved["prior"])


def fit_order(rule: Rule, frame: pd.DataFrame) -> FittedRule:
    """The rule's order, its fifths cut on these donors."""
    if not rule.fifths:
        return FittedRule(rule)
    cuts = []
    for term in rule.terms:
        value = _signed(frame, term)
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


def _signed(rows: Rows, term: Term) -> Array:
    value = column(rows, term.feature)
    if term.at_least is not None:
        value = np.where(np.isnan(value), np.nan, (value >= term.at_least).astype(np.float64))
    value = term.sign * value
    return np.asarray(np.where(np.isnan(value), -1e18, value))


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
