"""Why a donor has this score: the strongest facts in plain words, what helps and what holds back told apart.

Contributions are exact SHAP values on the margin. Features of one topic speak once, through the strongest of them
whose claim is true: "gave often" is never said of somebody who gave less often than others.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steward import outcomes
from steward.features import CATALOGUE, Feature
from steward.features.phrases import phrase
from steward.models.frames import columns
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.treetables import Floats
from steward.words import ENGLISH, Language

LEAST_MARGIN = 0.05  # log-odds below which a fact moves no donor: about one point in a hundred at even odds
LEAST_SHARE = 0.05  # of everything that was said about this donor
SAYINGS = 8_000  # sentences of a feature that are kept at hand
PEERS, ALL = "similar donors", "typical"  # whose typical value a sentence compares with

# What a confidence rests on; the words are explained to fundraisers in the field's help text.
LONG_HISTORY_GIFTS, LONG_HISTORY_MONTHS = 3, 12
STRONG_AUC, STRONG_POSITIVES, WELL_SUPPORTED, BARELY_SUPPORTED = 0.65, 200, 100, 25


class Reasons(NamedTuple):
    """Sentences, strongest first. `helps` is good news for the organization: for lapse risk, what keeps the donor."""

    helps: tuple[str, ...] = ()
    holds_back: tuple[str, ...] = ()


def reasons(
    model: Model,
    rows: pd.DataFrame,
    contributions: Floats | None = None,
    catalogue: Sequence[Feature] = CATALOGUE,
    top: int = 3,
    language: Language = ENGLISH,
) -> list[Reasons]:
    """One a row of eligible `rows`; `contributions` in the same order, or None for a rule, which explains itself."""
    if model.boosted is None:
        names = tuple(dict.fromkeys(term.feature for term in model.rule.rule.terms))
        parts, least = _rule_parts(model, rows, names), 0.0  # each as strong as the rule names it early
    else:
        names, least = model.boosted.names, LEAST_MARGIN
        given = contributions if contributions is not None else model.boosted.contributions(rows)
        parts = given[:, :-1].astype(np.float64)
    values = columns(rows, names).to_numpy(np.float64, na_value=np.nan)
    usual, of_peers = model.usual(rows, names)
    key = model.outcome, names, top, least, language
    teller = _teller(*key) if catalogue is CATALOGUE else _make_teller(*key, catalogue)
    return teller.tell(parts, _Facts(values, usual, of_peers > 0))


def _rule_parts(model: Model, rows: pd.DataFrame, names: Sequence[str]) -> Array:
    """A rule's facts: above or below the typical donor, in the order in which the rule names them."""
    parts = np.zeros((len(rows), len(names)))
    for number, term in enumerate(model.rule.rule.terms):
        value = rows[term.feature].to_numpy(np.float64, na_value=np.nan)
        line = term.at_least if term.at_least is not None else model.usual(rows, [term.feature])[0][:, 0]
        side = np.where(value >= line, 1.0, -1.0) if term.at_least is not None else np.sign(value - line)
        parts[:, names.index(term.feature)] = term.sign * np.nan_to_num(side) * (len(names) - number)
    return parts


@dataclass(frozen=True)
class _Facts:
    """(donors, features): the donors' values, what is typical of donors like them, and where that is of their peers."""

    value: Array
    typical: Array
    of_peers: NDArray[np.bool_]


