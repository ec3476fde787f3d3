"""The ledger: one place from which features, outcomes and profiles learn who gave what, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from steward.donors.activity import asks, touches
from steward.donors.credit import gifts, won
from steward.donors.recurring import installments, pledges
from steward.donors.reversals import reversals
from steward.donors.soft import soft_credits
from steward.donors.units import homes, members, units
from steward.errors import InputError

TABLES = (
    "contacts", "accounts", "opportunities", "contact_roles", "partial_soft_credits", "account_soft_credits",
    "payments", "recurring", "campaigns", "campaign_members", "tasks", "events", "volunteer_hours", "allocations", "settings",
)  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """Ibis expressions: nothing is computed before an engine is asked. Columns are listed in docs/architecture.md §2.

    `gifts` holds what each unit gave before any refund; `reversals` holds refunds, chargebacks and write-offs with
    their dates, so that the past can be seen as it was known then (`donors.known_at`).
    """

    units: ir.Table
    members: ir.Table
    gifts: ir.Table
    reversals: ir.Table
    soft_credits: ir.Table
    installments: ir.Table
    pledges: ir.Table
    asks: ir.Table
    touches: ir.Table


def build_ledger(tables: Mapping[str, ir.Table]) -> Ledger:
    """The ledger of one snapshot; `tables` are named and shaped as in docs/architecture.md §1."""
    missing = [name for name in TABLES if name not in tables]
    if missing:
        raise InputError(
            f"The snapshot has no table {', '.join(missing)}.", "Extract again; absent objects are empty tables."
        )
    people, where = members(tables), homes(tables)
    opportunities = won(tables, where)
    return Ledger(
        units=units(tables, people),
        members=people,
        gifts=gifts(tables, opportunities),
        reversals=reversals(tables),
        soft_credits=soft_credits(tables, opportunities, where),
        installments=installments(tables, where),
        pledges=pledges(tables, where),
        asks=asks(tables, where),
        touches=touches(tables, where),
    )
