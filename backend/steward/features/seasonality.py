"""Whether this is the donor's time of year: the three months that begin on `as_of`, in years past."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.features.arithmetic import bits_set, share
from steward.features.feature import Family, Feature
from steward.features.gift_sums import YEARS

_SEASON = 0b111 << 9  # the last three of the twelve months back are the same three that lie ahead

_FEATURES = (
    Feature("season_years", "seasonality", "time of year", "year",
            "gave at this time of year in {value} of the last 5",
            "gave at this time of year in only {value} of the last 5",
            "did not give at this time of year in the last 5 years", +1),
    Feature("season_last_year", "seasonality", "time of year", "yes",
            "gave at this time last year", "gave at this time last year", "did not give at this time last year", +1),
    Feature("december_share", "seasonality", "December", "share",
            "{value} of the gifts came in December", "only {value} of the gifts came in December",
            "no gift came in December", 0),
    Feature("calendar_months", "seasonality", "time of year", "calendar month",
            "the gifts of the last 5 years fall in {value}", "the gifts of the last 5 years fall in only {value}",
            "gave in no month of the last 5 years", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    months = sums.month_bits
    seasons = [((months & (_SEASON << (12 * year))) != 0).cast("int64") for year in range(YEARS)]
    folded = months
    for year in range(1, YEARS):
        folded = folded | (months >> (12 * year))
    return {
        "season_years": sum(seasons[1:], seasons[0]),
        "season_last_year": seasons[0],
        "december_share": share(sums.december, sums["count"]),
        "calendar_months": bits_set(folded, 12),
    }


SEASONALITY = Family(_FEATURES, _columns)
