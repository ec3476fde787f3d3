"""From a margin to a probability that means what it says: as it is, shifted, by a line, by beta or isotonic; kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from steward.models.metrics import Array, log_loss

KINDS = ("none", "shift", "platt", "beta", "isotonic")  # simplest first
FOLDS = 5
FARTHEST_SHIFT = 30.0


@dataclass(frozen=True)
class Calibrator:
    """`x` are slopes (one for shift and platt, two for beta) with `y` the intercept, or isotonic's knots with their values."""

    kind: str = "none"
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def __call__(self, margin: Array) -> Array:
        x, y = self._arrays
        if self.kind == "isotonic":
            return np.asarray(np.interp(margin, x, y))
        if self.kind == "none":
            return _odds(margin)
        sides = _sides(margin) if self.kind == "beta" else margin[..., None]
        return _odds((sides * x).sum(axis=-1) + y[0])  # not @: BLAS rounds one row unlike many

    @cached_property
    def _arrays(self) -> tuple[Array, Array]:
        return np.array(self.x, np.float64), np.array(self.y, np.float64)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Calibrator:
        return cls(saved["kind"], tuple(saved["x"]), tuple(saved["y"]))


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
        move = brentq(lambda by: float(np.mean(_odds(margin + by) - label)), -FARTHEST_SHIFT, FARTHEST_SHIFT)
        return Calibrator(kind, (1.0,), (float(move),))
    data = _sides(margin) if kind == "beta" else margin[:, None]
    line = LogisticRegression(C=1e6).fit(data, label)
    slopes = tuple(float(slope) for slope in line.coef_[0])
    rises = max(slopes) > 0 and min(slopes) >= 0
    return Calibrator(kind, slopes, (float(line.intercept_[0]),)) if rises else Calibrator()


def _sides(margin: Array) -> Array:
    """Beta calibration (Kull et al. 2017): a slope for what the probability is above zero, one for what it is below one."""
    return np.stack([-np.logaddexp(0, -margin), np.logaddexp(0, margin)], axis=-1)


def _odds(margin: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-margin)))


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
