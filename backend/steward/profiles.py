"""From what is known of giving units to one `AI_Donor_Profile__c` row a Contact: the last stage of the core.

Everything is a column: an array with a value a unit or a Contact, None or (among floats) NaN where nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steward.decide import channels, trend
from steward.decide.policy import DO_NOT_SOLICIT, Policy
from steward.decide.rollout import Rollout
from steward.donors.units import OPTED_OUT
from steward.outcomes import OUTCOMES, Outcome
from steward.profile_texts import NO_REASONS, TEXT, card, entries, fit, insight, joined
from steward.value import ValueAnswers
from steward.words import ENGLISH, Language

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
# Who must not be contacted keeps the scores (the household's giving goes on) but gets no ask and no action.
_FOR_ACTION = (
    "Suggested_Ask__c", "Suggested_Ask_Low__c", "Suggested_Ask_High__c", "Ask_Reason__c", "Priority_Outcome__c",
    "Preferred_Channel__c", "Channel_Reason__c", "Contact_Window_From__c", "Contact_Window_Until__c",
)  # fmt: skip
_RANK_ONLY = frozenset(outcome.field_prefix for outcome in OUTCOMES if outcome.rank_only)

Column = NDArray[np.object_]
Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class OutcomeAnswers:
    """One outcome for the units it is about, at these places among all. `score` is a percentage (0–100, one decimal).

    `score` is NaN where there is only an order; `rank` is "top N %"; `reasons` (Reasons) are None where they are not kept.
    """

    outcome: Outcome
    method: str  # Model or Rule
    version: str
    place: Places
    score: Array
    band: Column
    rank: Column
    confidence: Column
    reasons: Column


@dataclass(frozen=True)
class UnitAnswers:
    """Everything the pipeline concluded of some giving units, before it is mirrored to their Contacts."""

    unit_id: Column
    segment: Column
    outcomes: Mapping[str, OutcomeAnswers]
    main: Column  # the outcome that stands for the unit
    told: Sequence[tuple[str, ...]]  # the outcomes whose reasons are kept, most important first
    priority: Column | None = None  # title of the outcome whose action comes first
    ask: Column | None = None  # an Ask
    affinity: Column | None = None
    health: Column | None = None  # a Health
    reactivation_value: Array | None = None
    channels: Column | None = None  # preferences, best first
    value: ValueAnswers | None = None
    language: Language = ENGLISH


@dataclass(frozen=True)
class Held:
    """What the org's profile of a Contact holds of earlier months, and the model that it is about."""

    trend: str | None = None
    model: str | None = None


def columns(
    members: pd.DataFrame,
    answers: UnitAnswers,
    prefixes: Sequence[str],
    policy: Policy,
    rollout: Rollout,
    as_of: dt.date | None = None,
    held: Mapping[str, Held] | None = None,
) -> dict[str, Column]:
    """The fields of profiles, a value a Contact; `contact_id` (a pseudonym) and `unit_id` beside the org's own field names.

    `members` has contact_id, unit_id, basis, is_lead, excluded_reason, do_not_contact, opted_out_of_email and
    do_not_call, one row a Contact; `held` is what the org holds of them. Without a date there is no trend.
    """
    people = {name: members[name].to_numpy(object) for name in members}
    reason = np.array([one if isinstance(one, str) else None for one in people["excluded_reason"]], object)
    place = pd.Index(answers.unit_id).get_indexer(pd.Index(people["unit_id"]))
    silent = (place < 0) | pd.notna(reason)
    place[silent] = -1
    of_units = _of_units(answers, prefixes, policy)
    found = {name: column[place] for name, column in of_units.items()}
    # Whoever opted out of scoring may still be asked: they get no segment at all, rather than a wrong one.
    found["Segment__c"][silent] = DO_NOT_SOLICIT
    found["Segment__c"][reason == OPTED_OUT] = None
    found["Method__c"][silent] = "Excluded"
    reason[silent & pd.isna(reason)] = "No giving unit"
    found["Preferred_Channel__c"], found["Channel_Reason__c"] = _channels(answers, people, place)
    if as_of is not None:
        found["Trend__c"] = _trends(answers, people["contact_id"], found["Model_Version__c"], place, held or {}, as_of)
    _leave_alone(
        found,
        np.flatnonzero(~silent & people["do_not_contact"].astype(bool)),
        answers.language.say(policy.next_steps[DO_NOT_SOLICIT]),
    )
    return found | {
        "contact_id": people["contact_id"], "unit_id": people["unit_id"], "Basis__c": people["basis"],
        "Household_Lead__c": people["is_lead"].astype(bool).astype(object), "Excluded_Reason__c": reason,
        "Mode__c": np.array([rollout.of(unit) for unit in people["unit_id"]], object),
    }  # fmt: skip


