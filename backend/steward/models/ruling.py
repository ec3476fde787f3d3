"""A fundraiser's rule with numbers: the order it gives and, where it must speak alone, its own calibrated rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steward.models.frames import Rows, column
from steward.models.metrics import Array
from steward.outcomes import Rule, Term


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
            value = signed(rows, term)
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


def signed(rows: Rows, term: Term) -> Array:
    value = column(rows, term.feature)
    if term.at_least is not None:
        value = np.where(np.isnan(value), np.nan, (value >= term.at_least).astype(np.float64))
    value = term.sign * value
    return np.asarray(np.where(np.isnan(value), -1e18, value))
