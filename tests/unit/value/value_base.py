"""Made-up donors with the columns that value models read: their next year follows from a habit of their own, or from nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from steward import features

AS_OF = dt.date(2024, 1, 1)
DATES = [dt.date(year, month, 1) for year in (2020, 2021, 2022) for month in (1, 7)]


def donors(count: int, seed: int = 1) -> pd.DataFrame:
    """Units with every feature of the catalogue; the ones that value reads are coherent with each other."""
    rng = np.random.default_rng(seed)
    usual = rng.lognormal(3.5, 0.8, count)
    years = rng.integers(1, 6, count)
    tenure = years * 12 + rng.uniform(0, 11, count)
    since = rng.uniform(0, 11, count) + 12 * (rng.random(count) < 0.3)
    frame = pd.DataFrame({one.name: np.zeros(count) for one in features.CATALOGUE})
    frame["unit_id"] = [f"{number:016x}" for number in range(count)]
    frame["gift_count"] = years + 1.0
    frame["months_since_first_gift"] = tenure
    frame["months_since_last_gift"] = np.minimum(since, tenure)
    frame["usual_gap_months"] = 12.0
    frame["years_given_of_5"] = np.minimum(years, 5)
    frame["average_gift"] = usual
    frame["average_gift_12m"] = usual
    frame["last_gift"] = usual * rng.lognormal(0, 0.8, count)
    frame["largest_gift"] = np.maximum(frame["last_gift"], usual) * 1.5
    frame["given_12m"] = np.where(since < 12, frame["last_gift"], 0.0)
    frame["given_5y"] = usual * frame["years_given_of_5"]
    frame["total_given"] = usual * frame["gift_count"]
    return frame


def what_came(frame: pd.DataFrame, date: dt.date, hidden: bool = False) -> pd.DataFrame:
    """The next year's gift: a third more than usual and early for those who give often, unless `hidden` luck decides."""
    rng = np.random.default_rng(date.toordinal())
    gives = rng.random(len(frame)) < np.where(frame["months_since_last_gift"] < 12, 0.8, 0.15)
    size = frame["average_gift"] * np.where(frame["gift_count"] > 3, 2.0, 0.6) * rng.lognormal(0, 0.1, len(frame))
    if hidden:
        size = frame["last_gift"]
    amount = np.where(gives, size, np.nan)
    days = np.where(gives, np.where(frame["gift_count"] > 3, 40, 250) + rng.integers(0, 30, len(frame)), np.nan)
    found = pd.DataFrame({"next_amount": amount, "next_days": days, "given_1": np.nan_to_num(amount)})
    return found.set_index(frame["unit_id"])


def base(count: int = 1500, hidden: bool = False) -> pd.DataFrame:
    """Rows as the contest wants them: the same units at several dates."""
    from steward.value.targets import with_targets

    parts = [
        with_targets(frame := donors(count, seed=number), what_came(frame, date, hidden)).assign(cutoff=date)
        for number, date in enumerate(DATES)
    ]
    return pd.concat(parts, ignore_index=True)
