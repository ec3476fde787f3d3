"""What would change an answer: the same donor once more, with one deed that people can do, scored by the same core.

Nothing is guessed: the deed's rows are added to the donor's own history, and features and scores follow from it as on any
night. It tells how donors with such a record did, not that the deed is the cause.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from steward import features, outcomes, scoring
from steward.decide.asks import friendly
from steward.decide.policy import BANDS, Policy
from steward.donors import Ledger
from steward.models import Model
from steward.models.frames import to_facts
from steward.words import Language

_KEYS = ("unit_id", "gift_id", "recurring_id")  # each copy's own, so that copies do not mix
_MADE_UP = "what if"
_PAID = "paid"

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Deed:
    """What is done, in words, and the ledger's rows that it adds."""

    words: str
    adds: Rows


@dataclass(frozen=True)
class Answer:
    band: str
    score: float | None

    def __str__(self) -> str:
        return self.band if self.score is None else f"{self.band} ({self.score:g} in 100)"


@dataclass(frozen=True)
class Effect:
    """One deed that moves one outcome into another band; `good`: in the direction that the organization hopes for."""

    deed: str
    outcome: str
    before: Answer
    after: Answer
    good: bool

    @property
    def sentence(self) -> str:
        title = outcomes.get(self.outcome).title
        return f"{self.deed[0].upper()}{self.deed[1:]} would move “{title}” from {self.before} to {self.after}."


@dataclass(frozen=True)
class WhatIf:
    """`tried`: the deeds in words; `effects`: what they move, the most hoped-for first."""

    tried: tuple[str, ...]
    effects: tuple[Effect, ...]

    @property
    def sentence(self) -> str:
        """The one thing to say: the first deed that helps, or that none does."""
        helps = next((one for one in self.effects if one.good), None)
        if helps:
            return helps.sentence
        tried = ", ".join(self.tried[:-1]) + (f" or {self.tried[-1]}" if len(self.tried) > 1 else "".join(self.tried))
        return f"Nothing that can be done at once ({tried}) would move a likelihood into a better band."


def what_would_change(
    ledger: Ledger,
    unit: str,
    champions: Sequence[Model],
    as_of: dt.date,
    amount: float | None,
    policy: Policy,
    language: Language,
) -> WhatIf:
    """`amount`: what a gift of this unit would be, usually the suggested ask; None: no gift is tried."""
    own = _own(ledger, unit)
    deeds = [Deed("nothing", {}), *_deeds(own, unit, as_of, amount, policy, language)]
    known = to_facts(features.compute(_copies(own, deeds), as_of))
    models = {model.outcome: model for model in champions}
    scored = scoring.consistent(
        {key: scoring.scores(model, known) for key, model in models.items()}, models, len(known)
    )
    copies = [_prefixed(number, unit) for number in range(len(deeds))]
    effects: list[Effect] = []
    for key, found in scored.items():
        scores = [None] * len(found.place) if outcomes.get(key).rank_only else found.score.tolist()
        answers = dict(zip(known["unit_id"][found.place], map(Answer, found.band, scores), strict=True))
        effects += _effects(key, deeds, [answers.get(copy) for copy in copies])
    order = list(policy.priority)
    effects.sort(key=lambda one: (not one.good, order.index(one.outcome) if one.outcome in order else len(order)))
    return WhatIf(tuple(deed.words for deed in deeds[1:]), tuple(effects))


def _effects(key: str, deeds: Sequence[Deed], answers: Sequence[Answer | None]) -> Iterator[Effect]:
    """A deed that ends a question (a first gift was made) moves no band."""
    before = answers[0]
    for deed, after in zip(deeds[1:], answers[1:], strict=True):
        if before is None or after is None or after.band == before.band:
            continue
        rises = BANDS.index(after.band) > BANDS.index(before.band)
        yield Effect(deed.words, key, before, after, rises == outcomes.get(key).higher_is_better)


