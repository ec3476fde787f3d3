"""From what is known of giving units to one `AI_Donor_Profile__c` row a Contact: the last stage of the core.

Everything is a column with a value a unit or a Contact: numbers, NaN where there is none, or words, shared by those who are
told the same.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.decide import channels, trend
from steward.decide.policy import DO_NOT_SOLICIT, Policy
from steward.decide.rollout import Rollout
from steward.donors.units import OPTED_OUT
from steward.explain import Told
from steward.outcomes import OUTCOMES, Outcome
from steward.profile_texts import TEXT, cards, entries, fit, insight, joined
from steward.shared import NOTHING, Places, Shared, alike, taken
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

Array = NDArray[np.float64]
# Of truths none is missing; texts that hardly two share are Arrow's.
Column: TypeAlias = Shared | Array | NDArray[np.bool_] | pa.Array


@dataclass(frozen=True)
class OutcomeAnswers:
    """One outcome for the units it is about, at these places among all. `score` is a percentage (0–100, one decimal).

    `score` is NaN where there is only an order; `rank` is "top N %"; those whose reasons are not kept are told nothing.
    """

    outcome: Outcome
    method: str  # Model or Rule
    version: str
    place: Places
    score: Array
    band: Shared
    rank: Shared
    confidence: Shared
    told: Told


@dataclass(frozen=True)
class UnitAnswers:
    """Everything the pipeline concluded of some giving units, before it is mirrored to their Contacts."""

    unit_id: NDArray[np.object_]
    segment: Shared
    outcomes: Mapping[str, OutcomeAnswers]
    main: Shared  # the outcome that stands for the unit
    told: Shared  # the outcomes whose reasons are kept, most important first
    priority: Shared | None = None  # title of the outcome whose action comes first
    ask: Shared | None = None  # an Ask
    affinity: Shared | None = None
    health: Shared | None = None  # a Health
    reactivation_value: Array | None = None
    channels: Shared | None = None  # preferences, best first
    value: ValueAnswers | None = None
    language: Language = ENGLISH


@dataclass(frozen=True)
class Held:
    """What the org's profile of a Contact holds of earlier months, and the model that it is about."""

    trend: str | None = None
    model: str | None = None


