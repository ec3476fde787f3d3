"""From a margin to a probability that means what it says: as it is, shifted, by a line, by beta or isotonic; kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from steward.models.metrics import Array


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
            return chance(margin)
        sides = both_sides(margin) if self.kind == "beta" else margin[..., None]
        return chance((sides * x).sum(axis=-1) + y[0])  # not @: BLAS rounds one row unlike many

    @cached_property
    def _arrays(self) -> tuple[Array, Array]:
        return np.array(self.x, np.float64), np.array(self.y, np.float64)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Calibrator:
        return cls(saved["kind"], tuple(saved["x"]), tuple(saved["y"]))


def both_sides(margin: Array) -> Array:
    """Beta calibration (Kull et al. 2017): a slope for what the probability is above zero, one for what it is below one."""
    return np.stack([-np.logaddexp(0, -margin), np.logaddexp(0, margin)], axis=-1)


def chance(margin: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-margin)))
