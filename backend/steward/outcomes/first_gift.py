"""Never gave, and gives within 12 months: which contacts to invite to a first gift, volunteers before the others."""

from __future__ import annotations

from typing import Any

from steward.outcomes import rules
from steward.outcomes.outcome import Bands, Outcome, giving, labelled

HORIZON = 365


def _no_gift_yet(features: Any) -> Any:
    """On record already: whoever is entered only with the first gift was nobody to invite before."""
    on_record = features["months_on_record"] >= 0
    return (features["kind"] == "household") & (features["gift_count"] == 0) & on_record


FIRST_GIFT = Outcome(
    key="first_gift",
    field_prefix="First_Gift",
    title="Makes a first gift within 12 months",
    question="Will this household, which has never given, make its first gift in the next 12 months?",
    decision="Whom to invite to an event or to a first small gift",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=_no_gift_yet,
    label=lambda ledger, features, as_of: labelled(
        features, giving(ledger, as_of, HORIZON), lambda found: found["gifts"] >= 1
    ),
    rules=(rules.ANSWERS, rules.CONTACT, rules.NEWEST, rules.HOURS),
    bands=Bands(very_high=0.20, high=0.10, medium=0.03),
    minimum_positives=60,
    prior_rate=0.03,
    earns=True,
    direction=1,
    not_for=("Judging what a contact could afford",),
    silent_without_examples=True,
)

VOLUNTEER_TO_DONOR = Outcome(
    key="volunteer_to_donor",
    field_prefix="Volunteer_To_Donor",
    title="Volunteer gives first within 12 months",
    question="Will this household, which gives time and has never given money, make its first gift in the next 12 months?",
    decision="Which volunteers to invite to give",
    horizon_days=HORIZON,
    higher_is_better=True,
    eligible=lambda features: _no_gift_yet(features) & (features["months_since_volunteering"] >= 0),
    label=lambda ledger, features, as_of: labelled(
        features, giving(ledger, as_of, HORIZON), lambda found: found["gifts"] >= 1
    ),
    rules=(rules.HOURS, rules.LATELY_VOLUNTEERED, rules.ANSWERS, rules.NEWEST),
    bands=Bands(very_high=0.30, high=0.15, medium=0.05),
    minimum_positives=60,
    prior_rate=0.08,
    earns=True,
    direction=1,
    not_for=("Judging the worth of a volunteer's time",),
    silent_without_examples=True,
)
