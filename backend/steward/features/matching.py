"""Gifts that an employer matched: the habit of sending the form."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.features.arithmetic import months_since
from steward.features.feature import Family, Feature

_MATCHED = "Matched Donor"

_FEATURES = (
    Feature("matched_gifts", "matching", "matching gifts", "gift",
            "had {value} matched by an employer so far", "had only {value} matched by an employer so far",
            "no gift matched by an employer so far", 0),
    Feature("months_since_match", "matching", "matching gifts", "months ago",
            "last had a gift matched {value}", "had a gift matched as recently as {value}",
            "has never had a gift matched", 0),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    rows = ledger.soft_credits.filter(ledger.soft_credits.role == _MATCHED)
    rows = rows.filter(rows.gift_date < ibis.literal(as_of))
    return rows.group_by("unit_id").aggregate(matches=rows.gift_id.nunique(), matched_on=rows.gift_date.max())


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "matched_gifts": sums.matches.fill_null(0),
        "months_since_match": months_since(sums.matched_on, as_of),
    }


MATCHING = Family(_FEATURES, _columns, _sums)
