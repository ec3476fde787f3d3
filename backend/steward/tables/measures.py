"""How good an order and its probabilities are, where rows may weigh differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from steward.models.metrics import Array


@dataclass(frozen=True)
class Step:
    """The best `share` of the list: the part of all yes that it holds, and how many times the base rate."""

    share: float
    captured: float
    lift: float


@dataclass(frozen=True)
class Bin:
    rows: int
    predicted: float
    observed: float


def auc(label: Array, score: Array, weight: Array) -> float:
    if label.min(initial=1) == label.max(initial=0):
        return 0.5
    return float(roc_auc_score(label, score, sample_weight=weight))


def average_precision(label: Array, score: Array, weight: Array) -> float:
    return float(average_precision_score(label, score, sample_weight=weight)) if label.any() else 0.0


def gains(label: Array, score: Array, weight: Array, shares: tuple[float, ...]) -> list[Step]:
    """Rows of equal score share what they hold."""
    _, where = np.unique(-score, return_inverse=True)
    size, yes = np.bincount(where, weights=weight), np.bincount(where, weights=weight * label)
    reached, found = np.concatenate([[0.0], np.cumsum(size)]), np.concatenate([[0.0], np.cumsum(yes)])
    total = max(found[-1], 1e-12)
    held = np.interp([share * reached[-1] for share in shares], reached, found) / total
    return [Step(share, float(part), float(part / share)) for share, part in zip(shares, held, strict=True)]


def lift(label: Array, score: Array, weight: Array, share: float = 0.10) -> float:
    return gains(label, score, weight, (share,))[0].lift


def brier(label: Array, probability: Array, weight: Array) -> float:
    return float(np.average((probability - label) ** 2, weights=weight))


def reliability(label: Array, probability: Array, weight: Array, bins: int = 10) -> list[Bin]:
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part) and weight[part].sum() > 0]
    return [
        Bin(
            len(part),
            float(np.average(probability[part], weights=weight[part])),
            float(np.average(label[part], weights=weight[part])),
        )
        for part in parts
    ]


def calibration_error(label: Array, probability: Array, weight: Array) -> float:
    """Mean distance of predicted and observed over tenths of the list."""
    found = reliability(label, probability, weight)
    return sum(one.rows * abs(one.predicted - one.observed) for one in found) / sum(one.rows for one in found)
