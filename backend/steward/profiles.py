"""From what is known of a giving unit to one `AI_Donor_Profile__c` row a Contact: the last stage of the core."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from steward.decide import channels, trend
from steward.decide.asks import Ask
from steward.decide.channels import Preference
from steward.decide.policy import DO_NOT_SOLICIT, Policy
from steward.decide.rollout import Rollout
from steward.decide.sustainers import Health
from steward.donors.units import OPTED_OUT
from steward.outcomes import OUTCOMES
from steward.value import ValueAnswer

TEXT = 255
REASONS = 16_384

AMOUNTS = ("Expected_Gift", "Lifetime_Value_1_Year", "Lifetime_Value_3_Years", "Lifetime_Value_5_Years")

# Fields of a unit's answer; all are blank on a profile that is excluded.
ANSWER_FIELDS = (
    "Helps__c", "Holds_Back__c", "Reasons__c", "Affinity_Cluster__c", "Cultivation_Insight__c", "Next_Step__c",
    "Suggested_Ask__c", "Suggested_Ask_Low__c", "Suggested_Ask_High__c", "Ask_Reason__c", "Confidence__c", "Model_Version__c",
    "Priority_Outcome__c", "Recurring_Health__c", "Recurring_Health_Reason__c", "Reactivation_Value__c",
    "Preferred_Channel__c", "Channel_Reason__c", "Trend__c", "Value_Reason__c", "Next_Gift_From__c", "Next_Gift_Until__c",
    "Contact_Window_From__c", "Contact_Window_Until__c",
    *(f"{amount}{end}__c" for amount in AMOUNTS for end in ("", "_Low", "_High")),
)  # fmt: skip
_RANK_ONLY = frozenset(outcome.field_prefix for outcome in OUTCOMES if outcome.rank_only)


class OutcomeAnswer(NamedTuple):
    """One outcome for one giving unit. `score` is a percentage (0–100, one decimal), `rank` is "top N %".

    `score` is None where there is only an order.
    """

    field_prefix: str
    title: str
    score: float | None
    band: str
    rank: int
    method: str  # Model or Rule
    version: str
    helps: Sequence[str] = ()
    holds_back: Sequence[str] = ()
    confidence: str = "Low"


@dataclass(frozen=True)
class UnitAnswer:
    """Everything the pipeline concluded for one giving unit, before it is mirrored to the unit's Contacts.

    The first of `outcomes` stands for the donor; the first `told` of them bring their reasons.
    """

    segment: str
    outcomes: Sequence[OutcomeAnswer] = field(default_factory=tuple)
    ask: Ask | None = None
    affinity: str | None = None
    told: int | None = None
    priority: str | None = None  # title of the outcome whose action comes first
    health: Health | None = None
    reactivation_value: float | None = None
    channels: tuple[Preference, ...] = ()  # best first
    value: ValueAnswer | None = None


@dataclass(frozen=True)
class Held:
    """What the org's profile of a Contact holds of earlier months, and the model that it is about."""

    trend: str | None = None
    model: str | None = None


def rows(
    members: pd.DataFrame,
    answers: Mapping[str, UnitAnswer],
    prefixes: Sequence[str],
    policy: Policy,
    rollout: Rollout,
    as_of: dt.date | None = None,
    held: Mapping[str, Held] | None = None,
) -> list[dict[str, Any]]:
    """One dict of profile fields a Contact, keyed `contact_id` (pseudonym) and `unit_id` beside the org's own field names.

    `members` has contact_id, unit_id, basis, is_lead, excluded_reason, do_not_contact, opted_out_of_email and
    do_not_call, one row a Contact; `held` is what the org holds of them. Without a date there is no trend.
    """
    composed = {unit: _answer_fields(answer, prefixes, policy) for unit, answer in answers.items()}
    blank = _blank(prefixes)
    result = []
    for member in members.itertuples(index=False):
        excluded = member.excluded_reason if isinstance(member.excluded_reason, str) else None
        fields = composed.get(member.unit_id)
        row: dict[str, Any] = {
            "contact_id": member.contact_id,
            "unit_id": member.unit_id,
            "Basis__c": member.basis,
            "Household_Lead__c": bool(member.is_lead),
            "Mode__c": rollout.of(member.unit_id),
            "Excluded_Reason__c": excluded,
        }
        if excluded or fields is None:
            # Whoever opted out of scoring may still be asked: they get no segment at all, rather than a wrong one.
            row |= blank | {"Method__c": "Excluded", "Segment__c": None if excluded == OPTED_OUT else DO_NOT_SOLICIT}
            row["Excluded_Reason__c"] = excluded or "No giving unit"
        else:
            answer = answers[member.unit_id]
            row |= fields | _channel(answer, member)
            row["Trend__c"] = _trend(answer, (held or {}).get(member.contact_id, Held()), as_of)
            if member.do_not_contact:
                row |= _no_contact(policy)
        result.append(row)
    return result


