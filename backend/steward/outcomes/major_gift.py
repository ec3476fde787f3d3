"""Gives a single gift at or above the organization's own major-gift threshold in the next 12 months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Label, Outcome, giving, labelled

if TYPE_CHECKING:
    from steward.donors import Ledger

HORIZON = 365
SIZES = (
    "average_gift",
    "average_gift_12m",
    "last_gift",
    "largest_gift",
    "largest_gift_24m",
    "last_ask",
    "last_recurring_gift",
)
THRESHOLD = 1000.0


def major_gift(threshold: float = THRESHOLD, top_share: float | None = None) -> Outcome:
    """`top_share` sets the threshold by the base instead: 0.01 = as large as its largest 1 % of gifts so far."""
    words = f"of {threshold:,.0f} or more" if top_share is None else f"as large as the largest {top_share:.1%} so far"
    return Outcome(
        key="major_gift",
        field_prefix="Major_Gift",
        title="Makes a major gift within 12 months",
        question=f"Will this donor make a single gift {words} in the next 12 months?",
        decision="Whom a gift officer should get to know next",
        horizon_days=HORIZON,
        higher_is_better=True,
        eligible=lambda features: features["gift_count"] >= 1,
        label=_at_least(threshold, top_share),
        rules=(rules.LARGEST, rules.TOTAL, rules.RFM, rules.RECENCY),
        bands=Bands(very_high=0.10, high=0.03, medium=0.01),
        minimum_positives=60,
        prior_rate=0.005,
        earns=True,
        direction=1,
        raised_by=SIZES,
        not_for=("Judging what a donor can afford: it knows giving, not wealth",),
    )


def _at_least(threshold: float, top_share: float | None) -> Label:
    def label(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
        found = giving(ledger, as_of, HORIZON)
        if top_share is None:
            return labelled(features, found, lambda t: t["largest"] >= threshold)
        past = ledger.gifts.filter(ledger.gifts.gift_date < ibis.literal(as_of))
        line = past.aggregate(line=past.amount.cast("float64").quantile(1 - top_share))
        return labelled(features, found.cross_join(line), lambda t: t["largest"] >= t["line"])

    return label


MAJOR_GIFT = major_gift()
