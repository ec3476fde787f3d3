"""The core in one pass: from a ledger and a date to one answer a giving unit. Values in, values out."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steward import explain, outcomes, scoring
from steward.decide import asks, channels, priority, sustainers
from steward.decide.policy import MAJOR_GIFT_PROSPECT, UPGRADE_READY, Policy
from steward.decide.segments import segments
from steward.decide.sustainers import Growth, Standing
from steward.donors import Ledger
from steward.facts import facts
from steward.models import Model
from steward.models.frames import Rows, UnitFacts, facts_of, to_facts
from steward.models.treetables import Floats
from steward.profile_fields import OutcomeAnswers, UnitAnswers
from steward.scoring import Scores
from steward.shared import Shared, alike
from steward.value import ValueModel
from steward.value import answers as value_answers
from steward.words import ENGLISH, Language


@dataclass(frozen=True)
class Assessment:
    """`answers`: what follows from what is known of each unit; `members`: the Contacts concerned."""

    answers: UnitAnswers
    members: pa.Table


@dataclass(frozen=True)
class Ways:
    """By what units are answered: the models that speak, the policy and the date."""

    champions: Sequence[Model]
    value: ValueModel | None
    policy: Policy
    as_of: dt.date
    language: Language = ENGLISH
    threads: int = 1


@dataclass(frozen=True)
class _Order:
    """What matters most for each unit, by its bands: which outcome stands for it, what comes first, whose reasons are kept."""

    main: Shared
    priority: Shared  # a title
    told: Shared
    kept: Mapping[str, NDArray[np.bool_]]  # outcome → the units whose reasons of it are kept


def assess(
    ledger: Ledger,
    gaus: ir.Table,
    champions: Sequence[Model],
    as_of: dt.date,
    policy: Policy,
    *,
    language: Language = ENGLISH,
    threads: int = 1,
    contacts: Iterable[str] | None = None,
    value: ValueModel | None = None,
    known: ir.Table | None = None,
) -> Assessment:
    """Answers for the units of these Contacts (pseudonyms), or for all.

    `known`: the facts of this ledger and date, where someone has that expression at hand.
    """
    members = ledger.members
    found = facts(ledger, gaus, as_of) if known is None else known
    if contacts is not None:
        chosen = ibis.memtable({"contact_id": sorted(contacts)}, schema={"contact_id": "string"})
        units = members.semi_join(chosen, "contact_id").select("unit_id").distinct()
        members = members.semi_join(units, "unit_id")
        found = found.semi_join(units, "unit_id")
    answers = answered(to_facts(found), Ways(champions, value, policy, as_of, language, threads))
    return Assessment(answers, members.to_pyarrow().sort_by("contact_id"))


def answered(rows: Rows, ways: Ways) -> UnitAnswers:
    """What is said of each unit: scores that agree, what comes first, the reasons of what matters, and what follows.

    A unit's answer follows from its own row of facts (see facts.py), the ways and the month, and for a unit whose card
    is about to expire from the day: not from who else is in the batch.
    """
    every, models = facts_of(rows), {model.outcome: model for model in ways.champions}
    known, like = every.distinct()
    asked = {key: _Asked.of(model, known, ways.threads) for key, model in models.items()}
    scored = scoring.consistent({key: one.alone for key, one in asked.items()}, models, len(known))
    bands = {
        key: Shared.gathered(len(known), [(one.place, Shared(outcomes.BANDS, one.step))]) for key, one in scored.items()
    }
    order = _by_bands(scored, len(known), ways.policy)
    said = {key: _tell(asked[key], one, order.kept[key][one.place], ways.language) for key, one in scored.items()}
    worth = value_answers(ways.value, known, ways.as_of) if ways.value is not None else None
    segment = segments(known, {outcomes.get(key).field_prefix: column for key, column in bands.items()}, ways.policy)
    likely = np.full(len(known), np.nan)
    if worth is not None:
        likely[worth.place] = worth.expected_gift.amount
    return UnitAnswers(
        unit_id=every["unit_id"],
        like=like,
        segment=segment,
        outcomes=said,
        main=order.main,
        told=order.told,
        priority=order.priority,
        ask=_asks(known, segment, likely if worth is not None and worth.ask_from_model else None, ways),
        affinity=Shared.of(known["affinity"]),
        health=_health(known, said, bands, ways),
        reactivation_value=_value_of_return(known, models.get("reactivation"), said.get("reactivation"), likely),
        channels=_channels(known),
        value=worth,
        language=ways.language,
    )


@dataclass(frozen=True)
class _Asked:
    """A model with the units it is about, and what it says of them when nobody else is heard."""

    model: Model
    rows: UnitFacts
    parts: Floats | None
    alone: Scores

    @classmethod
    def of(cls, model: Model, known: UnitFacts, threads: int) -> _Asked:
        place = scoring.asked(model, known)
        rows = known.taken(place)
        parts = None if model.boosted is None else model.boosted.contributions(rows, threads)
        return cls(model, rows, parts, scoring.scores_of(model, rows, place, parts))


def _by_bands(scored: Mapping[str, Scores], units: int, policy: Policy) -> _Order:
    """Units share few sets of bands, so each set is thought about once."""
    code = np.zeros(units, np.int64)
    for key, weight in _WEIGHTS.items():
        if key in scored:
            code[scored[key].place] += weight * (scored[key].step + 1)
    sets, which = np.unique(code, return_inverse=True)
    decided = [_decided(one, tuple(scored), policy) for one in sets.tolist()]
    told = [one.told for one in decided]
    said = Shared(told, which)
    return _Order(
        main=Shared([one.main for one in decided], which),
        priority=Shared([one.first for one in decided], which).each(lambda first: outcomes.get(first).title),
        told=said,
        kept={key: said.among({one for one in told if key in one}) for key in scored},
    )


class _Decided(NamedTuple):
    """Of units with one set of bands: the outcomes whose reasons are kept, which comes first, and which stands for them."""

    told: tuple[str, ...]
    first: str | None
    main: str | None


@functools.lru_cache(50_000)
def _decided(code: int, asked: tuple[str, ...], policy: Policy) -> _Decided:
    bands = {key: outcomes.BANDS[step - 1] for key in asked if (step := code // _WEIGHTS[key] % _STEPS)}
    told = priority.told(bands, policy)
    return _Decided(told, priority.first(bands, policy), next(iter((*told, *bands)), None))


_STEPS = len(outcomes.BANDS) + 1
_WEIGHTS = {outcome.key: _STEPS**place for place, outcome in enumerate(outcomes.OUTCOMES)}


def _tell(asked: _Asked, scored: Scores, kept: NDArray[np.bool_], language: Language) -> OutcomeAnswers:
    """One outcome for every eligible unit: score, band, rank, confidence; reasons where they are kept."""
    model, rows = asked.model, asked.rows
    return OutcomeAnswers(
        outcome=outcomes.get(model.outcome),
        method=model.method.capitalize(),
        version=model.version,
        place=scored.place,
        score=scored.score,
        band=Shared(outcomes.BANDS, scored.step),
        rank=Shared(_RANKS, scored.rank.astype(np.intp)),
        confidence=Shared.of(explain.confidence(model, rows, scored.probability)),
        told=explain.told(model, rows, asked.parts, language=language, heard=kept),
    )


_RANKS = tuple(range(101))  # top N %, which begins at 1


def _plain(column: NDArray[Any]) -> list[Any]:
    """Python's own values, None where there is none."""
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124


