"""Sustainers' health, from dated facts only: a card or a status as it is today says nothing of how it was then."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.donors.money import MONEY
from steward.features.arithmetic import amount_of, months_since, share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("recurring_gifts_12m", "recurring", "recurring gifts", "recurring gift",
            "made {value} in the last 12 months", "made only {value} in the last 12 months",
            "no recurring gift in the last 12 months", +1),
    Feature("recurring_gifts_3m", "recurring", "recurring gifts", "recurring gift",
            "made {value} in the last 3 months", "made only {value} in the last 3 months",
            "no recurring gift in the last 3 months", +1),
    Feature("recurring_share_12m", "recurring", "recurring gifts", "share",
            "{value} of the money of the last 12 months came from recurring gifts",
            "only {value} of the money of the last 12 months came from recurring gifts",
            "no money of the last 12 months came from recurring gifts", 0),
    Feature("months_since_recurring_gift", "recurring", "recurring gifts", "months ago",
            "the last recurring gift came {value}", "the last recurring gift came as recently as {value}",
            "has never made a recurring gift", -1),
    Feature("recurring_months", "recurring", "recurring gifts", "months ago",
            "made the first recurring gift {value}", "made the first recurring gift as recently as {value}",
            "no first recurring gift yet", 0),
    Feature("last_recurring_gift", "recurring", "size of recurring gifts", "money",
            "the last recurring gift was {value}", "the last recurring gift was only {value}",
            "no amount of a recurring gift is known", 0),
    Feature("installments_missed_6m", "recurring", "missed installments", "installment",
            "missed {value} in the last 6 months", "missed only {value} in the last 6 months",
            "missed no installment in the last 6 months", -1),
    Feature("installments_paid_share_12m", "recurring", "missed installments", "share",
            "paid {value} of the installments due in the last 12 months",
            "paid only {value} of the installments due in the last 12 months",
            "paid no installment that was due in the last 12 months", +1),
    Feature("pledges_begun", "recurring", "recurring pledges", "recurring pledge",
            "has begun {value}", "has begun only {value}", "has begun no recurring pledge", +1),
    Feature("pledges_ended", "recurring", "ended pledges", "recurring pledge",
            "has ended {value}", "has ended only {value}", "has ended no recurring pledge", 0),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    rows = ledger.pledges.filter(ledger.pledges.established_on < ibis.literal(as_of))
    return rows.group_by("unit_id").aggregate(
        begun=rows.count(), ended=rows.count(where=rows.ended_on < ibis.literal(as_of))
    )


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    return {
        "recurring_gifts_12m": sums.recurring_count_0,
        "recurring_gifts_3m": sums.recurring_3_months,
        "recurring_share_12m": share(sums.recurring_total_0, sums.total_0),
        "months_since_recurring_gift": months_since(sums.recurring_last_on, as_of),
        "recurring_months": months_since(sums.recurring_first_on, as_of),
        "last_recurring_gift": amount_of(sums.recurring_last_dated).cast(MONEY),
        "installments_missed_6m": sums.missed_6m.fill_null(0),
        "installments_paid_share_12m": share(sums.paid_12m, sums.due_12m),
        "pledges_begun": sums.begun.fill_null(0),
        "pledges_ended": sums.ended.fill_null(0),
    }


RECURRING = Family(_FEATURES, _columns, _sums)
