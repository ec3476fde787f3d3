"""How good a ranking and its probabilities are, with bootstrap intervals over giving units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RESAMPLES = 400


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float

    @property
    def includes_zero(self) -> bool:
        return self.low <= 0 <= self.high


def lift(label: Array, score: Array, share: float = 0.10) -> float:
    """How many times the base rate the best `share` of the list holds; donors tied at the cut count by their share."""
    wanted = share * len(label)
    if not label.any() or wanted == 0:
        return 0.0
    cut = np.partition(score, -max(1, int(np.ceil(wanted))))[-max(1, int(np.ceil(wanted)))]
    above, tied = score > cut, score == cut
    found = label[above].sum() + (wanted - above.sum()) * label[tied].mean()
    return float(found / wanted / label.mean())


SHARES = tuple(step / 20 for step in range(1, 21))


def captured(label: Array, score: Array, shares: tuple[float, ...] = SHARES) -> list[float]:
    """The part of all who did it that the best shares of the list hold; donors of equal score share what they hold."""
    _, where = np.unique(-score, return_inverse=True)
    reached = np.concatenate([[0.0], np.cumsum(np.bincount(where))])
    found = np.concatenate([[0.0], np.cumsum(np.bincount(where, weights=label))])
    held = np.interp([share * len(label) for share in shares], reached, found)
    return [float(part) for part in held / max(found[-1], 1.0)]


@dataclass(frozen=True)
class ReliabilityBin:
    """Donors with about the same predicted probability: how many, what was predicted, what happened."""

    donors: int
    predicted: float
    observed: float


def reliability(label: Array, probability: Array, bins: int = 10) -> list[ReliabilityBin]:
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [ReliabilityBin(len(p), float(probability[p].mean()), float(label[p].mean())) for p in parts]


def calibration_error(label: Array, probability: Array) -> float:
    """Expected calibration error: mean distance of predicted and observed over tenths of the list."""
    return sum(b.donors * abs(b.predicted - b.observed) for b in reliability(label, probability)) / len(label)


def log_loss(label: Array, probability: Array) -> Array:
    """Each row's loss, so that two calibrations can be compared in pairs."""
    kept = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(-(label * np.log(kept) + (1 - label) * np.log(1 - kept)))


def simplest(losses: Sequence[Array]) -> int:
    """`losses` of the same donors, from the simple way to the rich: the first within a standard error of the best, in pairs."""
    best = min(losses, key=lambda one: float(one.mean()))
    excesses = (one - best for one in losses)
    return next(i for i, one in enumerate(excesses) if one.mean() <= one.std() / np.sqrt(len(one)))


def bootstrap_auc(label: Array, scores: dict[str, Array], seed: int, resamples: int = RESAMPLES) -> dict[str, Array]:
    """AUC of each score on the same resamples of donors, so that differences can be read in pairs."""
    rng = np.random.default_rng(seed)
    ranked = {name: _Ranked(label, score) for name, score in scores.items()}
    drawn: dict[str, list[float]] = {name: [] for name in scores}
    for _ in range(resamples):
        weight = np.bincount(rng.integers(0, len(label), len(label)), minlength=len(label)).astype(np.float64)
        for name, ranking in ranked.items():
            drawn[name].append(ranking.auc(weight))
    return {name: np.array(values) for name, values in drawn.items()}


def interval(value: float, drawn: Array) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high))


class _Ranked:
    """A score sorted once, so that each weighted AUC is one pass."""

    def __init__(self, label: Array, score: Array) -> None:
        self.order = np.argsort(score, kind="stable")
        ranked = score[self.order]
        self.starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        self.positive = label[self.order] == 1

    def auc(self, weight: Array) -> float:
        ordered = weight[self.order]
        positives = np.add.reduceat(np.where(self.positive, ordered, 0.0), self.starts)
        negatives = np.add.reduceat(np.where(self.positive, 0.0, ordered), self.starts)
        below = np.cumsum(negatives) - negatives
        total = positives.sum() * negatives.sum()
        return float((positives * (below + negatives / 2)).sum() / total) if total else 0.5