def _channels(known: UnitFacts) -> Shared:
    times = np.nan_to_num(known.side_by_side(channels.COUNTS)).astype(np.int64)
    one, like = alike(*times.T)
    return Shared([channels.preferences(tuple(counts)) for counts in times[one].tolist()], like)


def _asks(known: UnitFacts, segment: Shared, likely: NDArray[np.float64] | None, ways: Ways) -> Shared:
    """`likely`: the size of the next gift where a model tells it, NaN where it does not."""
    usual = _either(known["average_gift_12m"], known["average_gift"])
    largest = _either(known["largest_gift_24m"], known["largest_gift"])
    upgrade = segment.among({UPGRADE_READY})
    nobody = np.full(len(known), np.nan)
    columns = (known["last_gift"], usual, np.where(segment.among({MAJOR_GIFT_PROSPECT}), largest, np.nan),
               nobody if likely is None else likely)  # fmt: skip
    one, like = alike(*columns, upgrade)
    given = zip(*(_plain(column[one]) for column in columns), upgrade[one].tolist(), strict=True)
    found = [
        asks.suggest(last, average, ready, ways.policy, ways.language, major, amount)
        for last, average, major, amount, ready in given
    ]
    return Shared(found, like)


def _either(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(first), second, first)


def _health(known: UnitFacts, said: Mapping[str, OutcomeAnswers], bands: Mapping[str, Shared], ways: Ways) -> Shared:
    """How the running pledges of those who have one stand."""
    nobody, likeliest = Shared.nothing(len(known)), said.get("recurring_upgrade")
    ends, grows = bands.get("recurring_churn", nobody), bands.get("recurring_upgrade", nobody)
    tops = nobody if likeliest is None else Shared.gathered(len(known), [(likeliest.place, likeliest.rank)])
    unit = np.flatnonzero(~np.isnan(known["running"]))
    names = ("running", "paused", "missed", "answered_before", "answered", "recurring_months")
    columns = [known[name][unit] for name in names]
    one, like = alike(*columns, known["card_expires_on"][unit], *(said.place[unit] for said in (ends, grows, tops)))
    facts = zip(unit[one].tolist(), *(_plain(column[one]) for column in columns), strict=True)
    found = []
    for place, running, paused, missed, before, lately, months in facts:
        card = known["card_expires_on"][place]
        standing = Standing(int(running), int(paused), int(missed), card, bool(before), bool(lately))
        growth = Growth(grows[place], tops[place], None if months is None else int(months))
        found.append(sustainers.health(standing, ends[place], growth, ways.policy, ways.as_of, ways.language))
    return Shared.gathered(len(known), [(unit, Shared(found, like))])


def _value_of_return(
    known: UnitFacts, model: Model | None, returns: OutcomeAnswers | None, likely: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The chance of a return, as loud as it served before, times the amount to expect: the value model's, else midway
    between last and average gift."""
    found = np.full(len(known), np.nan)
    if model is None or returns is None:
        return found
    midway = (known["last_gift"] + known["average_gift"]) / 2
    amount = np.where(np.isnan(likely) | np.isnan(midway), midway, likely)[returns.place]
    worth = model.chance_in_money(returns.score / 100) * amount
    found[returns.place] = [round(one, 2) for one in worth.tolist()]
    return found
