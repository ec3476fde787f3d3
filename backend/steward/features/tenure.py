"""How long the donor has been with the nonprofit."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.features.arithmetic import months_since
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("months_since_first_gift", "tenure", "tenure", "months ago",
            "first gave {value}", "first gave as recently as {value}", "has no first gift yet", 0),
    Feature("months_on_record", "tenure", "tenure", "months ago",
            "came into the database {value}", "came into the database as recently as {value}",
            "it is not known since when they are in the database", 0),
)  # fmt: skip


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    known = sums.created_on < ibis.literal(as_of)
    return {
        "months_since_first_gift": months_since(sums.first_on, as_of),
        "months_on_record": ibis.ifelse(known, months_since(sums.created_on, as_of), None),
    }


TENURE = Family(_FEATURES, _columns)
