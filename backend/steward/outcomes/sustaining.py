"""Recurring giving: who begins it, who is about to stop, who would raise the regular amount.

A pledge is told by its dates, so that the past is seen as it was: it runs from the day it was promised to its end.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from steward.donors import known_at
from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, labelled, within

if TYPE_CHECKING:
    from steward.donors import Ledger

YEAR = 365
CHURN_HORIZON = 180  # three to six months: time enough to act, near enough to see it coming
SILENCE = 92  # days at the end of the horizon in which every installment due failed: gone, whatever the status says
RAISE = 1.05


def _sustains(features: Any) -> Any:
    return features["pledges_begun"] > features["pledges_ended"]


def _begins(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    begun = ledger.pledges.filter(within(ledger.pledges.established_on, as_of, YEAR))
    found = begun.group_by("unit_id").aggregate(begun=begun.count())
    return labelled(features, found, lambda t: t["begun"] >= 1)


def _running(ledger: Ledger, day: dt.date) -> ir.Table:
    """Units with a pledge that runs on `day`."""
    date, pledges = ibis.literal(day), ledger.pledges
    begun = pledges.filter(pledges.established_on < date)
    running = begun.filter(begun.ended_on.isnull() | (begun.ended_on >= date))
    return running.group_by("unit_id").aggregate(running=running.count())


def _stops(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    """No pledge runs at the end of the horizon, or every installment of its last three months failed."""
    end = as_of + dt.timedelta(days=CHURN_HORIZON)
    rows = ledger.installments
    late = rows.filter(within(rows.due_date, end - dt.timedelta(days=SILENCE), SILENCE))
    late = late.group_by("unit_id").aggregate(due=late.count(), paid=late.count(where=late.outcome == "paid"))
    kept = _running(ledger, end)
    both = features.select("unit_id").left_join(kept, "unit_id").drop("unit_id_right")
    both = both.left_join(late, "unit_id").drop("unit_id_right")
    silent = (both.due.fill_null(0) >= 2) & (both.paid.fill_null(0) == 0)
    found = both.select("unit_id", stopped=both.running.isnull() | silent)
    return labelled(features, found, lambda t: t["stopped"])


def _raises(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    """A recurring gift over 5 % larger than any of the 12 months before."""
    gifts = known_at(ledger, as_of + dt.timedelta(days=YEAR))
    steady = gifts.filter(gifts.is_recurring)
    start, year_before = ibis.literal(as_of), ibis.literal(as_of - dt.timedelta(days=YEAR))
    found = steady.group_by("unit_id").aggregate(
        before=steady.amount.max(where=(steady.gift_date < start) & (steady.gift_date >= year_before)).cast("float64"),
        after=steady.amount.max(where=steady.gift_date >= start).cast("float64"),
    )
    return labelled(features, found, lambda t: t["after"] > RAISE * t["before"])


BECOME_RECURRING = Outcome(
    key="become_recurring",
    field_prefix="Become_Recurring",
    title="Becomes a recurring donor in 12 months",
    question="Will this donor, who gives by single gifts, begin a recurring donation in the next 12 months?",
    decision="Whom to invite to monthly giving",
    horizon_days=YEAR,
    higher_is_better=True,
    eligible=lambda features: (
        (features["kind"] == "household")
        & (features["gift_count"] >= 1)
        & (features["pledges_begun"] == features["pledges_ended"])
    ),
    label=_begins,
    rules=(rules.SAME_AS_LAST_YEAR, rules.RFM, rules.ANSWERS, rules.FREQUENCY),
    bands=Bands(very_high=0.15, high=0.07, medium=0.02),
    minimum_positives=60,
    prior_rate=0.02,
    direction=1,
    not_for=("Setting the monthly amount",),
    silent_without_examples=True,
)

RECURRING_CHURN = Outcome(
    key="recurring_churn",
    field_prefix="Recurring_Churn",
    title="Recurring gift ends within 6 months",
    question="Will this recurring donor stop within the next 6 months?",
    decision="Which recurring donors to call, and whose payment details to renew, before the gift is lost",
    horizon_days=CHURN_HORIZON,
    higher_is_better=False,
    eligible=lambda features: _sustains(features) & (features["recurring_gifts_12m"] >= 1),
    label=_stops,
    rules=(
        rules.MISSED,
        rules.against(rules.LONGEST_SUSTAINING, "newest_sustainer", "Newest recurring donor first"),
        rules.SILENT_SUSTAINER,
    ),
    bands=Bands(very_high=0.40, high=0.20, medium=0.08),
    minimum_positives=60,
    prior_rate=0.12,
    direction=-1,
    not_for=("Ending a recurring donation",),
    silent_without_examples=True,
)

RECURRING_UPGRADE = Outcome(
    key="recurring_upgrade",
    field_prefix="Recurring_Upgrade",
    title="Raises the recurring gift in 12 months",
    question="Will this recurring donor give a regular gift over 5 % larger in the next 12 months?",
    decision="Whom to ask for a larger regular gift",
    horizon_days=YEAR,
    higher_is_better=True,
    eligible=lambda features: _sustains(features) & (features["recurring_gifts_12m"] >= 3),
    label=_raises,
    rules=(
        rules.LONGEST_SUSTAINING,
        rules.against(rules.REGULAR_AMOUNT, "smallest_regular", "Smallest regular gift first"),
        rules.ANSWERS,
    ),
    bands=Bands(very_high=0.30, high=0.18, medium=0.08),
    minimum_positives=60,
    prior_rate=0.10,
    not_for=("Setting the amount to ask for",),
    silent_without_examples=True,
)
