"""Scores donors: probability, score with one decimal, band and rank, for those the outcome is about.

Each outcome is scored by itself; `consistent` then sees to it that a donor's answers do not contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steward import outcomes
from steward.models.frames import Rows, UnitFacts, facts_of
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.treetables import Floats
from steward.outcomes import BANDS
from steward.shared import Places

COLUMNS = ("unit_id", "outcome", "probability", "score", "band", "rank_top_percent", "method")

# The same event, "gives within 12 months", asked of narrower and wider circles, the narrowest first; -1 asks for its
# opposite. The narrowest answers for all: it learnt from donors like these only.
WITHIN_A_YEAR = {
    "second_gift": 1, "volunteer_to_donor": 1, "lapse_12_months": -1, "reactivation": 1, "first_gift": 1,
    "give_12_months": 1,
}  # fmt: skip
SOON, MAJOR, MID_LEVEL = "give_90_days", "major_gift", "mid_level"  # each happens only to who gives within 12 months

# Words for an order that is no probability: best so many percent.
RANK_BANDS = (5, 15, 40)


@dataclass(frozen=True)
class Scores:
    """One outcome for the units it is about, at these places among all. `probability` and `score` (0–100, one decimal)
    are NaN where there is only an order; `step` is the band's place in BANDS; `rank` is "top N %"."""

    place: Places
    probability: Array
    score: Array
    step: Places
    rank: NDArray[np.int16]

    @property
    def band(self) -> NDArray[np.object_]:
        return _BANDS[self.step]


_BANDS = np.array(BANDS, dtype=object)


def applies(model: Model) -> bool:
    """False where the organization has never seen it happen, so that nothing can be said of anybody."""
    silent = outcomes.get(model.outcome).silent_without_examples
    return not silent or model.card.get("data", {}).get("positives", 1) > 0


def asked(model: Model, rows: Rows) -> Places:
    """Where the units stand that the model's outcome is about, in their order."""
    if not applies(model):
        return np.empty(0, np.intp)
    wanted = outcomes.get(model.outcome).eligible(rows)
    return np.flatnonzero(wanted.to_numpy(bool, na_value=False) if isinstance(wanted, pd.Series) else wanted)


def eligible(model: Model, features: pd.DataFrame) -> pd.DataFrame:
    """The rows the model's outcome is about, in their order."""
    return features.iloc[asked(model, features)].reset_index(drop=True)


def scores(model: Model, rows: Rows, contributions: Floats | None = None, threads: int = 1) -> Scores:
    """For the eligible of these units. `contributions` of the eligible, if at hand, already hold the score."""
    known, place = facts_of(rows), asked(model, rows)
    return scores_of(model, known.taken(place), place, contributions, threads)


def scores_of(
    model: Model, eligible: UnitFacts, place: Places, contributions: Floats | None = None, threads: int = 1
) -> Scores:
    """For the eligible themselves, who stand at these places."""
    probability, order = _probability(model, eligible, contributions, threads)
    rank = model.rank(order)
    if outcomes.get(model.outcome).rank_only:
        nothing = np.full(len(place), np.nan)
        return Scores(place, nothing, nothing, _step_of_rank(rank), rank)
    return Scores(place, probability, (probability * 100).round(1), model.step(probability), rank)


def score(model: Model, features: pd.DataFrame, contributions: Floats | None = None, threads: int = 1) -> pd.DataFrame:
    """The same as a table for reports, one row an eligible unit."""
    found = scores(model, features, contributions, threads)
    return pd.DataFrame(
        {
            "unit_id": features["unit_id"].to_numpy(object)[found.place],
            "outcome": model.outcome,
            "probability": found.probability,
            "score": found.score,
            "band": found.band,
            "rank_top_percent": found.rank,
            "method": model.method,
        },
        columns=list(COLUMNS),
    )


