"""Gave in the last 12 months and will not give in the next 12: whom to keep."""

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

HORIZON = 365

LAPSE_12_MONTHS = Outcome(
    key="lapse_12_months",
    field_prefix="Lapse_Risk",
    title="Lapses within 12 months",
    question="Will this donor, who gave in the last 12 months, give nothing in the next 12?",
    decision="Whom to thank, report to or call before they are lost",
    horizon_days=HORIZON,
    higher_is_better=False,
    eligible=lambda features: features["gifts_12m"] >= 1,
    label=lambda ledger, features, as_of: labelled(
        features, giving(ledger, as_of, HORIZON), lambda t: t["gifts"].fill_null(0) == 0
    ),
    rules=(
        rules.against(rules.RFM, "rfm_low", "Lowest RFM score first"),
        rules.against(rules.RECENCY, "longest_ago", "Longest since the last gift first"),
        rules.against(rules.FREQUENCY, "fewest_gifts", "Fewest gifts first"),
        rules.against(rules.SAME_AS_LAST_YEAR, "fewest_12m", "Fewest gifts in the last 12 months first"),
    ),
    bands=Bands(very_high=0.60, high=0.40, medium=0.20),
    minimum_positives=100,
    prior_rate=0.55,
    direction=-1,
    not_for=("Dropping a donor from the mailing list",),
)
