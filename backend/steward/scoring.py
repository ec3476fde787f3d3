"""Scores donors: probability, score with one decimal, band and rank, for those the outcome is about.

Each outcome is scored by itself; `consistent` then sees to it that a donor's answers do not contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from steward import outcomes
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.treetables import Floats
from steward.outcomes import BANDS

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


def applies(model: Model) -> bool:
    """False where the organization has never seen it happen, so that nothing can be said of anybody."""
    silent = outcomes.get(model.outcome).silent_without_examples
    return not silent or model.card.get("data", {}).get("positives", 1) > 0


def eligible(model: Model, features: pd.DataFrame) -> pd.DataFrame:
    """The rows the model's outcome is about, in their order."""
    if not applies(model):
        return features.head(0)
    wanted = outcomes.get(model.outcome).eligible(features).to_numpy(dtype=bool, na_value=False)
    if wanted.all() and isinstance(features.index, pd.RangeIndex):
        return features  # a copy costs more than a lone donor's score
    return features[wanted].reset_index(drop=True)


def score(model: Model, features: pd.DataFrame, contributions: Floats | None = None, threads: int = 1) -> pd.DataFrame:
    """One row an eligible unit. `contributions` of the eligible rows, if at hand, already hold the score."""
    rows = eligible(model, features)
    probability, order = _probability(model, rows, contributions, threads)
    rank = model.rank(order)
    only_rank = outcomes.get(model.outcome).rank_only
    return pd.DataFrame(
        {
            "unit_id": rows["unit_id"],
            "outcome": model.outcome,
            "probability": np.full(len(rows), np.nan) if only_rank else probability,
            "score": np.full(len(rows), np.nan) if only_rank else np.round(probability * 100, 1),
            "band": _band_of_rank(rank) if only_rank else model.band(probability),
            "rank_top_percent": rank,
            "method": model.method,
        },
        columns=list(COLUMNS),
    )


def consistent(scored: Mapping[str, pd.DataFrame], models: Mapping[str, Model]) -> dict[str, pd.DataFrame]:
    """The same scores, outcome → table, moved as little as needed so that they agree.

    Lapsing and renewing add up to one; a gift within 90 days, a year at mid level and a major gift are never likelier
    than a gift within 12 months, nor a major gift likelier than a year at mid level.
    """
    tables = {key: table.set_index("unit_id") for key, table in scored.items() if not outcomes.get(key).rank_only}
    chance = pd.DataFrame({key: table["probability"] for key, table in tables.items()})
    year = _within_a_year(chance, models)
    year, soon, mid, major = _nested(year, *(_column(chance, key) for key in (SOON, MID_LEVEL, MAJOR)))
    agreed = chance.assign(**{SOON: soon, MID_LEVEL: mid, MAJOR: major}, **_circles(chance, year))
    result = dict(scored)
    for key, table in tables.items():
        result[key] = _moved(models[key], table, agreed.loc[table.index, key].to_numpy(np.float64))
    if "lapse_12_months" in result:
        _complement(result)
    return result


def _column(chance: pd.DataFrame, key: str) -> pd.Series:
    return chance[key] if key in chance else pd.Series(np.nan, index=chance.index)


def _within_a_year(chance: pd.DataFrame, models: Mapping[str, Model]) -> pd.Series:
    """What the narrowest circle says; one never judged on later time gives way to one that was."""
    known = [key for key in WITHIN_A_YEAR if key in chance]
    known.sort(key=lambda key: not models[key].card.get("evaluation"))  # stable: narrow before wide
    year = pd.Series(np.nan, index=chance.index)
    for key in known:
        said = chance[key] if WITHIN_A_YEAR[key] > 0 else 1 - chance[key]
        year = year.fillna(said)
    return year


def _circles(chance: pd.DataFrame, year: pd.Series) -> dict[str, pd.Series]:
    answers = {1: year, -1: 1 - year}
    return {key: answers[side].where(chance[key].notna()) for key, side in WITHIN_A_YEAR.items() if key in chance}


def _nested(
    year: pd.Series, soon: pd.Series, mid: pd.Series, major: pd.Series
) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Where a part is likelier than the whole, both take their mean: the nearest answers that nest."""
    shared = (mid + major) / 2
    wrong = major > mid
    mid, major = mid.where(~wrong, shared), major.where(~wrong, shared)
    wrong = (soon > year) | (mid > year)
    larger, smaller = np.fmax(soon, mid), np.minimum(soon, mid)
    two = (year + larger) / 2
    three = (year + soon + mid) / 3
    common = two.where(~(smaller > two), three).where(wrong)
    year = common.fillna(year)
    return year, _at_most(soon, year), _at_most(mid, year), _at_most(_at_most(major, mid), year)


def _at_most(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.where(~(part > whole), whole)


def _moved(model: Model, table: pd.DataFrame, probability: Array) -> pd.DataFrame:
    """Score, band and rank of those whose probability is another one now."""
    other = probability != table["probability"].to_numpy(np.float64)
    rank = table["rank_top_percent"].to_numpy().copy()
    rank[other] = _rank(model, probability[other])
    return table.assign(
        probability=probability,
        score=np.round(probability * 100, 1),
        band=model.band(probability),
        rank_top_percent=rank,
    ).reset_index()[list(COLUMNS)]


def _rank(model: Model, probability: Array) -> np.ndarray:
    """Where a probability stands among those of the reference."""
    order = np.array(model.reference)
    if model.boosted is not None:
        reference = model.boosted.probability(order)
    elif model.rule.rates:
        reference = np.array(model.rule.rates)[np.searchsorted(np.array(model.rule.bins), order, side="right")]
    else:
        reference = np.full(len(order), model.rule.prior)
    above = 1 - np.searchsorted(np.sort(reference), probability - 1e-12, side="left") / max(len(reference), 1)
    return np.clip(np.ceil(above * 100 - 1e-9), 1, 100).astype(np.int16)


def _complement(result: dict[str, pd.DataFrame]) -> None:
    """After rounding, too: a lapse risk of 34.5 stands beside a renewal of 65.5."""
    if "give_12_months" not in result:
        return
    renewal = result["give_12_months"].set_index("unit_id")["score"]
    lapse = result["lapse_12_months"]
    opposite = (100 - lapse["unit_id"].map(renewal).astype(np.float64)).round(1)
    result["lapse_12_months"] = lapse.assign(score=opposite.fillna(lapse["score"]))


def _band_of_rank(rank: np.ndarray) -> np.ndarray:
    return np.array(BANDS, dtype=object)[np.searchsorted(np.array(RANK_BANDS), rank, side="left")]


def _probability(
    model: Model, rows: pd.DataFrame, contributions: Floats | None, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probability, and the value donors are ranked by."""
    if model.boosted is None:
        return model.rule.probability(rows), model.rule.points(rows)
    if contributions is None:
        contributions = model.boosted.contributions(rows, threads)
    margin = model.boosted.margin(contributions)
    return model.boosted.probability(margin), margin