def _deeds(
    own: Mapping[str, pa.Table], unit: str, as_of: dt.date, amount: float | None, policy: Policy, language: Language
) -> Iterator[Deed]:
    """What a donor or a gift officer can do by tomorrow, dated the day before `as_of`: the last day that counts."""
    day = as_of - dt.timedelta(days=1)
    touch = {"unit_id": unit, "touch_date": day}
    if amount:
        gift = _gift(unit, amount, day)
        yield Deed(f"a gift of {language.money(amount)}", {"gifts": [gift]})
    yield Deed("a conversation", {"touches": [{**touch, "kind": "task"}]})
    yield Deed(
        "an answer to an appeal", {"touches": [{**touch, "kind": "appeal"}, {**touch, "kind": "campaign_response"}]}
    )
    running = _running(own["pledges"], as_of)
    if missed := _missed(own["installments"], running, as_of):
        late = {**_gift(unit, float(missed["amount"] or 0), day), "is_recurring": True}
        yield Deed(
            "a missed installment paid",
            {"gifts": [late], "installments": [{**missed, "due_date": day, "outcome": _PAID}]},
        )
    if amount and not running:
        monthly = friendly(amount / 12, policy)
        first = {**_gift(unit, monthly, day), "is_recurring": True}
        paid = {"recurring_id": _MADE_UP, "unit_id": unit, "due_date": day, "amount": monthly, "outcome": _PAID}
        pledge = {"recurring_id": _MADE_UP, "unit_id": unit, "monthly_amount": monthly, "established_on": day}
        words = f"a monthly gift of {language.money(monthly)}"
        yield Deed(words, {"gifts": [first], "installments": [paid], "pledges": [{**pledge, "status": "Active"}]})


def _gift(unit: str, amount: float, day: dt.date) -> dict[str, Any]:
    return {
        "gift_id": _MADE_UP, "unit_id": unit, "amount": amount, "gift_date": day, "source": "direct",
        "is_recurring": False, "is_planned": False,
    }  # fmt: skip


def _missed(installments: pa.Table, running: frozenset[str], as_of: dt.date) -> dict[str, Any] | None:
    """The last installment of a running pledge that was due, where it was not paid."""
    rows = (row for row in installments.to_pylist() if row["recurring_id"] in running)
    due = [row for row in rows if row["due_date"] is not None and row["due_date"] < as_of]
    last = max(due, key=lambda row: (row["due_date"], row["recurring_id"]), default=None)
    return last if last is not None and last["outcome"] != _PAID else None


def _running(pledges: pa.Table, as_of: dt.date) -> frozenset[str]:
    rows = pledges.to_pylist()
    return frozenset(row["recurring_id"] for row in rows if row["ended_on"] is None or row["ended_on"] >= as_of)


def _own(ledger: Ledger, unit: str) -> dict[str, pa.Table]:
    """The ledger's rows of one unit."""
    found: dict[str, ir.Table] = {}
    for field in fields(ledger):
        table: ir.Table = getattr(ledger, field.name)
        found[field.name] = table.filter(table.unit_id == unit) if "unit_id" in table.columns else table
    found["reversals"] = ledger.reversals.semi_join(found["gifts"], "gift_id")
    return {name: table.to_pyarrow() for name, table in found.items()}


def _copies(own: Mapping[str, pa.Table], deeds: Sequence[Deed]) -> Ledger:
    """The unit once for every deed, each with the deed's rows, under keys of its own."""
    made = {}
    for name, table in own.items():
        rows = [
            {key: _prefixed(number, value) if key in _KEYS else value for key, value in row.items()}
            for number, deed in enumerate(deeds)
            for row in (*table.to_pylist(), *deed.adds.get(name, ()))
        ]
        columns = [pa.array([_fitting(row.get(one.name), one.type) for row in rows], one.type) for one in table.schema]
        made[name] = ibis.memtable(pa.table(columns, schema=table.schema))
    return Ledger(**made)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """Money as the ledger holds it."""
    return Decimal(f"{value:.{kind.scale}f}") if pa.types.is_decimal(kind) and isinstance(value, float) else value


def _prefixed(number: int, key: str | None) -> str | None:
    return None if key is None else f"{number}:{key}"
