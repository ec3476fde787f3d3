"""Refunds, chargebacks and write-offs, with their dates: the past as it was known then.

NPSP's own refund lowers the Opportunity's amount and adds a negative payment; by hand, people add the negative payment
and leave the amount. Both become the amount as first given plus a dated reversal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.ledger import Ledger
from steward.donors.money import as_money


def _is_refund(payments: ir.Table) -> ir.BooleanValue:
    return payments.debit_type.notnull() | (payments.amount.fill_null(0) < 0)


def before_refunds(opportunities: ir.Table, payments: ir.Table) -> ir.Table:
    """The amount as first given: what NPSP's refund took off the Opportunity is put back (and reversed on its date)."""
    refunds = payments.filter(_is_refund(payments))
    refunded = refunds.group_by("gift_id").aggregate(refunded=refunds.amount.fill_null(0).abs().sum())
    kept = payments.filter(~_is_refund(payments)).semi_join(refunded, "gift_id")
    paid = kept.group_by("gift_id").aggregate(paid=kept.amount.fill_null(0).sum())
    sums = refunded.left_join(paid, "gift_id").select("gift_id", "refunded", "paid")
    found = opportunities.left_join(sums, "gift_id").drop("gift_id_right")
    lowered = (found.paid >= found.amount + found.refunded).fill_null(False)
    amount = ibis.ifelse(lowered, found.amount + found.refunded, found.amount)
    return found.mutate(amount=as_money(amount)).drop("refunded", "paid")


def reversals(tables: Mapping[str, ir.Table]) -> ir.Table:
    """What was given back or never came; `whole` is the gift it is a part of.

    Undated ones (NPSP's own) count from the day they were entered.
    """
    payments, rows = tables["payments"], tables["opportunities"]
    undone = payments.filter(_is_refund(payments) | payments.written_off, payments.amount.notnull())
    undone = undone.select(
        "gift_id",
        undone=undone.amount.abs(),
        undone_on=ibis.coalesce(undone.payment_date, undone.scheduled_date, undone.created_on),
    )
    rows = rows.filter(rows.is_won, rows.amount.notnull()).select("gift_id", "close_date", "amount")
    found = undone.join(before_refunds(rows, payments).rename(whole="amount"), "gift_id")
    found = found.filter(found.whole > 0)
    return found.select(
        "gift_id",
        "whole",
        amount=found.undone.cast("decimal(18,2)"),
        reversed_on=ibis.coalesce(found.undone_on, found.close_date),
    )


def known_at(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """Gifts dated before `as_of`, less what had been reversed before it; wholly reversed gifts are no gifts."""
    day = ibis.literal(as_of)
    earlier = ledger.reversals.filter(ledger.reversals.reversed_on < day)
    found = with_net(ledger.gifts.filter(ledger.gifts.gift_date < day), earlier)
    return found.filter(found.net > 0).drop("amount").rename(amount="net").select(*ledger.gifts.columns)


def with_net(gifts: ir.Table, reversals: ir.Table) -> ir.Table:
    """`gifts` with `net`: what is left of each of them after these reversals."""
    undone = reversals.group_by(undone_id=reversals.gift_id).aggregate(
        undone=reversals.amount.sum(), whole=reversals.whole.max()
    )
    found = gifts.left_join(undone, gifts.gift_id == undone.undone_id)
    # A gift shared by several units is reversed in proportion, to the cent.
    share = (found.undone.cast("float64") * found.amount.cast("float64") / found.whole.cast("float64")).cast(
        "decimal(18,2)"
    )
    part = ibis.ifelse(found.amount == found.whole, found.undone.cast("decimal(18,2)"), share)
    return found.select(*gifts.columns, net=as_money(found.amount - part.fill_null(0)))
