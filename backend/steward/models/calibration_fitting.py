"""Learns a calibration from donors whose answer is known, and which kind of it to use."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from steward.models.calibration import Calibrator, both_sides, chance
from steward.models.metrics import Array, log_loss

KINDS = ("none", "shift", "platt", "beta", "isotonic")  # simplest first
FOLDS = 5
FARTHEST_SHIFT = 30.0


def fit(kind: str, margin: Array, label: Array) -> Calibrator:
    """Never turns the ranking around: a line that would fall leaves the margin as it is."""
    if kind == "none" or label.min() == label.max():
        return Calibrator()
    if kind != "isotonic":
        return _line(kind, margin, label)
    steps = IsotonicRegression(out_of_bounds="clip").fit(margin, label)
    # No finite history proves that somebody never or always gives: keep half a donor's doubt at both ends.
    doubt = 0.5 / (len(label) + 1)
    y = np.clip(steps.y_thresholds_, doubt, 1 - doubt)
    return Calibrator("isotonic", tuple(map(float, steps.X_thresholds_)), tuple(map(float, y)))


def _line(kind: str, margin: Array, label: Array) -> Calibrator:
    if kind == "shift":
        move = brentq(lambda by: float(np.mean(chance(margin + by) - label)), -FARTHEST_SHIFT, FARTHEST_SHIFT)
        return Calibrator(kind, (1.0,), (float(move),))
    data = both_sides(margin) if kind == "beta" else margin[:, None]
    line = LogisticRegression(C=1e6).fit(data, label)
    slopes = tuple(float(slope) for slope in line.coef_[0])
    rises = max(slopes) > 0 and min(slopes) >= 0
    return Calibrator(kind, slopes, (float(line.intercept_[0]),)) if rises else Calibrator()


def choose(margin: Array, label: Array, fold: Array) -> tuple[str, dict[str, float]]:
    """The simplest kind that no other beats by more than a standard error of the paired loss, and all losses."""
    losses = {kind: _cross_fitted_loss(kind, margin, label, fold) for kind in KINDS}
    chosen = KINDS[0]
    for kind in KINDS[1:]:
        gain = losses[chosen] - losses[kind]
        if gain.mean() > gain.std() / np.sqrt(len(gain)):
            chosen = kind
    return chosen, {kind: float(loss.mean()) for kind, loss in losses.items()}


def _cross_fitted_loss(kind: str, margin: Array, label: Array, fold: Array) -> Array:
    """Each donor's loss under the calibration learnt from the other folds."""
    loss = np.empty(len(label))
    for part in np.unique(fold % FOLDS):
        here = fold % FOLDS == part
        fitted = fit(kind, margin[~here], label[~here]) if (~here).any() else Calibrator()
        loss[here] = log_loss(label[here], fitted(margin[here]))
    return loss
