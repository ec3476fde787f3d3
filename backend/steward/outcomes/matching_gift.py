"""An employer matches a gift of this donor within 12 months: whom to send the matching form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, labelled, within

if TYPE_CHECKING:
    from steward.donors import Ledger

HORIZON = 365
MATCHED = "Matched Donor"


def _matched(ledger: Ledger, features: ir.Table, as_of: dt.date) -> ir.Table:
    """A match is soft credit in the role that NPSP gives to the donor whose gift was matched."""
    credits = ledger.soft_credits
    inside = credits.filter(credits.role == MATCHED, within(credits.gift_date, as_of, HORIZON))
    found = inside.group_by("unit_id").aggregate(matched=inside.count())
    return labelled(features, found, lambda t: t["matched"] >= 1)


MATCHING_GIFT = Outcome(
    key="matching_gift",
    field_prefix="Matching_Gift",
    title="Has a gift matched within 12 months",
    question="Will an employer match a gift of this donor in the next 12 months?",
    decision="Whom to remind of their employer's matching gifts",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: (features["kind"] == "household") & (features["gifts_24m"] >= 1),
    label=_matched,
    rules=(rules.MOST_MATCHED, rules.LARGEST, rules.SAME_AS_LAST_YEAR),
    bands=Bands(very_high=0.30, high=0.12, medium=0.03),
    minimum_positives=60,
    prior_rate=0.02,
    raised_by=("matched_gifts_24m",),
    not_for=("Assuming where a donor works",),
    silent_without_examples=True,
)
