"""What a feature is: a column, what it is about, and how to say it to a fundraiser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from steward.donors import Ledger


@dataclass(frozen=True)
class Feature:
    """One column of the feature table.

    `unit` says how a value is shown (see phrases.py): a plain noun for a count, or money, share, times, months ago,
    duration, yes, money change. `high` and `low` are said of a value at least, or below, the typical one; `none` of
    zero and of null. `direction`: more of it should never lower giving (+1), never raise it (-1), unknown (0).
    """

    name: str
    family: str
    topic: str
    unit: str
    high: str
    low: str
    none: str
    direction: int = 0


@dataclass(frozen=True)
class Family:
    """Features of one kind: `sums` has one row a unit with what they need; `columns` names each feature's expression.

    Families about gifts have no `sums` of their own: all share the one pass over the gifts (gift_sums.py). What one family
    sums, another may name: sustainers' shares of installments come from the pass in installments.py.
    """

    features: tuple[Feature, ...]
    columns: Callable[[ir.Table, dt.date], Mapping[str, ir.Value]]
    sums: Callable[[Ledger, dt.date], ir.Table] | None = None
