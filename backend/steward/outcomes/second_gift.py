"""Gave for the first time within the last 12 months and gives again in the next 12: whom to welcome in person."""

from __future__ import annotations

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

HORIZON = 365

SECOND_GIFT = Outcome(
    key="second_gift",
    field_prefix="Second_Gift",
    title="Makes a second gift within 12 months",
    question="Will this new donor, who has given once, give again in the next 12 months?",
    decision="Which new donors to welcome in person, and whom to ask a second time first",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: (features["gift_count"] == 1) & (features["months_since_first_gift"] < 12),
    label=lambda ledger, features, as_of: labelled(
        features, giving(ledger, as_of, HORIZON), lambda found: found["gifts"] >= 1
    ),
    rules=(rules.RECENCY, rules.LARGEST, rules.ANSWERS, rules.CONTACT),
    bands=Bands(very_high=0.50, high=0.30, medium=0.12),
    minimum_positives=100,
    prior_rate=0.25,
    earns=True,
    direction=1,
    not_for=("Leaving a new donor without thanks",),
)
