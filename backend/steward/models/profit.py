"""What contacting the best part of a list would have earned, at a cost a contact: the whole curve, its peak, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from steward.models.metrics import Array, Interval, interval

STEPS = 100
RESAMPLES = 200


@dataclass(frozen=True)
class Earned:
    """One order of the list. `curve`: profit at each hundredth contacted; `gap`: the first order's peak minus this one's."""

    title: str
    curve: tuple[tuple[float, float], ...]
    best_share: float
    best: float
    gap: Interval | None = None


@dataclass(frozen=True)
class Profit:
    """`everyone`: what contacting all would have earned; `gap`: the first order's peak minus that."""

    cost: float
    donors: int
    orders: tuple[Earned, ...]
    everyone: float
    gap: Interval


def judge(orders: Mapping[str, Array], given: Array, cost: float, seed: int = 1) -> Profit:
    """`orders`: title → the higher, the earlier; `given`: what each donor gave in the time asked about.

    It counts as if nobody else had given: what a contact causes is not known from history. A peak is looked for on the
    same donors that it is told of, in every resample anew, so that the intervals know of that luck.
    """
    lists = {title: _List(order, given) for title, order in orders.items()}
    peaks = {title: one.peak(cost) for title, one in lists.items()}
    drawn: dict[str, list[float]] = {title: [] for title in lists}
    all_drawn = []
    rng = np.random.default_rng(seed)
    for _ in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, len(given), len(given)), minlength=len(given)).astype(np.float64)
        for title, one in lists.items():
            drawn[title].append(one.peak(cost, weight)[1])
        all_drawn.append(float(weight @ given) - cost * len(given))
    first = next(iter(lists))
    everyone = float(given.sum()) - cost * len(given)

    def gap(value: float, others: list[float]) -> Interval:
        return interval(peaks[first][1] - value, np.array(drawn[first]) - np.array(others))

    found = tuple(
        Earned(title, one.curve(cost), *peaks[title], None if title == first else gap(peaks[title][1], drawn[title]))
        for title, one in lists.items()
    )
    return Profit(cost, len(given), found, everyone, gap(everyone, all_drawn))


class _List:
    """Donors in one order; those of equal place are contacted together."""

    def __init__(self, order: Array, given: Array) -> None:
        _, self._place = np.unique(-order, return_inverse=True)
        self._given = given

    def peak(self, cost: float, weight: Array | None = None) -> tuple[float, float]:
        """(part of the list, profit) where contacting more no longer pays; (0, 0) where it never does."""
        reached, profit = self._summed(cost, weight)
        best = int(profit.argmax())
        return float(reached[best] / reached[-1]), float(profit[best])

    def curve(self, cost: float) -> tuple[tuple[float, float], ...]:
        reached, profit = self._summed(cost, None)
        shares = np.linspace(0, 1, STEPS + 1)
        found = np.interp(shares * reached[-1], reached, profit)
        return tuple(zip(shares.tolist(), found.tolist(), strict=True))

    def _summed(self, cost: float, weight: Array | None) -> tuple[Array, Array]:
        given = self._given if weight is None else self._given * weight
        reached = np.concatenate([[0.0], np.cumsum(np.bincount(self._place, weights=weight))])
        money = np.concatenate([[0.0], np.cumsum(np.bincount(self._place, weights=given))])
        return reached, money - cost * reached
