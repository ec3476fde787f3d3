"""Whether giving rises or falls from one year to the next."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.donors.money import as_money
from steward.features.arithmetic import average, ratio, share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("given_change_12m", "trend", "trend", "money change",
            "gave {value} more in the last 12 months than in the 12 before",
            "gave {value} less in the last 12 months than in the 12 before",
            "gave the same amount in the last 12 months as in the 12 before", 0),
    Feature("recent_share", "trend", "trend", "share",
            "{value} of the money of the last 2 years came in the last 12 months",
            "only {value} of the money of the last 2 years came in the last 12 months",
            "none of the money of the last 2 years came in the last 12 months", 0),
    Feature("share_of_all_12m", "trend", "trend", "share",
            "{value} of all money ever given came in the last 12 months",
            "only {value} of all money ever given came in the last 12 months",
            "none of all money ever given came in the last 12 months", 0),
    Feature("average_gift_trend", "trend", "trend", "times",
            "the average gift of the last 12 months is {value} the donor's average of all years",
            "the average gift of the last 12 months is only {value} the donor's average of all years",
            "no gift in the last 12 months to compare with the donor's average of all years", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "given_change_12m": as_money(sums.total_0 - sums.total_1),
        "recent_share": share(sums.total_0, sums.total_0 + sums.total_1),
        "share_of_all_12m": share(sums.total_0, sums.total),
        "average_gift_trend": ratio(average(sums.total_0, sums.count_0), average(sums.total, sums["count"])),
    }


TREND = Family(_FEATURES, _columns)
