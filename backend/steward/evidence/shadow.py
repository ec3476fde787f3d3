"""A challenger scored in the champion's shadow: on the same donors, how far do the two agree, and who would change place?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from steward import scoring
from steward.errors import InputError
from steward.models.model import Model
from steward.models.spreads import population_stability

TOP = 10  # percent of the list that gets the attention


def compare(champion: Model, challenger: Model, features: pd.DataFrame, threads: int = 1) -> dict[str, Any]:
    """Both on the eligible of the same features; nothing of it is written anywhere."""
    if champion.outcome != challenger.outcome:
        raise InputError(
            f"{challenger.version} answers {challenger.outcome}, the champion {champion.outcome}.",
            "Compare versions of one outcome.",
        )
    old, new = (
        scoring.score(model, features, threads=threads).set_index("unit_id") for model in (champion, challenger)
    )
    both = old.merge(new, left_index=True, right_index=True, suffixes=("_old", "_new"))
    if both.empty:
        raise InputError("No donor of that run can have this outcome.", "Compare on a run with eligible donors.")
    before, after = (both[f"rank_top_percent_{side}"].to_numpy(np.float64) for side in ("old", "new"))
    top_old, top_new = before <= TOP, after <= TOP
    said = [both[f"probability_{side}"].to_numpy(np.float64) for side in ("old", "new")]
    return {
        "outcome": champion.outcome,
        "champion": champion.version,
        "challenger": challenger.version,
        "donors": len(both),
        "rank_correlation": _correlation(before, after),
        "same_band": float((both["band_old"] == both["band_new"]).mean()),
        "top_kept": float((top_old & top_new).sum() / max(top_old.sum(), 1)),
        "mean_probability": [float(np.nanmean(one)) if not np.isnan(one).all() else None for one in said],
        "drift": population_stability(*said),
        "verdict_champion": _verdict(champion),
        "verdict_challenger": _verdict(challenger),
    }


def _correlation(before: np.ndarray, after: np.ndarray) -> float | None:
    """Spearman's; None where one of them tells nobody apart."""
    if before.std() == 0 or after.std() == 0:
        return None
    ranks = [pd.Series(one).rank().to_numpy() for one in (before, after)]
    return float(np.corrcoef(*ranks)[0, 1])


def _verdict(model: Model) -> dict[str, Any]:
    """How each did on its own later time."""
    found = model.card.get("evaluation")
    if not found:
        return {"method": model.method, "tested_at": None, "auc": None, "calibration_error": None}
    own = found["model"] if model.method == "model" else found["rules"][0]
    return {
        "method": model.method,
        "tested_at": found["test_cutoff"],
        "auc": own["auc"],
        "calibration_error": found["calibration_error"] if model.method == "model" else None,
    }
