"""The health of a regular gift as it was seen then: misses since the last payment, and how long its card still works."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.features.arithmetic import months_back
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("installments_missed_in_a_row", "installments", "missed installments", "installment",
            "missed {value} since the last one paid", "missed only {value} since the last one paid",
            "missed no installment since the last one paid", -1),
    Feature("card_months_left", "installments", "payment card", "duration",
            "the card of the last installment works for {value} more",
            "the card of the last installment works for only {value} more",
            "no card with months left is known for the recurring gift", 0),
    Feature("pays_by_card", "installments", "payment card", "yes",
            "paid the last installment by card", "paid the last installment by card",
            "the last installment was not paid by card, or there is none", 0),
)  # fmt: skip
_DAY = 10**8  # above eight digits of another date: the facts of the last payment are then a plain maximum


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """The one pass over the installments; the few that were missed are counted from the last one paid."""
    due = ledger.installments.filter(ledger.installments.due_date < ibis.literal(as_of))
    due = due.mutate(back=months_back(due.due_date, as_of), is_paid=due.outcome == "paid")
    sums = due.group_by("unit_id").aggregate(
        due_12m=due.count(where=due.back < 12),
        paid_12m=due.count(where=(due.back < 12) & due.is_paid),
        missed_6m=due.count(where=(due.back < 6) & ~due.is_paid),
        paid_on=due.due_date.max(where=due.is_paid),
        missed_on=due.due_date.collect(where=~due.is_paid),
        last_card=(_digits(due.due_date) * _DAY + _digits(due.card_expires_on).fill_null(0)).max(where=due.is_paid),
        last_by_card=(_digits(due.due_date) * 10 + _by_card(due.method)).max(where=due.is_paid),
    )
    later = sums.missed_on.filter(lambda day: sums.paid_on.isnull() | (day > sums.paid_on))
    # To 32 bits first: Ibis takes a length for 64 bits on every engine, and would leave a single cast out.
    count = later.length().cast("int32").cast("int64")
    return sums.mutate(missed_in_a_row=count).drop("missed_on", "paid_on")


def _digits(date: ir.DateValue) -> ir.IntegerValue:
    return date.year().cast("int64") * 10_000 + date.month() * 100 + date.day()


def _by_card(method: ir.StringValue) -> ir.IntegerValue:
    return method.lower().contains("card").fill_null(False).cast("int64")


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    ends = (sums.last_card % _DAY).nullif(0)
    months = (ends // 10_000) * 12 + (ends // 100) % 100 - as_of.year * 12 - as_of.month - int(as_of.day > 1)
    return {
        "installments_missed_in_a_row": sums.missed_in_a_row.fill_null(0),
        "card_months_left": ibis.ifelse(months < 0, 0, months).cast("int64"),
        "pays_by_card": (sums.last_by_card % 10).fill_null(0),
    }


INSTALLMENTS = Family(_FEATURES, _columns, _sums)
