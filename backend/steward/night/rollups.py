"""Do our totals agree with NPSP's roll-ups? A check for the admin, with the likely reason of each difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    found = donors.reconcile(tables, ledger)
    counted = found.group_by("reason").aggregate(units=found.count()).order_by([ibis.desc("units"), "reason"])
    reasons = {row["reason"]: row["units"] for row in counted.to_pyarrow().to_pylist()}
    agreeing = reasons.pop(None, 0)
    return Comparison(agreeing, reasons, _examples(found) if reasons else ())


def _examples(found: ir.Table) -> tuple[Difference, ...]:
    """A few of every reason, the largest differences first."""
    gap = (found.total_given - found.npsp_total).abs()
    order = ibis.window(group_by="reason", order_by=[ibis.desc("gap"), "unit_id"])
    ranked = found.mutate(gap=gap).filter(found.reason.notnull()).mutate(place=ibis.row_number().over(order))
    rows = ranked.filter(ranked.place < EXAMPLES).order_by(["reason", "place"]).to_pyarrow().to_pylist()
    return tuple(
        Difference(
            row["unit_id"],
            float(row["total_given"]),
            float(row["npsp_total"]),
            int(row["gift_count"]),
            int(row["npsp_gifts"]),
            row["reason"],
        )
        for row in rows
    )
