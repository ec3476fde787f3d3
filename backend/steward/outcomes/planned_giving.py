"""Who is most like donors that remember an organization in their will: an order by loyalty, never a probability.

Planned gifts are too rare, and recorded too late, to learn from: until an organization has recorded a hundred of them,
the order is an index of what such donors have in common: years of giving, a long relationship, a regular gift.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from steward.donors import known_at
from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, labelled

if TYPE_CHECKING:
    from steward.donors import Ledger

HORIZON = 3 * 365


def _leaves(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    gifts = known_at(ledger, as_of + dt.timedelta(days=HORIZON))
    planned = gifts.filter(gifts.is_planned, gifts.gift_date >= as_of)
    found = planned.group_by("unit_id").aggregate(planned=planned.count())
    return labelled(features, found, lambda t: t["planned"] >= 1)


PLANNED_GIVING = Outcome(
    key="planned_giving",
    field_prefix="Planned_Giving",
    title="Planned giving: most like legacy donors",
    question="Whom does loyalty place among the likeliest to remember the organization in a will?",
    decision="Whom to invite to a conversation about a legacy",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: (features["kind"] == "household") & (features["gift_count"] >= 2),
    label=_leaves,
    rules=(rules.LOYALTY, rules.TENURE, rules.FREQUENCY),
    bands=Bands(very_high=0.05, high=0.02, medium=0.01),
    minimum_positives=100,
    prior_rate=0.002,
    direction=1,
    not_for=("Forecasting income: it is an order, not a chance", "Guessing a donor's age or health"),
    rank_only=True,
)
