"""From what is known of giving units to one `AI_Donor_Profile__c` row a Contact: the last stage of the core.

Everything is a column with a value a unit or a Contact: numbers, NaN where there is none, or words, shared by those who are
told the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steward.decide import channels, trend
from steward.decide.policy import DO_NOT_SOLICIT, Policy
from steward.decide.rollout import Rollout
from steward.donors.units import OPTED_OUT
from steward.profile_fields import Column, UnitAnswers, main_scores, of_units
from steward.profile_texts import fit
from steward.shared import NOTHING, Places, Shared, alike, taken

# Who must not be contacted keeps the scores (the household's giving goes on) but gets no ask and no action.
_FOR_ACTION = (
    "Suggested_Ask__c", "Suggested_Ask_Low__c", "Suggested_Ask_High__c", "Ask_Reason__c", "Priority_Outcome__c",
    "Preferred_Channel__c", "Channel_Reason__c", "Contact_Window_From__c", "Contact_Window_Until__c",
)  # fmt: skip


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
    reason, place = _words(people["excluded_reason"]), answers.rows_of(people["unit_id"])
    silent = (place < 0) | reason.known
    place[silent] = NOTHING
    found = {name: taken(column, place) for name, column in of_units(answers, prefixes, policy).items()}
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
    scores = taken(main_scores(answers), place)
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
