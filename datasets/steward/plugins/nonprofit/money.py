"""Amounts as people give them: round numbers, mostly the same again."""

from __future__ import annotations

from bisect import bisect_left
from math import exp
from random import Random

LADDER = (
    5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 75, 100, 120, 150, 200, 250, 300, 400, 500, 600, 750, 1000, 1200, 1500,
    2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 25000, 35000, 50000, 75000, 100000,
)  # fmt: skip
TOP = len(LADDER) - 1


def rung(dollars: float) -> int:
    """The index of the round amount next to `dollars`."""
    right = min(bisect_left(LADDER, dollars), TOP)
    left = max(right - 1, 0)
    return left if dollars - LADDER[left] < LADDER[right] - dollars else right


def cents(index: int) -> int:
    return LADDER[max(0, min(index, TOP))] * 100


def around(centre: float, spread: float, rng: Random) -> float:
    """A log-normal amount in dollars with median `centre`."""
    return centre * exp(rng.gauss(0.0, spread))


def text(amount: int) -> str:
    """Cents as Salesforce reads money."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100}.{amount % 100:02d}"
