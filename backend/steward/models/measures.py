"""How well a score tells who did it from who did not, as scikit-learn measures it; who only scores donors never loads that."""

from __future__ import annotations

from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from steward.models.metrics import Array


def auc(label: Array, score: Array) -> float:
    """Chance that a donor who did it ranks above one who did not; 0.5 where only one kind is there."""
    if label.min(initial=1) == label.max(initial=0):
        return 0.5
    return float(roc_auc_score(label, score))


def average_precision(label: Array, score: Array) -> float:
    return float(average_precision_score(label, score)) if label.any() else 0.0


def brier(label: Array, probability: Array) -> float:
    return float(brier_score_loss(label, probability))