def _answer_fields(answer: UnitAnswer, prefixes: Sequence[str], policy: Policy) -> dict[str, Any]:
    fields = _blank(prefixes)
    for outcome in answer.outcomes:
        if outcome.field_prefix not in _RANK_ONLY:
            fields[f"{outcome.field_prefix}_Score__c"] = outcome.score
        fields[f"{outcome.field_prefix}_Band__c"] = outcome.band
        fields[f"{outcome.field_prefix}_Rank__c"] = outcome.rank
    main = answer.outcomes[0] if answer.outcomes else None
    fields |= {
        "Method__c": main.method if main else "Rule",
        "Segment__c": answer.segment,
        "Affinity_Cluster__c": answer.affinity,
        "Next_Step__c": policy.next_steps[answer.segment],
        "Cultivation_Insight__c": _insight(main),
        "Reasons__c": _reasons(answer.outcomes[: answer.told]),
        "Priority_Outcome__c": answer.priority,
        "Reactivation_Value__c": answer.reactivation_value,
    }
    if answer.value:
        fields |= _worth(answer.value)
    if answer.health:
        fields |= {
            "Recurring_Health__c": answer.health.state,
            "Recurring_Health_Reason__c": _fit(answer.health.reason),
        }
    if main:
        fields |= {
            "Helps__c": _joined(main.helps),
            "Holds_Back__c": _joined(main.holds_back),
            "Confidence__c": main.confidence,
            "Model_Version__c": main.version,
        }
    if answer.ask:
        fields |= {
            "Suggested_Ask__c": answer.ask.suggested,
            "Suggested_Ask_Low__c": answer.ask.low,
            "Suggested_Ask_High__c": answer.ask.high,
            "Ask_Reason__c": answer.ask.reason[:TEXT],
        }
    return fields


def _worth(value: ValueAnswer) -> dict[str, Any]:
    amounts = (value.expected_gift, *(value.lifetime[years] for years in (1, 3, 5)))
    fields: dict[str, Any] = {}
    for name, money in zip(AMOUNTS, amounts, strict=True):
        fields |= {f"{name}__c": money.amount, f"{name}_Low__c": money.low, f"{name}_High__c": money.high}
    return fields | {
        "Value_Reason__c": value.basis,
        "Next_Gift_From__c": value.next_gift.first.isoformat(),
        "Next_Gift_Until__c": value.next_gift.last.isoformat(),
        "Contact_Window_From__c": value.contact.first.isoformat(),
        "Contact_Window_Until__c": value.contact.last.isoformat(),
    }


def _no_contact(policy: Policy) -> dict[str, Any]:
    """A person who must not be contacted keeps the scores (the household's giving goes on) but gets no ask and no action."""
    return {
        "Segment__c": DO_NOT_SOLICIT,
        "Next_Step__c": policy.next_steps[DO_NOT_SOLICIT],
        "Suggested_Ask__c": None,
        "Suggested_Ask_Low__c": None,
        "Suggested_Ask_High__c": None,
        "Ask_Reason__c": None,
        "Priority_Outcome__c": None,
        "Preferred_Channel__c": None,
        "Channel_Reason__c": None,
        "Contact_Window_From__c": None,
        "Contact_Window_Until__c": None,
    }


def _channel(answer: UnitAnswer, member: Any) -> dict[str, Any]:
    """The household's habit as far as this person's own consent allows it."""
    found = channels.allowed(
        answer.channels, no_email=bool(member.opted_out_of_email), no_calls=bool(member.do_not_call)
    )
    if found is None:
        return {}
    return {"Preferred_Channel__c": found.channel, "Channel_Reason__c": _fit(found.reason)}


def _trend(answer: UnitAnswer, held: Held, as_of: dt.date | None) -> str | None:
    main = answer.outcomes[0] if answer.outcomes else None
    if main is None or main.score is None or as_of is None:
        return None
    earlier = held.trend if trend.same_question(held.model, main.version) else None
    return trend.extended(earlier, as_of, main.score)


def _blank(prefixes: Sequence[str]) -> dict[str, Any]:
    scores = {
        f"{prefix}_{part}__c": None
        for prefix in prefixes
        for part in (("Band", "Rank") if prefix in _RANK_ONLY else ("Score", "Band", "Rank"))
    }
    return {**scores, **dict.fromkeys(ANSWER_FIELDS)}


def _insight(main: OutcomeAnswer | None) -> str | None:
    """One sentence that a fundraiser can say: the likelihood in words, then the strongest reason on each side."""
    if main is None:
        return None
    likelihood = f" ({_in_100(main.score)})" if main.score is not None else ""
    parts = [f"{main.title}: {main.band.lower()}{likelihood}"]
    if main.helps:
        parts.append(main.helps[0])
    if main.holds_back:
        parts.append(f"but {main.holds_back[0]}" if main.helps else main.holds_back[0])
    return _fit("; ".join(parts) + ".")


def _in_100(score: float) -> str:
    """A likelihood is never quite sure."""
    if score >= 99.5:
        return "more than 99 in 100"
    return f"about {round(score)} in 100" if score >= 0.5 else "fewer than 1 in 100"


def _reasons(outcomes: Sequence[OutcomeAnswer]) -> str | None:
    """JSON for the card, outcome by outcome; whole outcomes are left out from the end where the field would overflow."""
    entries = {
        outcome.field_prefix: {
            "title": outcome.title,
            "helps": list(outcome.helps),
            "holds_back": list(outcome.holds_back),
            "method": outcome.method,
            "model": outcome.version,
            "confidence": outcome.confidence,
        }
        for outcome in outcomes
    }
    while entries:
        text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
        if len(text) <= REASONS:
            return text
        entries.popitem()
    return None


def _joined(reasons: Sequence[str]) -> str | None:
    """As many whole reasons as fit a Text(255), strongest first."""
    text = ""
    for reason in reasons:
        longer = f"{text}; {reason}" if text else reason
        if len(longer) > TEXT:
            break
        text = longer
    return text or None


def _fit(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"