class _Teller:
    """Turns contributions into sentences, all donors at once; a donor's do not depend on who else is told of."""

    def __init__(self, asked: str, features: Sequence[Feature], top: int, least: float, language: Language) -> None:
        outcome = outcomes.get(asked)
        self._sayings = [_Sayings(feature, language) for feature in features]
        self._raises = np.array([outcome.pull(feature.name, feature.direction) for feature in features])
        self._good = outcome.higher_is_better
        self._top = top
        self._least = least
        topics = list(dict.fromkeys(feature.topic for feature in features))
        self._members = [[i for i, f in enumerate(features) if f.topic == topic] for topic in topics]
        self._topic = np.array([topics.index(feature.topic) for feature in features], int)

    def tell(self, parts: Array, facts: _Facts) -> list[Reasons]:
        totals = self._totals(parts)
        weight = np.abs(totals)
        least = np.maximum(self._least, LEAST_SHARE * weight.sum(axis=1))
        speaker = self._speakers(parts, totals, facts)
        strongest = np.argsort(-weight, axis=1, kind="stable")
        heard = (speaker >= 0) & (weight >= least[:, None]) & (totals != 0)
        heard, speaker, up = (np.take_along_axis(one, strongest, 1) for one in (heard, speaker, totals > 0))
        sides = [np.nonzero(self._few(heard & (up == good))) for good in (self._good, not self._good)]
        donor, place = (np.concatenate(one) for one in zip(*sides, strict=True))
        said = self._sentences(donor, speaker[donor, place], facts)
        (helps, _), (holds_back, _) = sides
        good, bad = (
            _by_donor(helps, said[: len(helps)], len(parts)),
            _by_donor(holds_back, said[len(helps) :], len(parts)),
        )
        return list(map(Reasons, good, bad))

    def _totals(self, parts: Array) -> Array:
        """Each topic's contribution, feature by feature: a matrix product would round by who else is in the batch."""
        totals = np.zeros((len(parts), len(self._members)))
        for feature, topic in enumerate(self._topic):
            totals[:, topic] += parts[:, feature]
        return totals

    def _speakers(self, parts: Array, totals: Array, facts: _Facts) -> NDArray[np.int64]:
        """(donors, topics): the strongest feature that pulls its topic's way and whose claim holds, or -1."""
        up = (totals > 0)[:, self._topic]
        same_way = np.where(up, parts > 0, (parts < 0) & (totals < 0)[:, self._topic])
        strength = np.where(same_way & self._makes_sense(up, facts), np.abs(parts), -1.0)
        speaker = np.empty(totals.shape, np.int64)
        for topic, members in enumerate(self._members):
            found = np.array(members)[strength[:, members].argmax(axis=1)] if len(members) > 1 else members[0]
            speaker[:, topic] = np.where(strength[np.arange(len(parts)), found] > 0, found, -1)
        return speaker

    def _makes_sense(self, up: NDArray[np.bool_], facts: _Facts) -> NDArray[np.bool_]:
        """Would a fundraiser nod? Not where a fact like everybody's, or one that means the opposite, is the reason."""
        more, less = facts.value > facts.typical, facts.value < facts.typical
        fits = (self._raises == 0) | ((more == (self._raises > 0)) == up)
        return np.asarray((fits & (more | less)) | np.isnan(facts.value) | np.isnan(facts.typical))

    def _few(self, heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The strongest of one side. No two topics can say the same (see the catalogue)."""
        return heard & (np.cumsum(heard, axis=1) <= self._top)

    def _sentences(self, donor: NDArray[np.int64], feature: NDArray[np.int64], facts: _Facts) -> list[str]:
        """A sentence each; donors of whom the same is true share one."""
        picked = (feature, *(one[donor, feature] for one in (facts.value, facts.typical, facts.of_peers)))
        first, which = _distinct(*picked)
        said = [
            self._sayings[number].say(_or_none(value), _or_none(typical), of_peers)
            for number, value, typical, of_peers in zip(*(one[first].tolist() for one in picked), strict=True)
        ]
        return [said[number] for number in which.tolist()]


def _by_donor(donor: NDArray[np.intp], said: list[str], donors: int) -> list[tuple[str, ...]]:
    """Sentences in the order of their donors, as each donor's own."""
    ends = np.cumsum(np.bincount(donor, minlength=donors)).tolist()
    return [tuple(said[start:end]) for start, end in itertools.pairwise([0, *ends])]


def _distinct(*columns: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each distinct row of these columns stands once, and which of them every row is; missing equals missing."""
    known = [np.where(np.isnan(column), np.inf, column) for column in columns]
    order = np.lexsort(known)
    other = np.ones(len(order), bool)
    other[1:] = np.any([(column := one[order])[1:] != column[:-1] for one in known], axis=0)
    which = np.empty(len(order), np.intp)
    which[order] = np.cumsum(other) - 1
    return order[other], which


class _Sayings:
    """One feature's sentences that were formed lately: many donors gave 5 gifts."""

    def __init__(self, feature: Feature, language: Language) -> None:
        self._feature, self._language = feature, language
        self._said: dict[tuple[float | None, float | None, bool], str] = {}

    def say(self, value: float | None, typical: float | None, of_peers: bool) -> str:
        key = value, typical, of_peers
        found = self._said.get(key)
        if found is None:
            if len(self._said) >= SAYINGS:
                self._said.clear()
            found = phrase(self._feature, value, typical, self._language, PEERS if of_peers else ALL)
            self._said[key] = found
        return found


def _make_teller(
    asked: str,
    names: tuple[str, ...],
    top: int,
    least: float,
    language: Language,
    catalogue: Sequence[Feature] = CATALOGUE,
) -> _Teller:
    known = {feature.name: feature for feature in catalogue}
    return _Teller(asked, [known[name] for name in names], top, least, language)


_teller = functools.lru_cache(maxsize=64)(_make_teller)  # one a model: a lone donor must not wait for its making


def _or_none(value: float) -> float | None:
    return value if value == value else None  # noqa: PLR0124 NaN


def confidence(model: Model, rows: pd.DataFrame, probability: Array) -> np.ndarray:
    """High, Medium or Low: how much history the donor has, how well the model was proven, how many scored like this.

    High needs all three: three gifts over a year; a model whose AUC out of time is surely above .65 on 200 positives;
    100 donors checked near this probability. Low is any of: never judged out of time; fewer than 25 checked near this
    probability; one gift, less than three months ago.
    """
    gifts, months = (
        rows[name].to_numpy(np.float64, na_value=np.nan) for name in ("gift_count", "months_since_first_gift")
    )
    proven = model.card.get("evaluation")
    strong = bool(
        proven and model.method == "model" and proven["model"]["auc"][1] > STRONG_AUC
        and proven["positives"] >= STRONG_POSITIVES
    )  # fmt: skip
    donors = _checked_near(model, probability)
    high = strong & (gifts >= LONG_HISTORY_GIFTS) & (months >= LONG_HISTORY_MONTHS) & (donors >= WELL_SUPPORTED)
    low = (proven is None) | (donors < BARELY_SUPPORTED) | ((gifts <= 1) & (months < 3))
    return np.where(low, "Low", np.where(high, "High", "Medium")).astype(object)


def _checked_near(model: Model, probability: Array) -> Array:
    """How many past donors the probability was checked against: those in the nearest tenth."""
    if not model.support:
        return np.zeros(len(probability))
    centres, donors = (np.array(part, np.float64) for part in zip(*model.support, strict=True))
    nearest = np.abs(probability[:, None] - centres[None, :]).argmin(axis=1)
    return np.asarray(donors[nearest])
