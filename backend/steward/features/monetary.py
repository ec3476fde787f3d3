"""How much the donor gives."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.donors.money import as_money
from steward.features.arithmetic import amount_of, average
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("total_given", "monetary", "total given", "money",
            "has given {value} in all", "has given only {value} in all", "has given no money yet", +1),
    Feature("given_12m", "monetary", "recent giving", "money",
            "gave {value} in the last 12 months", "gave only {value} in the last 12 months",
            "gave no money in the last 12 months", +1),
    Feature("given_24m", "monetary", "recent giving", "money",
            "gave {value} in the last 2 years", "gave only {value} in the last 2 years",
            "gave no money in the last 2 years", +1),
    Feature("given_5y", "monetary", "total given", "money",
            "gave {value} in the last 5 years", "gave only {value} in the last 5 years",
            "gave no money in the last 5 years", +1),
    Feature("average_gift", "monetary", "size of gifts", "money",
            "the average gift is {value}", "the average gift is only {value}", "no gift yet to average", 0),
    Feature("average_gift_12m", "monetary", "size of gifts", "money",
            "the average gift of the last 12 months is {value}",
            "the average gift of the last 12 months is only {value}",
            "no gift in the last 12 months to average", 0),
    Feature("last_gift", "monetary", "size of gifts", "money",
            "the last gift was {value}", "the last gift was only {value}", "no gift so far to go by", 0),
    Feature("largest_gift", "monetary", "largest gift", "money",
            "the largest gift ever was {value}", "the largest gift ever was only {value}", "nothing given so far", 0),
    Feature("largest_gift_24m", "monetary", "largest gift", "money",
            "the largest gift of the last 2 years was {value}",
            "the largest gift of the last 2 years was only {value}",
            "nothing given in the last 2 years", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    two, five = sums.total_0 + sums.total_1, sums.total_0 + sums.total_1 + sums.total_2 + sums.total_3 + sums.total_4
    return {
        "total_given": sums.total,
        "given_12m": sums.total_0,
        "given_24m": as_money(two),
        "given_5y": as_money(five),
        "average_gift": average(sums.total, sums["count"]),
        "average_gift_12m": average(sums.total_0, sums.count_0),
        "last_gift": amount_of(sums.last_dated),
        "largest_gift": sums.largest,
        "largest_gift_24m": sums.largest_2_years,
    }


MONETARY = Family(_FEATURES, _columns)