def columns(
    members: pa.Table,
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
    people = {name: members[name].combine_chunks() for name in members.column_names}
    reason, units = _words(people["excluded_reason"]), pa.array(answers.unit_id, pa.string())
    place = pc.index_in(people["unit_id"], units).fill_null(NOTHING).to_numpy().astype(np.intp)
    silent = (place < 0) | reason.known
    place[silent] = NOTHING
    found = {name: taken(column, place) for name, column in _of_units(answers, prefixes, policy).items()}
    found["Preferred_Channel__c"], found["Channel_Reason__c"] = _channels(answers, people, place)
    if as_of is not None:
        found["Trend__c"] = _trends(answers, people["contact_id"], found["Model_Version__c"], place, held or {}, as_of)
    found |= _silenced(found, silent, reason.among({OPTED_OUT}))
    step = answers.language.say(policy.next_steps[DO_NOT_SOLICIT])
    found |= _left_alone(found, ~silent & _truths(people["do_not_contact"]), step)
    return found | {
        "contact_id": people["contact_id"], "unit_id": people["unit_id"], "Basis__c": _words(people["basis"]),
        "Household_Lead__c": _truths(people["is_lead"]), "Mode__c": rollout.of_all(people["unit_id"]),
        "Excluded_Reason__c": reason.put(silent & ~reason.known, "No giving unit"),
    }  # fmt: skip


def rows(made: Mapping[str, Column]) -> list[dict[str, Any]]:
    """The same as one dict a Contact, for a few of them; None where nothing is said."""
    people = zip(*map(plain, made.values()), strict=True)
    return [dict(zip(made, person, strict=True)) for person in people]


def plain(column: Column) -> list[Any]:
    """Python's own values, None for NaN."""
    values: list[Any] = column.tolist()
    floats = isinstance(column, np.ndarray) and column.dtype == np.float64
    return [None if value != value else value for value in values] if floats else values  # noqa: PLR0124


def _words(column: pa.Array) -> Shared:
    return Shared.of(column.cast(pa.string()).to_numpy(zero_copy_only=False))


def _truths(column: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.to_numpy(zero_copy_only=False).astype(bool)
    return found


def _silenced(found: Mapping[str, Any], silent: NDArray[np.bool_], opted_out: NDArray[np.bool_]) -> dict[str, Column]:
    """Whoever opted out of scoring may still be asked: they get no segment at all, rather than a wrong one."""
    return {
        "Segment__c": found["Segment__c"].put(silent, DO_NOT_SOLICIT).put(opted_out, None),
        "Method__c": found["Method__c"].put(silent, "Excluded"),
    }


def _left_alone(found: Mapping[str, Any], people: NDArray[np.bool_], step: str) -> dict[str, Column]:
    blank = np.where(people, NOTHING, np.arange(len(people)))
    return {name: taken(found[name], blank) for name in _FOR_ACTION} | {
        "Segment__c": found["Segment__c"].put(people, DO_NOT_SOLICIT), "Next_Step__c": found["Next_Step__c"].put(people, step),
    }  # fmt: skip


def _channels(answers: UnitAnswers, people: Mapping[str, pa.Array], place: Places) -> tuple[Shared, Shared]:
    """The household's habit as far as each person's own consent allows it."""
    if answers.channels is None:
        return Shared.nothing(len(place)), Shared.nothing(len(place))
    habit = answers.channels.taken(place)
    no_email, no_calls = (_truths(people[name]) for name in ("opted_out_of_email", "do_not_call"))
    one, like = alike(habit.place, no_email, no_calls)
    found = Shared(
        [channels.allowed(habit[person] or (), no_email=no_email[person], no_calls=no_calls[person]) for person in one], like
    )  # fmt: skip
    return found.each(lambda way: way.channel), found.each(lambda way: fit(way.told(answers.language)))


def _trends(
    answers: UnitAnswers, contacts: pa.Array, versions: Shared, place: Places, held: Mapping[str, Held], as_of: dt.date
) -> Shared:
    """The score that stands for the donor, month by month."""
    scores = taken(_main_scores(answers), place)
    before = Shared.nothing(len(place))
    if held:
        before = Shared.of(np.array([held.get(contact) for contact in contacts.tolist()], object))
    one, like = alike(scores, before.place, versions.place)
    found = []
    for person in one.tolist():
        earlier, score = before[person], scores[person]
        same = earlier is not None and trend.same_question(earlier.model, versions[person])
        found.append(None if np.isnan(score) else trend.extended(earlier.trend if same else None, as_of, score))
    return Shared(found, like)


def _of_units(answers: UnitAnswers, prefixes: Sequence[str], policy: Policy) -> dict[str, Column]:
    """The fields that all members of a unit share."""
    units = len(answers.unit_id)
    found: dict[str, Column] = dict.fromkeys([*_score_fields(prefixes), *ANSWER_FIELDS], Shared.nothing(units))
    for one in answers.outcomes.values():
        prefix = one.outcome.field_prefix
        found |= {
            f"{prefix}_{part}__c": _spread(units, one.place, words)
            for part, words in (("Band", one.band), ("Rank", one.rank))
        }
        if prefix not in _RANK_ONLY:
            found[f"{prefix}_Score__c"] = _numbers(units, one.place, one.score)
    more = {
        "Segment__c": answers.segment, "Affinity_Cluster__c": answers.affinity, "Priority_Outcome__c": answers.priority,
        "Next_Step__c": answers.segment.each(lambda segment: answers.language.say(policy.next_steps[segment])),
        "Reactivation_Value__c": answers.reactivation_value, "Reasons__c": _reasons(answers),
    }  # fmt: skip
    found |= {name: column for name, column in more.items() if column is not None}
    return found | _of_main(answers) | _asks(answers) | _health(answers) | _worth(answers)


def _score_fields(prefixes: Sequence[str]) -> list[str]:
    parts = {prefix: ("Band", "Rank") if prefix in _RANK_ONLY else ("Score", "Band", "Rank") for prefix in prefixes}
    return [f"{prefix}_{part}__c" for prefix, ends in parts.items() for part in ends]


def _spread(units: int, place: Places, words: Shared) -> Shared:
    return Shared.gathered(units, [(place, words)])


def _numbers(units: int, place: Places, values: Array) -> Array:
    column = np.full(units, np.nan)
    column[place] = values
    return column


def _main(answers: UnitAnswers) -> Iterator[tuple[OutcomeAnswers, Places]]:
    """Each outcome with those of its rows whose unit it stands for."""
    for key, one in answers.outcomes.items():
        yield one, np.flatnonzero(answers.main.among({key})[one.place])


def _main_scores(answers: UnitAnswers) -> Array:
    scores = np.full(len(answers.unit_id), np.nan)
    for one, rows in _main(answers):
        scores[one.place[rows]] = one.score[rows]
    return scores


def _of_main(answers: UnitAnswers) -> dict[str, Shared]:
    """What the outcome that stands for the unit says."""
    units = len(answers.unit_id)
    told = [(one.place[rows], _told(one, rows, answers.language)) for one, rows in _main(answers)]
    names = ("Method__c", "Model_Version__c", "Confidence__c", "Helps__c", "Holds_Back__c", "Cultivation_Insight__c")
    found = {name: Shared.gathered(units, [(unit, columns[name]) for unit, columns in told]) for name in names}
    return found | {"Method__c": found["Method__c"].put(~found["Method__c"].known, "Rule")}


def _told(one: OutcomeAnswers, rows: Places, language: Language) -> dict[str, Shared]:
    """The same of one outcome."""
    everybody, score, band = np.zeros(len(rows), np.intp), one.score[rows], one.band.taken(rows)
    helps, holds_back = one.told.helps[rows], one.told.holds_back[rows]
    first, like = alike(score, band.place, helps[:, 0], holds_back[:, 0])
    strongest = Told(one.told.sentences, helps[first, :1], holds_back[first, :1]).each()
    insights = [
        insight(one.outcome.title, None if number != number else number, band[row], why, language)  # noqa: PLR0124
        for row, number, why in zip(first.tolist(), score[first].tolist(), strongest, strict=True)
    ]
    return {
        "Method__c": Shared([one.method], everybody), "Model_Version__c": Shared([one.version], everybody),
        "Confidence__c": one.confidence.taken(rows), "Cultivation_Insight__c": Shared(insights, like),
        "Helps__c": _joined(one.told.sentences, helps), "Holds_Back__c": _joined(one.told.sentences, holds_back),
    }  # fmt: skip


def _joined(sentences: Sequence[str], said: Places) -> Shared:
    one, like = alike(*said.T)
    return Shared([joined([sentences[n] for n in some if n >= 0]) for some in said[one].tolist()], like)


def _asks(answers: UnitAnswers) -> dict[str, Column]:
    if answers.ask is None:
        return {}
    parts = {"Suggested_Ask__c": "suggested", "Suggested_Ask_Low__c": "low", "Suggested_Ask_High__c": "high"}
    amounts = {name: answers.ask.numbers(operator.attrgetter(part)) for name, part in parts.items()}
    return {**amounts, "Ask_Reason__c": answers.ask.each(lambda ask: ask.reason[:TEXT])}


def _health(answers: UnitAnswers) -> dict[str, Column]:
    if answers.health is None:
        return {}
    return {
        "Recurring_Health__c": answers.health.each(lambda one: one.state),
        "Recurring_Health_Reason__c": answers.health.each(lambda one: fit(one.reason)),
    }


def _worth(answers: UnitAnswers) -> dict[str, Column]:
    worth, units = answers.value, len(answers.unit_id)
    if worth is None:
        return {}
    everybody = np.zeros(len(worth.place), np.intp)
    found: dict[str, Column] = {"Value_Reason__c": _spread(units, worth.place, Shared([worth.basis], everybody))}
    moneys = (worth.expected_gift, *(worth.lifetime[years] for years in (1, 3, 5)))
    for name, money in zip(AMOUNTS, moneys, strict=True):
        for end, amounts in (("", money.amount), ("_Low", money.low), ("_High", money.high)):
            found[f"{name}{end}__c"] = _numbers(units, worth.place, amounts)
    for name, window in (("Next_Gift", worth.next_gift), ("Contact_Window", worth.contact)):
        for end, days in (("From", window.first), ("Until", window.last)):
            found[f"{name}_{end}__c"] = _spread(units, worth.place, _days(days))
    return found


def _days(days: NDArray[np.datetime64]) -> Shared:
    one, like = alike(days)
    return Shared(np.datetime_as_string(days[one]).tolist(), like)


def _reasons(answers: UnitAnswers) -> pa.StringArray:
    """The cards: of each outcome its entries, in the turn in which it is told."""
    said = []
    for key, one in answers.outcomes.items():
        turns = [told.index(key) if key in told else NOTHING for told in answers.told.values]
        turn = np.array([*turns, NOTHING])[answers.told.place][one.place]
        kept = np.flatnonzero(turn >= 0)
        told = one.told.taken(kept)
        said.append(
            (
                entries(one.outcome, one.method, one.version, told, one.confidence.taken(kept)),
                one.place[kept],
                turn[kept],
            )
        )
    return cards(len(answers.unit_id), said)
