"""Of a wide table only the columns that tell something by themselves are learnt from: each test on tenths, by slope and by shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from steward.models.metrics import Array
from steward.models.treetables import Floats

WIDE = 200  # columns up to which all are learnt from
LEAST, MOST = 30, 150
CHANCE = 0.05  # of columns that tell nothing, so many pass
FEWEST_SURE, MOST_SURE = 3, 20
BINS = 10
SILENT = 4  # rows of the commoner answer looked at for each of the rarer: more say next to nothing
FEWEST_ROWS = 20_000


@dataclass(frozen=True)
class Telling:
    """`kept`: numbers of the columns to learn from, in the table's order; `surest`: those that can hardly be chance, surest first."""

    kept: np.ndarray
    surest: tuple[int, ...]


def telling(data: Floats, label: Array, seed: int) -> Telling:
    width = data.shape[1]
    rows = _sample(label, seed)
    some, answer = data[rows], label[rows]
    surprise = np.array([_surprise(some[:, column], answer) for column in range(width)])
    ranked = np.argsort(-surprise, kind="stable")
    passed = width if width <= WIDE else int(np.clip((surprise > -np.log(CHANCE)).sum(), LEAST, MOST))
    sure = int(np.clip((surprise > np.log(width / CHANCE)).sum(), FEWEST_SURE, MOST_SURE))
    return Telling(np.sort(ranked[:passed]), tuple(ranked[:sure].tolist()))


def _surprise(column: np.ndarray, label: Array) -> float:
    """Minus the logarithm of the chance that a column that tells nothing would part the answers so well.

    The surer of two tests: any difference between tenths (chi-square), and one that rises or falls with the value
    (Cochran and Armitage), which sees a weak slope where the other sees only scatter.
    """
    known = ~np.isnan(column)
    edges = np.unique(np.quantile(column[known], np.linspace(0, 1, BINS + 1)[1:-1])) if known.any() else np.empty(0)
    where = np.where(known, np.searchsorted(edges, column, side="right"), len(edges) + 1)
    size, yes = np.bincount(where, minlength=len(edges) + 2), np.bincount(where, label, minlength=len(edges) + 2)
    base = label.mean()
    if (size > 0).sum() < 2 or base in (0.0, 1.0):
        return 0.0
    there = size > 0
    distance = ((yes - size * base)[there] ** 2 / (size[there] * base * (1 - base))).sum()
    by_shape = -chi2.logsf(distance, there.sum() - 1)
    by_slope = -chi2.logsf(_slope(size[:-1], yes[:-1]), 1)
    return max(0.0, float(max(by_shape, by_slope) - np.log(2)))


def _slope(size: np.ndarray, yes: np.ndarray) -> float:
    """The squared standard score of the trend over `size` rows a tenth, of which `yes` said yes; about 1 by chance."""
    rows, base = size.sum(), yes.sum() / max(size.sum(), 1)
    reached = np.cumsum(size) - size / 2  # the mean rank of a tenth
    spread = ((reached - (reached * size).sum() / max(rows, 1)) ** 2 * size).sum() * base * (1 - base)
    return float((reached * (yes - size * base)).sum() ** 2 / spread) if spread > 0 else 0.0


def _sample(label: Array, seed: int) -> np.ndarray:
    """All of the rarer answer and a few times as many of the other."""
    rarer = label == (1.0 if label.mean() < 0.5 else 0.0)
    others = np.random.default_rng(seed).permutation(np.flatnonzero(~rarer))
    wanted = max(SILENT * int(rarer.sum()), FEWEST_ROWS - int(rarer.sum()))
    return np.sort(np.concatenate([np.flatnonzero(rarer), others[:wanted]]))
