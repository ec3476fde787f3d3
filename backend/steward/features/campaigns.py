"""Whether gifts answer campaigns, and how many different ones."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.features.arithmetic import share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("campaigns_24m", "campaigns", "campaigns given to", "campaign",
            "gave to {value} in the last 2 years", "gave to only {value} in the last 2 years",
            "gave to no campaign in the last 2 years", +1),
    Feature("campaign_share", "campaigns", "campaigns given to", "share",
            "{value} of the gifts answered a campaign", "only {value} of the gifts answered a campaign",
            "no gift answered a campaign", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {"campaigns_24m": sums.campaigns_2_years, "campaign_share": share(sums.to_campaigns, sums["count"])}


CAMPAIGNS = Family(_FEATURES, _columns)
