"""Gives in the next 90 days: whom to write to or call this quarter."""

from __future__ import annotations

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled


def gives_within(days: int, key: str, prior_rate: float) -> Outcome:
    """The same question for any horizon."""
    return Outcome(
        key=key,
        field_prefix="Propensity",
        title=f"Gives in {days} days",
        question=f"Will this donor give at least once in the next {days} days?",
        decision="Whom to include in this quarter's appeal, and whom to call first",
        horizon_days=days,
        higher_is_better=True,
        eligible=lambda features: features["gift_count"] >= 1,
        label=lambda ledger, features, as_of: labelled(
            features, giving(ledger, as_of, days), lambda found: found["gifts"] >= 1
        ),
        rules=(rules.RFM, rules.RECENCY, rules.FREQUENCY, rules.NOT_LAPSED, rules.SAME_AS_LAST_YEAR),
        bands=Bands(very_high=0.30, high=0.15, medium=0.05),
        minimum_positives=100,
        prior_rate=prior_rate,
        direction=1,
        not_for=("Deciding how much to ask for", "Stopping contact with donors who gave before"),
    )


GIVE_90_DAYS = gives_within(90, "give_90_days", prior_rate=0.15)