def rows(made: Mapping[str, Column]) -> list[dict[str, Any]]:
    """The same as one dict a Contact, for a few of them; None where nothing is said."""
    people = zip(*map(plain, made.values()), strict=True)
    return [dict(zip(made, person, strict=True)) for person in people]


def plain(column: NDArray[Any]) -> list[Any]:
    """Python's own values, None for NaN."""
    values: list[Any] = column.tolist()
    return [None if value != value else value for value in values] if column.dtype == np.float64 else values  # noqa: PLR0124


def _leave_alone(found: Mapping[str, Column], people: Places, step: str) -> None:
    found["Segment__c"][people] = DO_NOT_SOLICIT
    found["Next_Step__c"][people] = step
    for name in _FOR_ACTION:
        found[name][people] = None


def _channels(answers: UnitAnswers, people: Mapping[str, Column], place: Places) -> tuple[Column, Column]:
    """The household's habit as far as each person's own consent allows it."""
    channel, why = (np.full(len(place), None, object) for _ in range(2))
    if answers.channels is not None:
        for person in np.flatnonzero(place >= 0):
            if preferred := answers.channels[place[person]]:
                no_email, no_calls = (bool(people[name][person]) for name in ("opted_out_of_email", "do_not_call"))
                found = channels.allowed(preferred, no_email=no_email, no_calls=no_calls)
                if found:
                    channel[person], why[person] = found.channel, fit(found.told(answers.language))
    return channel, why


def _trends(
    answers: UnitAnswers, contacts: Column, versions: Column, place: Places, held: Mapping[str, Held], as_of: dt.date
) -> Column:
    """The score that stands for the donor, month by month."""
    scores, nothing = _main_scores(answers)[place], Held()
    found = np.full(len(place), None, object)
    told = np.flatnonzero(~np.isnan(scores))
    for person, score in zip(told.tolist(), scores[told].tolist(), strict=True):
        before = held.get(contacts[person], nothing)
        earlier = before.trend if trend.same_question(before.model, versions[person]) else None
        found[person] = trend.extended(earlier, as_of, score)
    return found


def _of_units(answers: UnitAnswers, prefixes: Sequence[str], policy: Policy) -> dict[str, Column]:
    """The fields that all members of a unit share. After the units comes one that stands for none: all blank."""
    size = len(answers.unit_id) + 1
    blank = np.full(size, None, object)
    found = dict.fromkeys([*_score_fields(prefixes), *ANSWER_FIELDS], blank)
    for one in answers.outcomes.values():
        prefix = one.outcome.field_prefix
        parts = {"Band": one.band, "Rank": one.rank} | ({} if prefix in _RANK_ONLY else {"Score": one.score})
        found |= {f"{prefix}_{part}__c": _spread(size, one.place, values) for part, values in parts.items()}
    plain = {
        "Segment__c": answers.segment, "Affinity_Cluster__c": answers.affinity, "Priority_Outcome__c": answers.priority,
        "Next_Step__c": [answers.language.say(policy.next_steps[segment]) for segment in answers.segment],
        "Reactivation_Value__c": answers.reactivation_value, "Reasons__c": _reasons(answers),
    }  # fmt: skip
    everybody = np.arange(size - 1)
    found |= {name: _spread(size, everybody, values) for name, values in plain.items() if values is not None}
    return found | _of_main(answers, size) | _asks(answers, size) | _health(answers, size) | _worth(answers, size)


def _score_fields(prefixes: Sequence[str]) -> list[str]:
    parts = {prefix: ("Band", "Rank") if prefix in _RANK_ONLY else ("Score", "Band", "Rank") for prefix in prefixes}
    return [f"{prefix}_{part}__c" for prefix, ends in parts.items() for part in ends]


