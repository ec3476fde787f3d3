"""Point-in-time training sets: what was known of each eligible unit at several past dates, and what it did next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from steward import features
from steward.donors import Ledger
from steward.models.evidence import FIRST_YEAR, GIVEN
from steward.models.frames import to_frame
from steward.models.metrics import Array
from steward.outcomes import Outcome
from steward.outcomes.outcome import giving

QUARTER = 365.25 / 4
MOST_UNITS = 100_000  # a date
MOST_EXAMPLES, ENOUGH_RARER = 300_000, 5_000  # an outcome: more teach next to nothing and cost minutes


@dataclass(frozen=True)
class Examples:
    """`rows`: unit_id, cutoff, label and features of the eligible at each cut-off; `current`: the eligible at as_of.

    The rows of the last cut-off also hold what reports look at and models never see (evidence.ASIDE).
    """

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

    All outcomes share one grid, so that `inputs` of a date serve them all.
    """
    step, most = (1, 12) if outcome.horizon_days < 180 else (2, 8)
    start = int(np.ceil(outcome.horizon_days / QUARTER - 0.02))
    dates = [as_of - dt.timedelta(days=round(QUARTER * k)) for k in range(start, start + step * most, step)]
    known = [date for date in dates if date + outcome.horizon <= as_of]
    return sorted(date for date in known if date - dt.timedelta(days=180) >= first_gift)


def inputs(ledger: Ledger, dates: Iterable[dt.date], as_of: dt.date) -> dict[dt.date, pd.DataFrame]:
    """The features of every unit at each date and at `as_of`, computed once for all outcomes.

    Past dates keep at most MOST_UNITS units each, the same ones at every date, in single precision: memory stays bounded.
    """
    return {date: known_at(ledger, date, past=date != as_of) for date in sorted({*dates, as_of})}


def known_at(ledger: Ledger, date: dt.date, *, past: bool) -> pd.DataFrame:
    """The features of every unit at one date; thinned and in single precision where it is a past one."""
    frame = to_frame(features.compute(ledger, date))
    return _thinned(frame) if past else frame


def examples(
    outcome: Outcome,
    ledger: Ledger,
    dates: Sequence[dt.date],
    as_of: dt.date,
    known: Mapping[dt.date, pd.DataFrame] | None = None,
) -> Examples:
    """`known`: the `inputs` of these dates, where another outcome already asked for them."""
    frames = known if known is not None else inputs(ledger, dates, as_of)
    now = _eligible(outcome, frames[as_of])
    parts = [_with_label(outcome, ledger, date, _eligible(outcome, frames[date])) for date in sorted(dates)]
    if parts:
        parts[-1] = _with_aside(outcome, ledger, max(dates), parts[-1])
    empty = now.head(0).assign(cutoff=pd.Series(dtype=object), label=pd.Series(dtype=np.float64))
    return Examples(outcome.key, as_of, pd.concat(_enough(parts), ignore_index=True) if parts else empty, now)


def _eligible(outcome: Outcome, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[outcome.eligible(frame).fillna(False).astype(bool)].reset_index(drop=True)


def _with_label(outcome: Outcome, ledger: Ledger, date: dt.date, frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return frame.assign(cutoff=date, label=0.0)
    held = ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
    label = to_frame(outcome.label(ledger, held, date))
    merged = frame.merge(label, on="unit_id", how="left", validate="one_to_one")
    return merged.assign(cutoff=date, label=merged["label"].astype(np.float64))


def _with_aside(outcome: Outcome, ledger: Ledger, date: dt.date, frame: pd.DataFrame) -> pd.DataFrame:
    """What each donor gave within the horizon, and the year of the first gift."""
    given = giving(ledger, date, outcome.horizon_days).select("unit_id", **{GIVEN: "given"})
    past = ledger.gifts.filter(ledger.gifts.gift_date < ibis.literal(date))
    began = past.group_by("unit_id").aggregate(**{FIRST_YEAR: past.gift_date.min().year()})
    for found in (given, began):
        frame = frame.merge(found.to_pyarrow().to_pandas(), on="unit_id", how="left", validate="one_to_one")
    return frame.assign(**{GIVEN: frame[GIVEN].fillna(0.0)})


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    kept = _share(frame, MOST_UNITS / max(len(frame), 1), _digits(frame))
    numbers = kept.select_dtypes("number").columns
    return kept.astype(dict.fromkeys(numbers, np.float32))


def _enough(parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The same units at every date, as many as make MOST_EXAMPLES, or more where the rarer answer would be too rare."""
    total, yes = sum(map(len, parts)), sum(float(part["label"].sum()) for part in parts)
    rarer = max(min(yes, total - yes), 1)
    return _together(parts, max(MOST_EXAMPLES / max(total, 1), ENOUGH_RARER / rarer))


def few(parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The same units at every date, as many as make MOST_EXAMPLES."""
    return _together(parts, MOST_EXAMPLES / max(sum(map(len, parts)), 1))


def _together(parts: list[pd.DataFrame], share: float) -> list[pd.DataFrame]:
    return [_share(part, share, _digits(part) // 200_000) for part in parts]


def _share(frame: pd.DataFrame, share: float, digits: Array) -> pd.DataFrame:
    return frame if share >= 1 else frame[digits % 10_000 < share * 10_000].reset_index(drop=True)


def labels(rows: pd.DataFrame) -> Array:
    return np.asarray(rows["label"], np.float64)


def fold(rows: pd.DataFrame) -> Array:
    """A unit's fold by the digits of its pseudonym: always the same, so no unit is on both sides of a split."""
    return np.asarray(_digits(rows) // 10_000 % 20, np.int64)


def _digits(rows: pd.DataFrame) -> Array:
    return np.asarray(pd.util.hash_array(rows["unit_id"].to_numpy(object)))
