"""How faithfully the donor comes back, year after year and month after month."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.features.arithmetic import bits_set, run_length
from steward.features.feature import Family, Feature
from steward.features.gift_sums import LONGEST_MONTHS, LONGEST_YEARS

_FEATURES = (
    Feature("years_in_a_row", "streaks", "loyalty", "year",
            "a streak of {value} with a gift, up to now", "a streak of only {value} with a gift, up to now",
            "no streak of years: the last 12 months have no gift", +1),
    Feature("years_given_of_5", "streaks", "loyalty", "year",
            "gave in {value} of the last 5", "gave in only {value} of the last 5",
            "gave in none of the last 5 years", +1),
    Feature("months_in_a_row", "streaks", "monthly giving", "month",
            "a streak of {value} with a gift, up to now", "a streak of only {value} with a gift, up to now",
            "no streak of months: the last month has no gift", +1),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "years_in_a_row": ibis.least(run_length(sums.year_bits), LONGEST_YEARS),
        "years_given_of_5": bits_set(sums.year_bits, 5),
        "months_in_a_row": ibis.least(run_length(sums.month_bits), LONGEST_MONTHS),
    }


STREAKS = Family(_FEATURES, _columns)
