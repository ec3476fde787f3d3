"""Money as DECIMAL(18,2) that an engine really keeps as such: in one machine word."""

from __future__ import annotations

import ibis.expr.types as ir

MONEY = "decimal(18,2)"


def as_money(amount: ir.DecimalValue) -> ir.DecimalValue:
    """Engines widen differences, sums and the larger of two to more digits, twice as long to add and compare; Ibis believes
    them to be as narrow as before and would leave a single cast out."""
    return amount.cast("decimal(20,2)").cast(MONEY)
