"""What was concluded of giving units, and the fields of a profile that all members of a unit share."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.decide.policy import Policy
from steward.explain import Told
from steward.outcomes import OUTCOMES, Outcome
from steward.profile_texts import TEXT, cards, entries, fit, insight, joined
from steward.shared import NOTHING, Places, Shared, alike
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
    """Everything the pipeline concluded of some giving units, before it is mirrored to their Contacts. Units of the same facts
    are told the same: `like` is the row of each unit's answer in the columns, and its place in theirs."""

    unit_id: NDArray[np.object_]
    like: Places
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

    def __len__(self) -> int:
        """How many different answers there are."""
        return len(self.main)

    def rows_of(self, units: pa.Array) -> Places:
        """The row of each of these units' answer, NOTHING where there is none."""
        unit = pc.index_in(units, pa.array(self.unit_id, pa.string()))
        found: Places = pa.array(self.like).take(unit).fill_null(NOTHING).to_numpy().astype(np.intp)
        return found


def of_units(answers: UnitAnswers, prefixes: Sequence[str], policy: Policy) -> dict[str, Column]:
    """The fields that all members of a unit share."""
    units = len(answers)
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


def main_scores(answers: UnitAnswers) -> Array:
    scores = np.full(len(answers), np.nan)
    for one, rows in _main(answers):
        scores[one.place[rows]] = one.score[rows]
    return scores


def _of_main(answers: UnitAnswers) -> dict[str, Shared]:
    """What the outcome that stands for the unit says."""
    units = len(answers)
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
    worth, units = answers.value, len(answers)
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
        made = entries(one.outcome, one.method, one.version, one.told.taken(kept), one.confidence.taken(kept))
        said.append((made, one.place[kept], turn[kept]))
    return cards(len(answers), said)
