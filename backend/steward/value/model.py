"""One fitted answer a question (trees, model of repeat giving, or rule) with its interval; all of them, as files without pickle."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.models import artefact, boosters, forests
from steward.models.forests import Forest
from steward.models.frames import Rows, matrix
from steward.models.metrics import Array
from steward.models.treetables import Floats
from steward.value.questions import QUESTIONS, SMALLEST, Question
from steward.value.repeat_value import WAYS, RepeatValue

if TYPE_CHECKING:
    import xgboost as xgb

KEY = "value"
TREES = "trees"
SOONEST, LATEST = 1, 365
NARROWEST = 28  # days: a year's events move about, and no one plans a call by the day
MODEL, CARD = "value.json", "card.json"


@dataclass(frozen=True)
class Spread:
    """How far off guesses like this one have been: ratios of what came to what was guessed, along the guess."""

    at: tuple[float, ...]  # logs of guesses, rising
    low: tuple[float, ...]
    high: tuple[float, ...]

    def around(self, guess: Array) -> tuple[Array, Array]:
        where = np.log(np.maximum(guess, SMALLEST))
        low, high = (np.interp(where, self.at, ratios) for ratios in (self.low, self.high))
        return guess * np.minimum(low, 1), guess * np.maximum(high, 1)


@dataclass(frozen=True)
class Trees:
    """A booster as it is kept, and its trees as we walk them; None where only XGBoost itself can."""

    kept: bytes
    forest: Forest | None

    @classmethod
    def of(cls, booster: xgb.Booster) -> Trees:
        return cls(boosters.kept(booster), forests.build(booster))

    @classmethod
    def from_files(cls, question: str, files: Mapping[str, bytes]) -> Trees | None:
        kept, walked = files.get(f"{question}.ubj"), files.get(f"{question}.zip")
        if kept is None:
            return None
        return cls(kept, forests.unpacked(walked)) if walked else cls.of(boosters.read(kept))

    def files(self, question: str) -> dict[str, bytes]:
        walked = {} if self.forest is None else {f"{question}.zip": artefact.packed(self.forest)}
        return {f"{question}.ubj": self.kept, **walked}

    def said(self, inside: Floats, begin: Array) -> Array:
        if self.forest is not None:
            return self.forest.said(inside, begin).astype(np.float64)
        return np.asarray(boosters.read(self.kept).inplace_predict(inside, base_margin=begin), np.float64)


@dataclass(frozen=True)
class Estimate:
    """`way`: "trees", a model of repeat giving, or the key of the rule in use; `instead` where the way has nothing to say."""

    question: str
    way: str
    factor: float
    instead: float
    spread: Spread
    names: tuple[str, ...] = ()
    trees: Trees | None = None
    stretched_from: str = ""  # the shorter question whose answer this is, stretched as repeat giving fades

    @property
    def method(self) -> str:
        return "Model" if self.way == TREES or self.way in WAYS else "Rule"

    @property
    def asked(self) -> Question:
        return question(self.question)


@dataclass(frozen=True)
class ValueModel:
    """Every question's estimate. `outcome`, `as_of`, `method` and `version` are what the registry lists."""

    as_of: dt.date
    features_version: str
    estimates: tuple[Estimate, ...]
    repeat: RepeatValue | None
    lead_days: tuple[int, int]  # how long before a gift contact usually came: the earlier and the later quarter
    card: dict[str, Any] = field(default_factory=dict)
    version: str = ""

    outcome = KEY
    method = "estimates"

    def estimate(self, key: str) -> Estimate | None:
        return next((one for one in self.estimates if one.question == key), None)

    def files(self) -> dict[str, bytes]:
        files = {MODEL: _json(_plain(self)), CARD: _json(self.card)}
        for one in self.estimates:
            if one.trees is not None:
                files |= one.trees.files(one.question)
        return files


def sealed(model: ValueModel) -> ValueModel:
    return replace(model, version=f"{KEY}-{model.as_of:%Y%m%d}-{artefact.content_hash(model.files())[:8]}")


