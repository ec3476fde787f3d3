"""Gives at least the mid-level amount in all in the next 12 months: whom to invite into the mid-level programme."""

from __future__ import annotations

from steward.outcomes import rules
from steward.outcomes.major_gift import SIZES
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

HORIZON = 365
THRESHOLD = 500.0


def mid_level(threshold: float = THRESHOLD) -> Outcome:
    """A year's gifts together, so that a single major gift is mid-level too, and the chances nest."""
    return Outcome(
        key="mid_level",
        field_prefix="Mid_Level",
        title="Gives at mid level within 12 months",
        question=f"Will this donor give {threshold:,.0f} or more in all in the next 12 months?",
        decision="Whom to invite into the mid-level programme, and whom to keep there",
        horizon_days=HORIZON,
        higher_is_better=True,
        eligible=lambda features: features["gift_count"] >= 1,
        label=lambda ledger, features, as_of: labelled(
            features, giving(ledger, as_of, HORIZON), lambda found: found["given"] >= threshold
        ),
        rules=(rules.GIVEN_12M, rules.LARGEST, rules.TOTAL, rules.RFM),
        bands=Bands(very_high=0.30, high=0.12, medium=0.04),
        minimum_positives=60,
        prior_rate=0.03,
        earns=True,
        direction=1,
        raised_by=SIZES,
        not_for=("Judging what a donor can afford: it knows giving, not wealth",),
    )


MID_LEVEL = mid_level()
