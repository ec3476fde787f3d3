"""Whether gifts grow: the last gift beside the earlier ones, and years of growth."""

from __future__ import annotations

import datetime as dt
import itertools

import ibis
import ibis.expr.types as ir

from steward.donors.money import MONEY
from steward.features.arithmetic import amount_of, average, ratio
from steward.features.feature import Family, Feature
from steward.features.gift_sums import YEARS

_FEATURES = (
    Feature("last_to_earlier", "upgrade", "growth of gifts", "times",
            "the last gift was {value} the average of the earlier ones",
            "the last gift was only {value} the average of the earlier ones",
            "no earlier gifts to compare the last gift with", 0),
    Feature("last_to_first", "upgrade", "growth of gifts", "times",
            "the last gift was {value} the first one", "the last gift was only {value} the first one",
            "no second gift to compare with the first one", 0),
    Feature("largest_to_average", "upgrade", "growth of gifts", "times",
            "the largest gift is {value} the average gift", "the largest gift is only {value} the average gift",
            "no gifts to compare the largest with", 0),
    Feature("years_of_growth", "upgrade", "growth of gifts", "year",
            "the yearly total grew {value} in a row, up to now",
            "the yearly total grew only {value} in a row, up to now",
            "the yearly total did not grow in the last 12 months", +1),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    last, count = amount_of(sums.last_dated), sums["count"]
    earlier = average((sums.total - last).cast(MONEY), count - 1)
    first = ibis.ifelse(count > 1, amount_of(sums.first_dated), None)
    totals = [sums[f"total_{year}"] for year in range(YEARS)]
    grew = [now > before for now, before in itertools.pairwise(totals)]
    growth = ibis.literal(0, "int8").cast("int64")
    for step in reversed(grew):
        growth = ibis.ifelse(step, growth + 1, 0)
    return {
        "last_to_earlier": ratio(last, earlier),
        "last_to_first": ratio(last, first),
        "largest_to_average": ratio(sums.largest, average(sums.total, count)),
        "years_of_growth": growth,
    }


UPGRADE = Family(_FEATURES, _columns)
