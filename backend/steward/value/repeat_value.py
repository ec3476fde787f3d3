"""The classic models on donors' features: expected giving occasions times their expected size, over any number of years.

BG/NBD counts gifts; BG/BB counts years in which a donor gives, which fits where gifts come in clumps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from steward.errors import NotEnoughData
from steward.models.frames import Rows, column
from steward.models.metrics import Array
from steward.value.repeat_giving import (
    BetaGeometricBetaBinomial,
    BetaGeometricNegativeBinomial,
    GammaGamma,
    Histories,
    fit_bgbb,
    fit_bgnbd,
    fit_gamma_gamma,
)

MOST_DONORS = 20_000
FEWEST_REPEATERS = 100
YEARS_SEEN = 5  # features look back five years, year by year


@dataclass(frozen=True)
class RepeatValue:
    """BG/NBD with sizes of gifts, BG/BB with giving a year."""

    gifts: BetaGeometricNegativeBinomial
    sizes: GammaGamma
    years: BetaGeometricBetaBinomial
    yearly: GammaGamma

    def by_gifts(self, frame: Rows, years: float) -> Array:
        """Money a donor in the next `years`, gift by gift."""
        size = self.sizes.expected_size(np.maximum(column(frame, "average_gift"), 0.01), column(frame, "gift_count"))
        return np.asarray(size * self.gifts.expected_gifts(_gift_histories(frame), years * 12))

    def by_years(self, frame: Rows, years: float) -> Array:
        """Money a donor in the next `years`, year by year."""
        given = np.maximum(column(frame, "years_given_of_5"), 1)
        size = self.yearly.expected_size(np.maximum(column(frame, "given_5y") / given, 0.01), given)
        return np.asarray(size * self.years.expected_gifts(_year_histories(frame), round(years)))

    def stretch(self, frame: Rows, years: float) -> Array:
        """How many times one year's giving comes in `years`, donor by donor: from 1 to the years themselves."""
        known = _year_histories(frame)
        more, one = (self.years.expected_gifts(known, span) for span in (round(years), 1))
        return np.clip(more / np.maximum(one, 1e-9), 1.0, years)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> RepeatValue:
        return cls(
            BetaGeometricNegativeBinomial(**saved["gifts"]),
            GammaGamma(**saved["sizes"]),
            BetaGeometricBetaBinomial(**saved["years"]),
            GammaGamma(**saved["yearly"]),
        )


BY_GIFTS, BY_YEARS = "repeat_gifts", "repeat_years"
WAYS: dict[str, tuple[str, Callable[[RepeatValue, Rows, float], Array]]] = {
    BY_GIFTS: ("Repeat giving, gift by gift (BG/NBD, gamma-gamma)", RepeatValue.by_gifts),
    BY_YEARS: ("Repeat giving, year by year (BG/BB, gamma-gamma)", RepeatValue.by_years),
}


def fit(frame: pd.DataFrame) -> RepeatValue:
    """From the donors of one date; every n-th of a large base, so that fitting stays a matter of seconds."""
    some = frame.iloc[:: max(1, len(frame) // MOST_DONORS)]
    again = some[(some["gift_count"] >= 2) & (some["average_gift"] > 0)]
    loyal = some[(some["years_given_of_5"] >= 2) & (some["given_5y"] > 0)]
    if min(len(again), len(loyal)) < FEWEST_REPEATERS:
        raise NotEnoughData(
            f"Only {min(len(again), len(loyal))} donors gave in two years or more; the models of repeat giving need "
            f"{FEWEST_REPEATERS}.",
            "Rules of thumb are used until more donors have given again.",
        )
    given = column(loyal, "years_given_of_5")
    return RepeatValue(
        fit_bgnbd(_gift_histories(some)),
        fit_gamma_gamma(column(again, "average_gift"), column(again, "gift_count")),
        fit_bgbb(_counted(_year_histories(some))),
        fit_gamma_gamma(column(loyal, "given_5y") / given, given),
    )


def _gift_histories(frame: Rows) -> Histories:
    watched = np.maximum(column(frame, "months_since_first_gift"), 1e-3)
    last = np.clip(watched - column(frame, "months_since_last_gift"), 0, watched)
    repeats = np.where(last > 0, column(frame, "gift_count") - 1, 0)
    return Histories(repeats, last, watched, np.ones(len(frame)))


def _year_histories(frame: Rows) -> Histories:
    """Years after the first gift's (of the last five): given in how many, the last of them, how many were there."""
    age = np.floor(column(frame, "months_since_first_gift") / 12)
    ago = np.floor(column(frame, "months_since_last_gift") / 12)
    watched = np.clip(age, 0, YEARS_SEEN - 1)
    last = np.clip(watched - ago, 0, watched)
    repeats = np.clip(np.nan_to_num(column(frame, "years_given_of_5")) - 1, np.where(last > 0, 1, 0), last)
    return Histories(repeats, last, watched, np.ones(len(frame)))


def _counted(known: Histories) -> Histories:
    """Donors with the same history together: a few dozen rows however many donors there are."""
    rows, counts = np.unique(np.column_stack([known.repeats, known.last, known.watched]), axis=0, return_counts=True)
    repeats, last, watched = rows.T
    return Histories(repeats, last, watched, counts.astype(np.float64))
