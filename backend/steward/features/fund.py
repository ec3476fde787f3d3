"""Giving through a donor-advised fund or at the workplace."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.features.arithmetic import share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("fund_gifts", "fund", "donor-advised fund", "gift",
            "gave {value} through a donor-advised fund", "gave only {value} through a donor-advised fund",
            "has not given through a donor-advised fund", 0),
    Feature("fund_share", "fund", "donor-advised fund", "share",
            "{value} of all money came through a donor-advised fund",
            "only {value} of all money came through a donor-advised fund",
            "no money came through a donor-advised fund", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {"fund_gifts": sums.fund_count, "fund_share": share(sums.fund_total, sums.total)}


FUND = Family(_FEATURES, _columns)
