"""Sustainers: what was promised, and what became of each installment."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.units import with_unit

# Installments a month, in hundred-and-twentieths, so that the monthly amount is an exact fraction.
_A_MONTH = {"Daily": 3650, "Weekly": 520, "1st and 15th": 240, "Monthly": 120, "Quarterly": 40, "Yearly": 10}


def installments(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """Gifts promised by a recurring donation: won is paid, closed without being won is failed, the rest is open.

    `method` and `card_expires_on` are of its payment: the card as it was then.
    """
    rows = tables["opportunities"]
    rows = rows.filter(rows.recurring_id.notnull()).select(
        "gift_id", "recurring_id", "account_id", "primary_contact_id", "amount", due_date="close_date",
        outcome=ibis.cases((rows.is_won, "paid"), (rows.is_closed, "failed"), else_="open"),
    )  # fmt: skip
    found = with_unit(rows, tables, homes, contact="primary_contact_id")
    paid = tables["payments"].filter(tables["payments"].paid)
    paid = paid.group_by("gift_id").aggregate(method=paid.method.max(), card_expires_on=paid.card_expires_on.max())
    found = found.left_join(paid, "gift_id").drop("gift_id_right")
    return found.select("recurring_id", "unit_id", "method", "card_expires_on", "due_date", "amount", "outcome")


def pledges(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """Recurring donations as they are now: of the past only the dates speak."""
    found = with_unit(tables["recurring"], tables, homes)
    times = ibis.cases(*[(found.period == name, ibis.literal(n, "int64")) for name, n in _A_MONTH.items()])
    every = ibis.greatest(found.frequency.fill_null(1), 1)
    monthly = (found.amount.cast("float64") * times.cast("float64") / (120.0 * every.cast("float64"))).round(2)
    return found.select(
        "recurring_id", "unit_id", "ended_on", "closed_reason", "payment_method", "card_expires_on", "status",
        monthly_amount=monthly.cast("decimal(18,2)"),
        established_on=ibis.coalesce(found.established_on, found.started_on),
    )  # fmt: skip