def _spread(size: int, place: Places, values: Any) -> NDArray[Any]:
    """A column with these values at their places, and nothing elsewhere."""
    floats = isinstance(values, np.ndarray) and values.dtype == np.float64
    column = np.full(size, np.nan) if floats else np.full(size, None, object)
    column[place] = values
    return column


def _main_scores(answers: UnitAnswers) -> Array:
    scores = np.full(len(answers.unit_id) + 1, np.nan)
    for key, one in answers.outcomes.items():
        own = answers.main[one.place] == key
        scores[one.place[own]] = one.score[own]
    return scores


def _of_main(answers: UnitAnswers, size: int) -> dict[str, Column]:
    """What the outcome that stands for the unit says."""
    names = ("Method__c", "Model_Version__c", "Confidence__c", "Helps__c", "Holds_Back__c", "Cultivation_Insight__c")
    found = {name: np.full(size, None, object) for name in names}
    found["Method__c"][:-1] = "Rule"
    for key, one in answers.outcomes.items():
        rows = np.flatnonzero(answers.main[one.place] == key)
        unit, why = one.place[rows], [reasons or NO_REASONS for reasons in one.reasons[rows]]
        found["Method__c"][unit], found["Model_Version__c"][unit] = one.method, one.version
        found["Confidence__c"][unit] = one.confidence[rows]
        found["Helps__c"][unit] = [joined(reasons.helps) for reasons in why]
        found["Holds_Back__c"][unit] = [joined(reasons.holds_back) for reasons in why]
        said = zip(plain(one.score[rows]), one.band[rows], why, strict=True)
        found["Cultivation_Insight__c"][unit] = [insight(one.outcome.title, *each, answers.language) for each in said]
    return found


def _asks(answers: UnitAnswers, size: int) -> dict[str, Column]:
    if answers.ask is None:
        return {}
    unit = np.flatnonzero(pd.notna(answers.ask))
    parts = {"Suggested_Ask__c": "suggested", "Suggested_Ask_Low__c": "low", "Suggested_Ask_High__c": "high"}
    made = answers.ask[unit].tolist()
    reasons = [ask.reason[:TEXT] for ask in made]
    amounts = {name: np.array([getattr(ask, part) for ask in made], np.float64) for name, part in parts.items()}
    return {name: _spread(size, unit, values) for name, values in (amounts | {"Ask_Reason__c": reasons}).items()}


def _health(answers: UnitAnswers, size: int) -> dict[str, Column]:
    if answers.health is None:
        return {}
    unit = np.flatnonzero(pd.notna(answers.health))
    stands = answers.health[unit]
    return {
        "Recurring_Health__c": _spread(size, unit, [one.state for one in stands]),
        "Recurring_Health_Reason__c": _spread(size, unit, [fit(one.reason) for one in stands]),
    }


def _worth(answers: UnitAnswers, size: int) -> dict[str, Column]:
    worth = answers.value
    if worth is None:
        return {}
    found: dict[str, Any] = {"Value_Reason__c": worth.basis}
    for name, money in zip(
        AMOUNTS, (worth.expected_gift, *(worth.lifetime[years] for years in (1, 3, 5))), strict=True
    ):
        found |= {f"{name}__c": money.amount, f"{name}_Low__c": money.low, f"{name}_High__c": money.high}
    for name, window in (("Next_Gift", worth.next_gift), ("Contact_Window", worth.contact)):
        found |= {
            f"{name}_From__c": np.datetime_as_string(window.first),
            f"{name}_Until__c": np.datetime_as_string(window.last),
        }
    return {name: _spread(size, worth.place, values) for name, values in found.items()}


def _reasons(answers: UnitAnswers) -> list[str | None]:
    said = {}
    for key, one in answers.outcomes.items():
        kept = np.flatnonzero(pd.notna(one.reasons))
        texts = entries(one.outcome, one.method, one.version, one.reasons[kept], one.confidence[kept])
        said[key] = _spread(len(answers.unit_id), one.place[kept], texts).tolist()
    return [card([said[key][unit] for key in told]) for unit, told in enumerate(answers.told)]
