"""How long ago the last gift was, and whether that is long for this donor."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward.features.arithmetic import months_since, ratio
from steward.features.feature import Family, Feature
from steward.features.frequency import usual_gap

_FEATURES = (
    Feature("months_since_last_gift", "recency", "recency", "months ago",
            "last gave {value}", "gave as recently as {value}", "no gift yet", -1),
    Feature("gap_ratio", "recency", "recency", "times",
            "the last gift lies {value} the usual gap back", "the last gift lies only {value} the usual gap back",
            "the last gift lies less than a usual gap back, or no usual gap is known", -1),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    since = months_since(sums.last_on, as_of)
    return {"months_since_last_gift": since, "gap_ratio": ratio(since, usual_gap(sums, as_of), digits=1)}


RECENCY = Family(_FEATURES, _columns)
