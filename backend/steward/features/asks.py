"""What was asked of the donor, and what came of it."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.features.arithmetic import amount_of, dated_amount, months_back, months_since, share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("asks_24m", "asks", "asks", "time",
            "was asked {value} in the last 2 years", "was asked only {value} in the last 2 years",
            "was not asked in the last 2 years", 0),
    Feature("months_since_ask", "asks", "asks", "months ago",
            "was last asked {value}", "was asked as recently as {value}", "has never been asked", 0),
    Feature("asks_accepted_share", "asks", "answers to asks", "share",
            "said yes to {value} of the asks decided so far", "said yes to only {value} of the asks decided so far",
            "has not said yes to an ask so far", +1),
    Feature("last_ask", "asks", "size of asks", "money",
            "was last asked for {value}", "was last asked for only {value}", "no amount asked for is known", 0),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """An ask is known from its ask date (a lost one without it: from its end), its outcome from its close date."""
    rows = ledger.asks.mutate(asked_on=ibis.coalesce(ledger.asks.ask_date, ledger.asks.close_date))
    rows = rows.filter(rows.asked_on < ibis.literal(as_of))
    rows = rows.mutate(back=months_back(rows.asked_on, as_of))
    decided = rows.close_date < ibis.literal(as_of)
    known = rows.requested_amount.fill_null(0) > 0
    return rows.group_by("unit_id").aggregate(
        asks_24m=rows.count(where=rows.back < 24),
        asked_on=rows.asked_on.max(),
        decided=rows.count(where=decided),
        accepted=rows.count(where=decided & rows.is_won),
        asked_dated=dated_amount(rows.asked_on, rows.requested_amount).max(where=known),
    )


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "asks_24m": sums.asks_24m.fill_null(0),
        "months_since_ask": months_since(sums.asked_on, as_of),
        "asks_accepted_share": share(sums.accepted, sums.decided),
        "last_ask": amount_of(sums.asked_dated),
    }


ASKS = Family(_FEATURES, _columns, _sums)