def consistent(scored: Mapping[str, Scores], models: Mapping[str, Model], units: int) -> dict[str, Scores]:
    """The scores of so many units, outcome by outcome, moved as little as needed so that they agree.

    Lapsing and renewing add up to one; a gift within 90 days, a year at mid level and a major gift are never likelier
    than a gift within 12 months, nor a major gift likelier than a year at mid level.
    """
    told = {key: one for key, one in scored.items() if not outcomes.get(key).rank_only}
    chance = {key: _spread(one.place, one.probability, units) for key, one in told.items()}
    nothing = np.full(units, np.nan)
    year = _within_a_year(chance, models, nothing)
    year, soon, mid, major = _nested(year, *(chance.get(key, nothing) for key in (SOON, MID_LEVEL, MAJOR)))
    agreed = chance | {SOON: soon, MID_LEVEL: mid, MAJOR: major} | _circles(chance, year)
    result = dict(scored) | {key: _moved(models[key], one, agreed[key][one.place]) for key, one in told.items()}
    if {"lapse_12_months", "give_12_months"} <= set(result):
        result["lapse_12_months"] = _complement(result["lapse_12_months"], result["give_12_months"], units)
    return result


def _spread(place: Places, values: Array, units: int) -> Array:
    """A value a unit, NaN for those at other places."""
    found = np.full(units, np.nan)
    found[place] = values
    return found


def _within_a_year(chance: Mapping[str, Array], models: Mapping[str, Model], nothing: Array) -> Array:
    """What the narrowest circle says; one never judged on later time gives way to one that was."""
    known = [key for key in WITHIN_A_YEAR if key in chance]
    known.sort(key=lambda key: not models[key].card.get("evaluation"))  # stable: narrow before wide
    year = nothing
    for key in known:
        year = np.where(np.isnan(year), chance[key] if WITHIN_A_YEAR[key] > 0 else 1 - chance[key], year)
    return year


def _circles(chance: Mapping[str, Array], year: Array) -> dict[str, Array]:
    answers = {1: year, -1: 1 - year}
    return {
        key: np.where(np.isnan(chance[key]), np.nan, answers[side])
        for key, side in WITHIN_A_YEAR.items() if key in chance
    }  # fmt: skip


def _nested(year: Array, soon: Array, mid: Array, major: Array) -> tuple[Array, Array, Array, Array]:
    """Where a part is likelier than the whole, both take their mean: the nearest answers that nest. NaN is no answer."""
    shared = (mid + major) / 2
    wrong = major > mid
    mid, major = np.where(wrong, shared, mid), np.where(wrong, shared, major)
    wrong = (soon > year) | (mid > year)
    larger, smaller = np.fmax(soon, mid), np.minimum(soon, mid)
    two = (year + larger) / 2
    three = (year + soon + mid) / 3
    year = np.where(wrong, np.where(smaller > two, three, two), year)
    return year, _at_most(soon, year), _at_most(mid, year), _at_most(_at_most(major, mid), year)


def _at_most(part: Array, whole: Array) -> Array:
    return np.where(part > whole, whole, part)


def _moved(model: Model, said: Scores, probability: Array) -> Scores:
    """Score, band and rank of those whose probability is another one now."""
    other = probability != said.probability
    if not other.any():
        return said
    rank = said.rank.copy()
    rank[other] = model.rank_of_probability(probability[other])
    return Scores(said.place, probability, (probability * 100).round(1), model.step(probability), rank)


def _complement(lapse: Scores, renewal: Scores, units: int) -> Scores:
    """After rounding, too: a lapse risk of 34.5 stands beside a renewal of 65.5."""
    opposite = np.round(100 - _spread(renewal.place, renewal.score, units)[lapse.place], 1)
    return replace(lapse, score=np.where(np.isnan(opposite), lapse.score, opposite))


def _step_of_rank(rank: NDArray[np.int16]) -> Places:
    return np.searchsorted(np.array(RANK_BANDS), rank, side="left")


def _probability(model: Model, rows: UnitFacts, contributions: Floats | None, threads: int) -> tuple[Array, Array]:
    """Calibrated probability, and the value donors are ranked by."""
    if model.boosted is None:
        points = model.rule.points(rows)
        return model.rule.probability_of(points), points
    if contributions is None:
        contributions = model.boosted.contributions(rows, threads)
    margin = model.boosted.margin(contributions)
    return model.boosted.probability(margin), margin
