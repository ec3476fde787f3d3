"""A donor base for model tests: made-up features at several dates, and an answer that partly follows from them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from steward.models import Examples

AS_OF = dt.date(2024, 6, 1)
QUARTERS = [AS_OF - dt.timedelta(days=91 * k) for k in range(8, 0, -1)]


def donors(rng: np.random.Generator, count: int) -> pd.DataFrame:
    gifts = 1 + rng.poisson(3, count)
    since = rng.integers(0, 40, count).astype(float)
    size = np.round(np.exp(rng.normal(3.5, 1, count)), 2)
    recent = np.where(since < 12, 1 + rng.poisson(1, count), 0)
    return pd.DataFrame(
        {
            "unit_id": [f"u{number:05d}" for number in range(count)],
            "kind": "household",
            "months_since_last_gift": since,
            "gift_count": gifts.astype(float),
            "gifts_12m": recent.astype(float),
            "total_given": gifts * size,
            "largest_gift": size * rng.uniform(1, 3, count),
            "given_change_12m": rng.normal(0, 50, count),
            "years_in_a_row": rng.integers(0, 6, count).astype(float),
            "meetings_12m": rng.poisson(0.3, count).astype(float),
            "usual_gap_months": np.where(gifts > 1, rng.uniform(1, 24, count), np.nan),
            "months_since_first_gift": since + rng.integers(0, 60, count),
        }
    )


def answer(frame: pd.DataFrame, rng: np.random.Generator, level: float = -1.5) -> np.ndarray:
    """Recency matters up to a year only, meetings matter much: no rule of a fundraiser sees both."""
    pull = 1.2 * frame["meetings_12m"] * (frame["years_in_a_row"] > 2) + 0.5 * frame["years_in_a_row"]
    stale = 0.08 * np.minimum(frame["months_since_last_gift"], 12)
    margin = level + pull - stale - 0.4 * (frame["gift_count"] > 5)
    return (rng.random(len(frame)) < 1 / (1 + np.exp(-margin))).astype(float)


def examples(
    outcome: str = "give_90_days",
    count: int = 900,
    seed: int = 0,
    dates: list[dt.date] | None = None,
    noise: bool = False,
) -> Examples:
    rng = np.random.default_rng(seed)
    parts = []
    for date in QUARTERS if dates is None else dates:
        frame = donors(rng, count)
        label = answer(frame, rng)
        parts.append(frame.assign(cutoff=date, label=rng.permutation(label) if noise else label))
    now = donors(rng, count)
    empty = now.head(0).assign(cutoff=pd.Series(dtype=object), label=pd.Series(dtype=np.float64))
    return Examples(outcome, AS_OF, pd.concat(parts, ignore_index=True) if parts else empty, now)
