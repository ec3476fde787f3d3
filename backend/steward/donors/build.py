"""From a snapshot's tables to the ledger."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from steward.donors.activity import asks, touches
from steward.donors.credit import gifts, won
from steward.donors.ledger import Ledger
from steward.donors.recurring import installments, pledges
from steward.donors.reversals import reversals
from steward.donors.soft import soft_credits
from steward.donors.units import homes, members, units
from steward.errors import InputError

TABLES = (
    "contacts", "accounts", "opportunities", "contact_roles", "partial_soft_credits", "account_soft_credits",
    "payments", "recurring", "campaigns", "campaign_members", "tasks", "events", "volunteer_hours", "allocations", "settings",
)  # fmt: skip


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
        members=people,
        units=units(tables, people),
        gifts=gifts(tables, opportunities),
        reversals=reversals(tables),
        soft_credits=soft_credits(tables, opportunities, where),
        installments=installments(tables, where),
        pledges=pledges(tables, where),
        asks=asks(tables, where),
        touches=touches(tables, where),
    )
