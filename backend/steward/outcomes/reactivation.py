"""Gave once but not in the last 12 months, and gives again in the next 12: whom to win back first."""

from __future__ import annotations

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

HORIZON = 365

REACTIVATION = Outcome(
    key="reactivation",
    field_prefix="Reactivation",
    title="Returns within 12 months",
    question="Will this lapsed donor, who gave nothing in the last 12 months, give again in the next 12?",
    decision="Whom to win back, by the amount to expect from each",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: (features["gift_count"] >= 1) & (features["gifts_12m"] == 0),
    label=lambda ledger, features, as_of: labelled(
        features, giving(ledger, as_of, HORIZON), lambda found: found["gifts"] >= 1
    ),
    rules=(rules.RFM, rules.RECENCY, rules.FREQUENCY, rules.TOTAL),
    bands=Bands(very_high=0.25, high=0.12, medium=0.04),
    minimum_positives=100,
    prior_rate=0.08,
    earns=True,
    direction=1,
    in_money=True,
    not_for=("Deciding how much to ask for", "Removing a donor from the database"),
)
