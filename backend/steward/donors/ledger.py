"""The ledger: one place from which features, outcomes and profiles learn who gave what, when."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir


@dataclass(frozen=True)
class Ledger:
    """Ibis expressions: nothing is computed before an engine is asked. Columns are listed in docs/architecture.md §2.

    `gifts` holds what each unit gave before any refund; `reversals` holds refunds, chargebacks and write-offs with
    their dates, so that the past can be seen as it was known then (`donors.known_at`). The others rest on `members`, so
    who holds tables holds it first.
    """

    members: ir.Table
    units: ir.Table
    gifts: ir.Table
    reversals: ir.Table
    soft_credits: ir.Table
    installments: ir.Table
    pledges: ir.Table
    asks: ir.Table
    touches: ir.Table
