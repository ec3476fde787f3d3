"""How an input was spread among the donors that a model was judged on: do today's still look like them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steward.models.metrics import Array

BINS = 10
LEAST = 1e-4


@dataclass(frozen=True)
class Spread:
    """How one input was spread: where its tenths end, and the part of the donors in each; the last part has no value."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


def spread(values: Array) -> Spread | None:
    """None where nobody has a value."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return None
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    return Spread(tuple(edges.tolist()), tuple(_shares(values, edges).tolist()))


def moved(before: Spread, now: Array) -> float:
    """The population stability index (PSI): under .1 little, over .25 much has changed."""
    was, shares = np.array(before.shares), _shares(now, np.array(before.edges))
    return float(((shares - was) * np.log(shares / was)).sum())


def population_stability(before: Array, now: Array) -> float:
    """PSI over tenths of `before`, missing as a bin of its own."""
    known = spread(before)
    return 0.0 if known is None or len(now) == 0 else moved(known, now)


def _shares(values: Array, edges: Array) -> Array:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counted = np.bincount(place, minlength=len(edges) + 2) / len(values)
    return np.maximum(counted, LEAST)
