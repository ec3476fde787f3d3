"""Do our totals agree with NPSP's roll-ups? A check for the admin, with the likely reason of each difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from steward import donors
from steward.donors import Ledger

EXAMPLES = 5


@dataclass(frozen=True)
class Difference:
    """One giving unit (pseudonym) whose totals differ; amounts in the org's currency."""

    unit_id: str
    total_given: float
    npsp_total: float
    gift_count: int
    npsp_gifts: int
    reason: str


@dataclass(frozen=True)
class Comparison:
    agreeing: int
    reasons: Mapping[str, int]  # reason → units, most frequent first
    examples: tuple[Difference, ...]

    @property
    def differing(self) -> int:
        return sum(self.reasons.values())

    def sentence(self) -> str:
        """For the run's message; empty where all agree."""
        if not self.differing:
            return ""
        told = "; ".join(f"{count:,} × {reason}" for reason, count in self.reasons.items())
        return f"{self.differing:,} of {self.agreeing + self.differing:,} giving units differ from NPSP's roll-ups: {told}."


def compare(tables: Mapping[str, ir.Table], ledger: Ledger) -> Comparison:
    """One question for all: how many units a reason has, and the largest differences of each."""
    found = donors.reconcile(tables, ledger)
    gap = (found.total_given - found.npsp_total).abs()
    order = ibis.window(group_by="reason", order_by=[ibis.desc("gap"), "unit_id"])
    found = found.mutate(gap=gap)
    ranked = found.mutate(place=ibis.row_number().over(order), units=found.count().over(ibis.window(group_by="reason")))
    shown = ranked.filter(ranked.place < EXAMPLES).order_by([ibis.desc("units"), "reason", "place"])
    rows = shown.to_pyarrow().to_pylist()
    reasons = {row["reason"]: row["units"] for row in rows}
    agreeing = reasons.pop(None, 0)
    return Comparison(agreeing, reasons, _examples([row for row in rows if row["reason"]]))


def _examples(rows: Sequence[Mapping[str, Any]]) -> tuple[Difference, ...]:
    """By reason, the largest differences first."""
    return tuple(
        Difference(
            row["unit_id"],
            float(row["total_given"]),
            float(row["npsp_total"]),
            int(row["gift_count"]),
            int(row["npsp_gifts"]),
            row["reason"],
        )
        for row in sorted(rows, key=lambda row: (row["reason"], row["place"]))
    )
