"""Scores donors: probability, score with one decimal, band and rank, for those the outcome is about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from steward import outcomes
from steward.models.model import Model
from steward.models.treetables import Floats

COLUMNS = ("unit_id", "outcome", "probability", "score", "band", "rank_top_percent", "method")


def eligible(model: Model, features: pd.DataFrame) -> pd.DataFrame:
    """The rows the model's outcome is about, in their order."""
    wanted = outcomes.get(model.outcome).eligible(features)
    return features[wanted.fillna(False).astype(bool)].reset_index(drop=True)


def score(model: Model, features: pd.DataFrame, contributions: Floats | None = None, threads: int = 1) -> pd.DataFrame:
    """One row an eligible unit. `contributions` of the eligible rows, if at hand, already hold the score."""
    rows = eligible(model, features)
    probability, order = _probability(model, rows, contributions, threads)
    return pd.DataFrame(
        {
            "unit_id": rows["unit_id"],
            "outcome": model.outcome,
            "probability": probability,
            "score": np.round(probability * 100, 1),
            "band": model.band(probability),
            "rank_top_percent": model.rank(order),
            "method": model.method,
        },
        columns=list(COLUMNS),
    )


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
