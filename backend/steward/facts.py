"""What is known of each giving unit on one day: its features and what decisions look at, one row a unit."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from steward import features
from steward.decide import affinity, channels, sustainers
from steward.donors import Ledger


def facts(ledger: Ledger, gaus: ir.Table, as_of: dt.date) -> ir.Table:
    """Features, then `affinity`, the columns of `channels.counted` and of `sustainers.standings`, null where there is none."""
    found = features.compute(ledger, as_of)
    beside = (
        affinity.clusters(ledger.gifts, gaus, as_of),
        channels.counted(ledger.gifts, ledger.touches, as_of),
        sustainers.standings(ledger, as_of),
    )
    for table in beside:
        found = found.left_join(table, "unit_id").drop("unit_id_right")
    return found
