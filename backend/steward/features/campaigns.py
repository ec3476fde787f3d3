"""Whether gifts answer campaigns, and how many different ones."""

from __future__ import annotations

import dataclasses
import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger, known_at
from steward.features.arithmetic import first_of_months, share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("campaigns_24m", "campaigns", "campaigns given to", "campaign",
            "gave to {value} in the last 2 years", "gave to only {value} in the last 2 years",
            "gave to no campaign in the last 2 years", +1),
    Feature("campaign_share", "campaigns", "campaigns given to", "share",
            "{value} of the gifts answered a campaign", "only {value} of the gifts answered a campaign",
            "no gift answered a campaign", 0),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """Different ones are counted apart: an engine that counts them beside other sums sorts every gift by campaign."""
    gifts = ledger.gifts
    recent = gifts.filter(gifts.campaign_id.notnull(), gifts.gift_date >= ibis.literal(first_of_months(as_of, 24)))
    once = known_at(dataclasses.replace(ledger, gifts=recent), as_of).select("unit_id", "campaign_id").distinct()
    return once.group_by("unit_id").aggregate(campaigns_2_years=once.count())


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "campaigns_24m": sums.campaigns_2_years.fill_null(0),
        "campaign_share": share(sums.to_campaigns, sums["count"]),
    }


CAMPAIGNS = Family(_FEATURES, _columns, _sums)
