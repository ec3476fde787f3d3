"""Gives within a horizon: in the next 90 days, whom to write to or call this quarter; in 12 months, who renews."""

from __future__ import annotations

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

QUARTERLY = "Whom to include in this quarter's appeal, and whom to call first"
YEARLY = "Whom to count on for next year, and whom to renew first"


def gives_within(
    days: int,
    key: str,
    prior_rate: float,
    *,
    field_prefix: str = "Propensity",
    title: str = "",
    decision: str = QUARTERLY,
    bands: Bands | None = None,
) -> Outcome:
    """The same question for any horizon."""
    return Outcome(
        key=key,
        field_prefix=field_prefix,
        title=title or f"Gives in {days} days",
        question=f"Will this donor give at least once in the next {days} days?",
        decision=decision,
        horizon_days=days,
        higher_is_better=True,
        eligible=lambda features: features["gift_count"] >= 1,
        label=lambda ledger, features, as_of: labelled(
            features, giving(ledger, as_of, days), lambda found: found["gifts"] >= 1
        ),
        rules=(rules.RFM, rules.RECENCY, rules.FREQUENCY, rules.NOT_LAPSED, rules.SAME_AS_LAST_YEAR),
        bands=bands or Bands(very_high=0.30, high=0.15, medium=0.05),
        minimum_positives=100,
        prior_rate=prior_rate,
        earns=True,
        direction=1,
        not_for=("Deciding how much to ask for", "Stopping contact with donors who gave before"),
    )


GIVE_90_DAYS = gives_within(90, "give_90_days", prior_rate=0.15)
GIVE_12_MONTHS = gives_within(
    365,
    "give_12_months",
    prior_rate=0.45,
    field_prefix="Renewal",
    title="Gives in 12 months",
    decision=YEARLY,
    bands=Bands(very_high=0.60, high=0.40, medium=0.15),
)
