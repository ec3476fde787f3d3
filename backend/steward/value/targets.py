"""What happened after a date: the next gift's size and day, and what was given within 1, 3 and 5 years."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from steward.donors import Ledger, known_at
from steward.outcomes.outcome import giving
from steward.value.questions import VALUES

SOON = 365


def after(ledger: Ledger, date: dt.date, until: dt.date) -> pd.DataFrame:
    """One row a unit that gave in [date, until): next_amount, next_days (within a year), given_1, given_3, given_5.

    A column whose window has not ended on `until` is null throughout; units without a row gave nothing.
    """
    found = pd.DataFrame({"unit_id": pd.Series(dtype=object)}).set_index("unit_id")
    if date + dt.timedelta(days=SOON) <= until:
        found = found.join(_frame(_next(ledger, date)), how="outer")
    for value in VALUES:
        if date + dt.timedelta(days=value.horizon_days) <= until:
            total = giving(ledger, date, value.horizon_days)
            found = found.join(_frame(total.select("unit_id", **{value.target: total.given})), how="outer")
    return found


def with_targets(frame: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The donors of one date with what they did next; totals whose window has ended are 0 where nothing was given."""
    columns: dict[str, object] = {}
    for name in ("next_amount", "next_days", *(value.target for value in VALUES)):
        values = frame["unit_id"].map(found[name]) if name in found else np.full(len(frame), np.nan)
        columns[name] = np.asarray(values, np.float64)
        if name in found and name.startswith("given_"):
            columns[name] = np.nan_to_num(np.asarray(values, np.float64))
    return frame.assign(**columns)


def _next(ledger: Ledger, date: dt.date) -> ir.Table:
    """The first day a unit gives again, and the largest gift of that day."""
    gifts = known_at(ledger, date + dt.timedelta(days=SOON))
    gifts = gifts.filter(gifts.gift_date >= ibis.literal(date))
    first = gifts.group_by("unit_id").aggregate(day=gifts.gift_date.min())
    that_day = gifts.join(first, [gifts.unit_id == first.unit_id, gifts.gift_date == first.day])
    return that_day.group_by("unit_id").aggregate(
        next_amount=that_day.amount.max().cast("float64"),
        # A gift on the day itself is one day ahead: days are compared in logs.
        next_days=(that_day.day.min().delta(ibis.literal(date), unit="day") + 1).cast("float64"),
    )


def _frame(table: ir.Table) -> pd.DataFrame:
    return table.to_pyarrow().to_pandas().set_index("unit_id")
