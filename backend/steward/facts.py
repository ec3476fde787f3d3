"""What is known of each giving unit on one day: its features and what decisions look at, one row a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from steward import features
from steward.compiling import nothing_collected
from steward.decide import affinity, channels, sustainers
from steward.donors import Ledger
from steward.features.compute import as_it_is, beside


@nothing_collected()
def facts(ledger: Ledger, gaus: ir.Table, as_of: dt.date, keep: Callable[[ir.Table], ir.Table] = as_it_is) -> ir.Table:
    """Features, then `affinity`, the columns of `channels.counted` and of `sustainers.Standing`, null where there is none.

    `keep` as in `features.compute`.
    """
    parts = (
        affinity.clusters(ledger.gifts, gaus, as_of),
        channels.counted(ledger.gifts, ledger.touches, as_of),
        sustainers.standings(ledger, as_of),
    )
    found, marks = beside(features.compute(ledger, as_of, keep), list(map(keep, parts)))
    missed = ibis.ifelse(found.running.notnull(), found.installments_missed_in_a_row, None)
    return found.mutate(missed=missed).drop(*marks)
