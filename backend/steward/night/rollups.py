"""Do our totals agree with NPSP's roll-ups? A check for the admin, with the likely reason of each difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from steward import donors
from steward.donors import Ledger
from steward.donors.units import real_accounts

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


def differing(tables: Mapping[str, ir.Table], ledger: Ledger) -> ir.Table:
    """A row a giving unit whose totals are not NPSP's, with the fields of `Difference`."""
    found = donors.reconcile(tables, ledger)
    return found.filter(found.reason.notnull()).select(*(field.name for field in dataclasses.fields(Difference)))


def compare(differing: ir.Table, tables: Mapping[str, ir.Table]) -> Comparison:
    """How many units a reason has, and the largest differences of each; `tables` are those of everybody."""
    found = differing.mutate(gap=(differing.total_given - differing.npsp_total).abs())
    order = ibis.window(group_by="reason", order_by=[ibis.desc("gap"), "unit_id"])
    ranked = found.mutate(place=ibis.row_number().over(order), units=found.count().over(ibis.window(group_by="reason")))
    shown = ranked.filter(ranked.place < EXAMPLES).order_by([ibis.desc("units"), "reason", "place"])
    rows = shown.to_pyarrow().to_pylist()
    reasons = {row["reason"]: row["units"] for row in rows}
    every = real_accounts(tables).count().to_pyarrow().as_py()
    return Comparison(every - sum(reasons.values()), reasons, _examples(rows))


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
