"""The feature table: one expression for training and scoring, on one machine and on a cluster.

Point in time: a feature sees only what was dated strictly before `as_of`. Gifts are grouped once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.errors import InputError
from steward.features.catalogue import CATALOGUE, FAMILIES
from steward.features.gift_sums import COUNTS, TOTALS, gift_sums


def as_it_is(table: ir.Table) -> ir.Table:
    return table


def compute(ledger: Ledger, as_of: dt.date, keep: Callable[[ir.Table], ir.Table] = as_it_is) -> ir.Table:
    """One row a unit known at `as_of`: unit_id, kind, then the catalogue's columns; null where undefined.

    `keep` may compute a family's sums on the way: one by one they need less memory than all at once.
    """
    sums = _sums_of_known_units(ledger, as_of, keep)
    columns: dict[str, ir.Value] = {}
    for family in FAMILIES:
        columns.update(family.columns(sums, as_of))
    return sums.select("unit_id", "kind", **{feature.name: columns[feature.name] for feature in CATALOGUE})


def compute_many(ledger: Ledger, dates: Iterable[dt.date]) -> ir.Table:
    """`compute` at each date, with a column `as_of`: examples for training."""
    tables = [compute(ledger, date).mutate(as_of=ibis.literal(date)) for date in sorted(set(dates))]
    if not tables:
        raise InputError("No date to compute features at.", "Give at least one as_of date.")
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def _sums_of_known_units(ledger: Ledger, as_of: dt.date, keep: Callable[[ir.Table], ir.Table]) -> ir.Table:
    """Every family's sums beside each unit. Imports date units later than their gifts: either makes one known."""
    parts = [gift_sums(ledger, as_of), *(family.sums(ledger, as_of) for family in FAMILIES if family.sums)]
    found, marks = beside(ledger.units.select("unit_id", "kind", "created_on"), list(map(keep, parts)))
    known = found.created_on < ibis.literal(as_of)
    for mark in marks:
        known = known | found[mark].notnull()
    found = found.filter(known)
    zeros = {name: found[name].fill_null(0) for name in (*COUNTS, *TOTALS)}
    return found.mutate(**zeros)


def beside(units: ir.Table, parts: Sequence[ir.Table]) -> tuple[ir.Table, list[str]]:
    """Each part's columns beside its unit, and the columns that say whether a part knows the unit (null where not).

    One chain of joins: a query that is cut off after each of them costs Ibis and the engine's planner twice as much.
    """
    marks = [f"known_{place}" for place in range(len(parts))]
    found = units
    for mark, part in zip(marks, parts, strict=True):
        found = found.left_join(part.rename(**{mark: "unit_id"}), [("unit_id", mark)])
    return found, marks
