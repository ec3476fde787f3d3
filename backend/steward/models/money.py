"""How loud a chance may speak where donors are put in order of the money to expect: as loud as it did past donors good.

Chance times amount is the amount to expect, if the chance is known well. Where it is not, its errors move large givers
down the list, and the amount alone finds more of the money.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from steward.models.metrics import Array, captured

SHARE = 0.10  # of the list: whom one can afford to call
VOICES = (0.0, 0.5, 1.0)  # of the chance, the rest being everybody's; simplest first
RESAMPLES, FEWEST_GAINS = 200, 0.75  # of the resamples must gain before the simpler order gives way


@dataclass(frozen=True)
class InMoney:
    """`captured`: the part of all money that came with the first tenth of the list, by the chance's voice."""

    voice: float
    captured: dict[float, float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"captured": {str(voice): round(part, 4) for voice, part in self.captured.items()}}


def heard(chance: Any, voice: float, base_rate: float) -> Any:
    """The chance to multiply an amount with: drawn to everybody's as far as its own is not to be trusted."""
    return voice * chance + (1 - voice) * base_rate


def judge(evidence: pd.DataFrame, *, by_model: bool, seed: int = 0) -> InMoney | None:
    """From the donors of the test, one by one; None where nobody gave or usual gifts are not known."""
    amount, given = (evidence[name].astype("float64").fillna(0.0).to_numpy() for name in ("usual_gift", "given"))
    if not (amount * given).any():
        return None
    chance = evidence["model_probability" if by_model else "rule_probability"].to_numpy(np.float64)
    orders = {voice: heard(chance, voice, float(chance.mean())) * amount for voice in VOICES}
    drawn = _resampled(orders, given, seed)
    best = VOICES[0]
    for voice in VOICES[1:]:
        if (drawn[voice] > drawn[best]).mean() >= FEWEST_GAINS:
            best = voice
    return InMoney(best, {voice: _first(given, order) for voice, order in orders.items()})


def _resampled(orders: dict[float, Array], given: Array, seed: int) -> dict[float, Array]:
    rng = np.random.default_rng(seed)
    rows = [rng.integers(0, len(given), len(given)) for _ in range(RESAMPLES)]
    return {voice: np.array([_first(given[some], order[some]) for some in rows]) for voice, order in orders.items()}


def _first(given: Array, order: Array) -> float:
    return captured(given, order, (SHARE,))[0]
