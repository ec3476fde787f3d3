"""A made-up table of donors whose answer partly follows from its columns, and the columns that would give it away."""

from __future__ import annotations

import numpy as np
import pandas as pd


def donors(count: int = 2000, seed: int = 1, base: float = -1.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    gifts, years = 1 + rng.poisson(4, count), rng.integers(1, 15, count)
    months = rng.integers(0, 48, count)
    region = rng.choice([f"region {number:02d}" for number in range(40)], count)
    pull = rng.normal(0, 0.6, 40)[[int(name[-2:]) for name in region]]
    margin = base + 1.4 * np.log(gifts / years + 0.2) - 0.06 * months + pull + 1.2
    gave = rng.random(count) < 1 / (1 + np.exp(-margin))
    size = np.round(np.exp(rng.normal(3.3, 0.6, count)), 2)
    return pd.DataFrame(
        {
            "row": np.arange(count),
            "gifts": gifts,
            "years": years,
            "months since": np.where(rng.random(count) < 0.1, np.nan, months),
            "region": region,
            "channel": rng.choice(["mail", "web", "event"], count),
            "last gift on": (pd.Timestamp("2024-06-01") - pd.to_timedelta(months * 30, unit="D")).strftime("%d.%m.%Y"),
            "usual gift": size,
            "gave": gave.astype(int),
            "amount": np.where(gave, np.round(size * rng.uniform(0.7, 1.4, count), 2), 0.0),
        }
    )
