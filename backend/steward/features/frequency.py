"""How often the donor gives."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.features.arithmetic import bits_set, months_since, ratio
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("gift_count", "frequency", "number of gifts", "gift",
            "has given {value} in all", "has given only {value} in all", "has not given yet", +1),
    Feature("gifts_3m", "frequency", "recent gifts", "gift",
            "gave {value} in the last 3 months", "gave only {value} in the last 3 months",
            "no gift in the last 3 months", +1),
    Feature("gifts_12m", "frequency", "recent gifts", "gift",
            "gave {value} in the last 12 months", "gave only {value} in the last 12 months",
            "no gift in the last 12 months", +1),
    Feature("gifts_24m", "frequency", "recent gifts", "gift",
            "gave {value} in the last 2 years", "gave only {value} in the last 2 years",
            "no gift in the last 2 years", +1),
    Feature("active_months_12m", "frequency", "recent gifts", "month",
            "gave in {value} of the last 12", "gave in only {value} of the last 12",
            "gave in none of the last 12 months", +1),
    Feature("gifts_per_year", "frequency", "number of gifts", "gift",
            "gives {value} a year on average", "gives only {value} a year on average",
            "too short a history for a yearly average of gifts", +1),
    Feature("usual_gap_months", "frequency", "number of gifts", "duration",
            "usually lets {value} pass between gifts", "usually lets only {value} pass between gifts",
            "gifts too few, or too close together, to know how long usually passes between them", 0),
)  # fmt: skip


def usual_gap(sums: ir.Table, as_of: dt.date) -> ir.FloatingValue:
    """Months between gifts on average; null before a second gift in another month."""
    months = months_since(sums.first_on, as_of) - months_since(sums.last_on, as_of)
    return ratio(months.nullif(0), sums["count"] - 1, digits=1)


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    count = sums["count"]
    years = months_since(sums.first_on, as_of).cast("float64") / 12
    return {
        "gift_count": count,
        "gifts_3m": sums.count_3_months,
        "gifts_12m": sums.count_0,
        "gifts_24m": sums.count_0 + sums.count_1,
        "active_months_12m": bits_set(sums.month_bits, 12),
        "gifts_per_year": ratio(count, ibis.ifelse(years >= 1, years, None), digits=1),
        "usual_gap_months": usual_gap(sums, as_of),
    }


FREQUENCY = Family(_FEATURES, _columns)
