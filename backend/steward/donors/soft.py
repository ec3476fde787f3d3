"""NPSP's soft credit, exactly, as far as it is influence on what another unit gave.

A contact role among the settings' roles that is not the primary role on a household's gift; the first partial soft
credit of the same contact on that gift replaces role and amount (the roles are not compared, then it must count too).
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.credit import listed, without_excluded
from steward.donors.funds import fund_claims

# Named on a gift, but neither gave nor moved anyone to give.
_NOT_INFLUENCE = ("Honoree", "Notification Recipient")


def soft_credits(tables: Mapping[str, ir.Table], opportunities: ir.Table, homes: ir.Table) -> ir.Table:
    """Influence on gifts that another unit gave: one row a contact and gift, never money of the unit itself."""
    roles = listed(tables, "soft_credit_roles")
    roles = roles.filter(roles.value.notin(_NOT_INFLUENCE))
    rows = without_excluded(tables, opportunities, by_account=ibis.literal(False))
    rows = rows.select("gift_id", "gift_date", "individual_account", full_amount="amount", hard_unit="unit_id")
    ocr = tables["contact_roles"].select("role_id", "gift_id", "contact_id", "role", "is_primary")
    ocr = ocr.semi_join(roles, ocr.role == roles.value)
    found = ocr.join(rows, "gift_id")
    found = found.filter(~found.is_primary | ~found.individual_account)
    part = _first_partial(tables)
    found = found.left_join(part, ["gift_id", "contact_id"])
    found = found.mutate(
        role=ibis.ifelse(found.credit_id.notnull(), found.part_role, found.role),
        amount=ibis.ifelse(found.credit_id.notnull(), found.part_amount.fill_null(0), found.full_amount),
    )
    found = found.semi_join(roles, found.role == roles.value)
    found = found.select("role_id", "gift_id", "contact_id", "role", "amount", "gift_date", "hard_unit")
    found = found.join(homes, "contact_id")
    found = found.filter(found.hard_unit.isnull() | (found.hard_unit != found.unit_id))
    claims = fund_claims(tables).select("household_id", "claimed_id")
    found = found.anti_join(claims, [found.gift_id == claims.claimed_id, found.unit_id == claims.household_id])
    rank = ibis.row_number().over(group_by=[found.contact_id, found.gift_id], order_by=found.role_id)
    found = found.mutate(rank=rank, amount=found.amount.cast("decimal(18,2)")).filter(lambda t: t.rank == 0)
    return found.select("unit_id", "contact_id", "gift_id", "amount", "gift_date", "role")


def _first_partial(tables: Mapping[str, ir.Table]) -> ir.Table:
    rows = tables["partial_soft_credits"]
    rank = ibis.row_number().over(group_by=[rows.gift_id, rows.contact_id], order_by=rows.credit_id)
    ranked = rows.mutate(rank=rank).filter(lambda t: t.rank == 0)
    return ranked.select("gift_id", "contact_id", "credit_id", part_role="role", part_amount="amount")
