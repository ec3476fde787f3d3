"""How many did it at each past date, and how many to expect now: giving has seasons and organizations grow.

Trees learn who differs from the others at the same date; the level itself comes from the same season a year before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models.metrics import Array

DOUBT = 25.0  # donors' worth of prior in every rate
SAME_SEASON = dt.timedelta(days=45)
YEAR = dt.timedelta(days=365)


def log_odds(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))


@dataclass(frozen=True)
class BaseRates:
    """Rate of each cut-off, pulled a little to `prior` so that no rate is 0 or 1."""

    rates: dict[dt.date, float]
    prior: float

    def offsets(self, rows: pd.DataFrame) -> Array:
        """Log-odds of each row's own cut-off."""
        level = {date: log_odds(rate) for date, rate in self.rates.items()}
        return np.asarray(rows["cutoff"].map(level), np.float64)

    def expected(self, target: dt.date) -> float:
        """The latest cut-off of the target's season, a year or more before; else the mean of what is known."""
        past = sorted(date for date in self.rates if date <= target - YEAR + dt.timedelta(days=3))
        same = [date for date in past if season_gap(date, target) <= SAME_SEASON]
        if same:
            return self.rates[same[-1]]
        return float(np.mean(list(self.rates.values()))) if self.rates else self.prior


def base_rates(rows: pd.DataFrame, prior: float) -> BaseRates:
    by_date = (
        rows.groupby("cutoff")["label"].agg(["sum", "size"]) if len(rows) else pd.DataFrame({"sum": [], "size": []})
    )
    shrunk = (by_date["sum"] + prior * DOUBT) / (by_date["size"] + DOUBT)
    return BaseRates({date: float(rate) for date, rate in shrunk.items()}, prior)


def season_gap(past: dt.date, target: dt.date) -> dt.timedelta:
    days = (target - past).days % 365.25
    return dt.timedelta(days=min(days, 365.25 - days))
