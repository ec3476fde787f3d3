"""The shape of the giving unit."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("members_known", "household", "household", "person",
            "{value} known in this household or organization", "only {value} known in this household or organization",
            "no person known in this household or organization", 0),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    rows = ledger.members.filter(ledger.members.created_on < ibis.literal(as_of))
    return rows.group_by("unit_id").aggregate(people=rows.count())


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {"members_known": sums.people}


HOUSEHOLD = Family(_FEATURES, _columns, _sums)
