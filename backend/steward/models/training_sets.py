"""Point-in-time training sets: what was known of each eligible unit at several past dates, and what it did next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from steward import features
from steward.donors import Ledger
from steward.models.frames import to_frame
from steward.models.metrics import Array
from steward.outcomes import Outcome

QUARTER = 365.25 / 4
MOST_CUTOFFS = 12


@dataclass(frozen=True)
class Examples:
    """`rows`: unit_id, cutoff, label and features of the eligible at each cut-off; `current`: the eligible at as_of."""

    outcome: str
    as_of: dt.date
    rows: pd.DataFrame
    current: pd.DataFrame

    @property
    def cutoffs(self) -> list[dt.date]:
        return sorted(self.rows["cutoff"].unique())

    def at(self, cutoffs: Sequence[dt.date]) -> pd.DataFrame:
        return self.rows[self.rows["cutoff"].isin(list(cutoffs))].reset_index(drop=True)


@dataclass(frozen=True)
class Plan:
    """`known`: cut-offs whose outcome was known on the day of `test`; `choose`: the latest of them pick settings."""

    choose: tuple[dt.date, ...]
    known: tuple[dt.date, ...]
    test: dt.date


def plan(cutoffs: Sequence[dt.date], horizon: dt.timedelta) -> Plan | None:
    """None where no earlier cut-off's outcome was known on the day of the last one.

    The `choose` windows together cover one year, so that a calibration is not learnt in one season only.
    """
    ordered = sorted(cutoffs)
    if not ordered:
        return None
    test = ordered[-1]
    known = tuple(c for c in ordered if c + horizon <= test)
    if not known:
        return None
    year = max(dt.timedelta(0), dt.timedelta(days=365) - horizon)
    choose = tuple(c for c in known if c >= known[-1] - year)
    return Plan(choose, known, test)


def cutoffs(outcome: Outcome, first_gift: dt.date, as_of: dt.date) -> list[dt.date]:
    """Quarterly (half-yearly for long horizons) dates whose label window has ended, and with half a year of history.

    All outcomes share one grid, so that the features of a date are computed once.
    """
    step = 1 if outcome.horizon_days < 180 else 2
    start = int(np.ceil(outcome.horizon_days / QUARTER - 0.02))
    dates = [as_of - dt.timedelta(days=round(QUARTER * k)) for k in range(start, start + step * MOST_CUTOFFS, step)]
    known = [date for date in dates if date + outcome.horizon <= as_of]
    return sorted(date for date in known if date - dt.timedelta(days=180) >= first_gift)


def examples(
    outcome: Outcome,
    ledger: Ledger,
    dates: Sequence[dt.date],
    as_of: dt.date,
    computed: Mapping[dt.date, ir.Table] | None = None,
) -> Examples:
    """`computed` hands in features that another outcome already asked for."""
    now = to_frame(_eligible(outcome, ledger, as_of, computed))
    parts = [_at(outcome, ledger, date, computed) for date in sorted(dates)]
    empty = now.head(0).assign(cutoff=pd.Series(dtype=object), label=pd.Series(dtype=np.float64))
    return Examples(outcome.key, as_of, pd.concat(parts, ignore_index=True) if parts else empty, now)


def _eligible(outcome: Outcome, ledger: Ledger, date: dt.date, computed: Mapping[dt.date, ir.Table] | None) -> ir.Table:
    known = computed[date] if computed and date in computed else features.compute(ledger, date)
    return known.filter(outcome.eligible(known))


def _at(outcome: Outcome, ledger: Ledger, date: dt.date, computed: Mapping[dt.date, ir.Table] | None) -> pd.DataFrame:
    frame = to_frame(_eligible(outcome, ledger, date, computed))
    held = ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))  # so that nothing is computed twice
    label = to_frame(outcome.label(ledger, held, date))
    merged = frame.merge(label, on="unit_id", how="left", validate="one_to_one")
    return merged.assign(cutoff=date, label=merged["label"].astype(np.float64))


def labels(rows: pd.DataFrame) -> Array:
    return np.asarray(rows["label"], np.float64)


def fold(rows: pd.DataFrame) -> Array:
    """A unit's fold by the digits of its pseudonym: always the same, so no unit is on both sides of a split."""
    return np.asarray(pd.util.hash_array(rows["unit_id"].to_numpy(object)) % 20, np.int64)
