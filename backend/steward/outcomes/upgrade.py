"""Gives at least a quarter more in the next 12 months than in the last 12: whom to ask for more.

Only donors known for a year or longer: someone whose first gift was last month has had one month to give in, so
nearly any second gift would look like an upgrade.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

if TYPE_CHECKING:
    from steward.donors import Ledger

HORIZON = 365
GROWTH = 1.25


def _gives_more(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    before = giving(ledger, as_of - dt.timedelta(days=HORIZON), HORIZON).select("unit_id", before="given")
    after = giving(ledger, as_of, HORIZON).select("unit_id", after="given")
    both = after.join(before, "unit_id")
    return labelled(features, both.select("unit_id", "before", "after"), lambda t: t["after"] > GROWTH * t["before"])


UPGRADE = Outcome(
    key="upgrade",
    field_prefix="Upgrade",
    title="Upgrades within 12 months",
    question="Will this donor give over 25 % more in the next 12 months than in the last 12?",
    decision="Whom to ask for a larger gift than last time",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: (features["gifts_12m"] >= 1) & (features["months_since_first_gift"] >= 12),
    label=_gives_more,
    rules=(
        rules.RFM,
        rules.FREQUENCY,
        rules.GROWING,
        rules.against(rules.GROWING, "below_usual", "Gave less this year than the year before"),
    ),
    bands=Bands(very_high=0.40, high=0.25, medium=0.10),
    minimum_positives=100,
    prior_rate=0.15,
    not_for=("Setting the amount to ask for",),
)