def from_files(files: Mapping[str, bytes], version: str) -> ValueModel:
    saved = json.loads(files[MODEL])
    return ValueModel(
        as_of=dt.date.fromisoformat(saved["as_of"]),
        features_version=saved["features_version"],
        estimates=tuple(_estimate(one, files) for one in saved["estimates"]),
        repeat=RepeatValue.from_json(saved["repeat"]) if saved["repeat"] else None,
        lead_days=tuple(saved["lead_days"]),
        card=json.loads(files[CARD]),
        version=version,
    )


def question(key: str) -> Question:
    return next(one for one in QUESTIONS if one.key == key)


def title(asked: Question, way: str) -> str:
    if way == TREES:
        return "Steward's model"
    if way in WAYS:
        return WAYS[way][0]
    return next(rule.title for rule in asked.rules if rule.key == way)


def inputs(asked: Question, frame: Rows, names: tuple[str, ...]) -> Floats:
    """What the trees read: the features, then what each rule would say."""
    rules = np.column_stack([rule.guess(frame) for rule in asked.rules])
    return np.column_stack([matrix(frame, names), rules.astype(np.float32)])


def start(asked: Question, frame: Rows) -> Array:
    """Where the trees begin, in logs: the question's own rule of departure, which they learn to correct."""
    said = asked.start.guess(frame)
    return np.log(np.maximum(np.where(np.isfinite(said), said, 1.0), asked.least))


def guess(estimate: Estimate, frame: Rows, repeat: RepeatValue | None) -> Array:
    """The number for each donor, in money or days; never below zero."""
    asked = question(estimate.stretched_from) if estimate.stretched_from else estimate.asked
    if estimate.way == TREES and estimate.trees is not None:
        raw = estimate.trees.said(inputs(asked, frame, estimate.names), start(asked, frame))
        raw = raw if asked.kind == "total" else np.exp(np.clip(raw, -20, 20))
    elif estimate.way in WAYS and repeat is not None:
        raw = WAYS[estimate.way][1](repeat, frame, asked.years)
    else:
        raw = next(rule for rule in asked.rules if rule.key == estimate.way).guess(frame)
    known = np.where(np.isfinite(raw), raw, estimate.instead)
    if estimate.stretched_from:
        longer = estimate.asked.years
        known = known * (repeat.stretch(frame, longer) if repeat is not None else longer)
    return np.asarray(np.maximum(known * estimate.factor, 0.0))


def ends(estimate: Estimate, guesses: Array) -> tuple[Array, Array]:
    """Both ends of the interval as a person sees them; a window of days is never narrower than NARROWEST."""
    low, high = estimate.spread.around(guesses)
    if estimate.asked.kind != "days":
        return low, high
    short = np.maximum(NARROWEST - (high - low), 0) / 2
    first = np.clip(np.floor(low - short), SOONEST, LATEST - NARROWEST)
    return first, np.clip(np.ceil(high + short), first + NARROWEST, LATEST)


def _plain(model: ValueModel) -> dict[str, Any]:
    return {
        "as_of": model.as_of.isoformat(),
        "features_version": model.features_version,
        "repeat": model.repeat.to_json() if model.repeat else None,
        "lead_days": list(model.lead_days),
        "estimates": [
            {
                "question": one.question, "way": one.way, "factor": one.factor, "instead": one.instead,
                "names": list(one.names), "stretched_from": one.stretched_from,
                "spread": {"at": one.spread.at, "low": one.spread.low, "high": one.spread.high},
            }
            for one in model.estimates
        ],
    }  # fmt: skip


def _estimate(saved: dict[str, Any], files: Mapping[str, bytes]) -> Estimate:
    return Estimate(
        question=saved["question"],
        way=saved["way"],
        factor=saved["factor"],
        instead=saved["instead"],
        spread=Spread(**{name: tuple(values) for name, values in saved["spread"].items()}),
        names=tuple(saved["names"]),
        trees=Trees.from_files(saved["question"], files),
        stretched_from=saved["stretched_from"],
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False).encode()
