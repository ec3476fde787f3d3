"""Gifts of others that the donor moved: soft credit, which is never the donor's own giving."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.donors.money import MONEY
from steward.features.arithmetic import months_back, months_since
from steward.features.feature import Family, Feature

_MATCHED = "Matched Donor"

_FEATURES = (
    Feature("influenced_24m", "influence", "influence", "gift of others",
            "moved {value} in the last 2 years", "moved only {value} in the last 2 years",
            "moved no gift of others in the last 2 years", +1),
    Feature("influenced_total_5y", "influence", "influence", "money",
            "moved {value} of others' money in the last 5 years",
            "moved only {value} of others' money in the last 5 years",
            "moved no money of others in the last 5 years", +1),
    Feature("months_since_influence", "influence", "influence", "months ago",
            "last moved a gift of others {value}", "moved a gift of others as recently as {value}",
            "has never moved a gift of others", -1),
    Feature("matched_gifts_24m", "influence", "matching gifts", "gift",
            "had {value} matched by an employer in the last 2 years",
            "had only {value} matched by an employer in the last 2 years",
            "no gift matched by an employer in the last 2 years", +1),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """As NPSP does for accounts, a gift counts once a unit however many members have a role in it."""
    rows = ledger.soft_credits.filter(ledger.soft_credits.gift_date < ibis.literal(as_of))
    once = rows.group_by("unit_id", "gift_id").aggregate(
        gift_date=rows.gift_date.max(), amount=rows.amount.max(), matched=(rows.role == _MATCHED).any()
    )
    once = once.mutate(back=months_back(once.gift_date, as_of))
    moved = ~once.matched
    return once.group_by("unit_id").aggregate(
        influenced_24m=once.count(where=moved & (once.back < 24)),
        influenced_5y=once.amount.sum(where=moved & (once.back < 60)),
        influenced_on=once.gift_date.max(where=moved),
        matched_24m=once.count(where=once.matched & (once.back < 24)),
    )


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "influenced_24m": sums.influenced_24m.fill_null(0),
        "influenced_total_5y": sums.influenced_5y.fill_null(0).cast(MONEY),
        "months_since_influence": months_since(sums.influenced_on, as_of),
        "matched_gifts_24m": sums.matched_24m.fill_null(0),
    }


INFLUENCE = Family(_FEATURES, _columns, _sums)
