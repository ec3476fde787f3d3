"""Do our totals agree with NPSP's roll-ups? A check for the admin, with the likely reason of each difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    counted = differing.group_by("reason").agg(units=differing.count()).order_by([ibis.desc("units"), "reason"])
    reasons = {row["reason"]: row["units"] for row in counted.to_pyarrow().to_pylist()}
    every = real_accounts(tables).count().to_pyarrow().as_py()
    examples = (example for reason in sorted(reasons) for example in _examples(differing, reason))
    return Comparison(every - sum(reasons.values()), reasons, tuple(examples))


def _examples(differing: ir.Table, reason: str) -> Iterator[Difference]:
    """The largest differences that have this reason."""
    found = differing.filter(differing.reason == reason)
    gap = (found.total_given - found.npsp_total).abs()
    for row in found.order_by([gap.desc(), "unit_id"]).limit(EXAMPLES).to_pyarrow().to_pylist():
        yield Difference(
            row["unit_id"],
            float(row["total_given"]),
            float(row["npsp_total"]),
            int(row["gift_count"]),
            int(row["npsp_gifts"]),
            row["reason"],
        )
