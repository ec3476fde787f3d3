"""Why a donor has this score: the strongest facts in plain words, what helps and what holds back told apart.

Contributions are exact SHAP values on the margin. Features of one topic speak once, through the strongest of them
whose claim is true: "gave often" is never said of somebody who gave less often than others.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steward import outcomes
from steward.features import CATALOGUE, Feature
from steward.features.phrases import phrase
from steward.models.frames import Rows, UnitFacts, column, facts_of
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.speakers import NOBODY, Beside, Speaking
from steward.models.treetables import Floats
from steward.shared import alike
from steward.words import ENGLISH, Language

LEAST_MARGIN = 0.05  # log-odds below which a fact moves no donor: about one point in a hundred at even odds
LEAST_SHARE = 0.05  # of everything that was said about this donor
SAYINGS = 8_000  # sentences of a feature that are kept at hand
MISSING = math.inf  # stands for a missing number where one is looked up: NaN is never found again
PEERS, ALL = "similar donors", "typical"  # whose typical value a sentence compares with

# What a confidence rests on; the words are explained to fundraisers in the field's help text.
LONG_HISTORY_GIFTS, LONG_HISTORY_MONTHS = 3, 12
STRONG_AUC, STRONG_POSITIVES, WELL_SUPPORTED, BARELY_SUPPORTED = 0.65, 200, 100, 25

_SURE = np.array(["Low", "Medium", "High"], object)


class Reasons(NamedTuple):
    """Sentences, strongest first. `helps` is good news for the organization: for lapse risk, what keeps the donor."""

    helps: tuple[str, ...] = ()
    holds_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What donors are told: the distinct `sentences`, and which of them on either side, a row a donor, strongest first;
    NOBODY where fewer are said."""

    sentences: Sequence[str]
    helps: NDArray[np.intp]
    holds_back: NDArray[np.intp]

    def taken(self, rows: NDArray[np.intp]) -> Told:
        return Told(self.sentences, self.helps[rows], self.holds_back[rows])

    def each(self) -> list[Reasons]:
        sides = (
            [tuple(self.sentences[n] for n in row if n != NOBODY) for row in side.tolist()]
            for side in (self.helps, self.holds_back)
        )
        return list(map(Reasons, *sides))


def reasons(
    model: Model,
    rows: Rows,
    contributions: Floats | None = None,
    top: int = 3,
    language: Language = ENGLISH,
) -> list[Reasons]:
    """One a row of eligible `rows`; `contributions` in the same order, or None for a rule, which explains itself."""
    return told(model, rows, contributions, top, language).each()


def told(
    model: Model,
    rows: Rows,
    contributions: Floats | None = None,
    top: int = 3,
    language: Language = ENGLISH,
    heard: NDArray[np.bool_] | None = None,
) -> Told:
    """The same by the column; where not everybody is `heard`, the others are told nothing."""
    known = facts_of(rows)
    if model.boosted is None:
        names = tuple(dict.fromkeys(term.feature for term in model.rule.rule.terms))
        parts, least = _rule_parts(model, known, names), 0.0  # each as strong as the rule names it early
    else:
        names, least = model.boosted.names, LEAST_MARGIN
        parts = contributions if contributions is not None else model.boosted.contributions(known)
    teller, compared = _teller(model.outcome, names, top, least, language), model.comparison(names)
    beside = Beside(*known.among_all(names), compared.of(known), compared.typical)
    return teller.tell(parts, beside, compared.of_peers, heard)


def _rule_parts(model: Model, rows: UnitFacts, names: Sequence[str]) -> Floats:
    """A rule's facts: above or below the typical donor, in the order in which the rule names them; no bias."""
    parts = np.zeros((len(rows), len(names) + 1), np.float32)
    for number, term in enumerate(model.rule.rule.terms):
        value = rows[term.feature]
        line = term.at_least if term.at_least is not None else model.usual(rows, [term.feature])[0][:, 0]
        side = np.where(value >= line, 1.0, -1.0) if term.at_least is not None else np.sign(value - line)
        parts[:, names.index(term.feature)] = term.sign * np.nan_to_num(side) * (len(names) - number)
    return parts


class _Teller:
    """Turns contributions into sentences, all donors at once; a donor's do not depend on who else is told of."""

    def __init__(self, asked: str, features: Sequence[Feature], top: int, least: float, language: Language) -> None:
        outcome = outcomes.get(asked)
        topics = list(dict.fromkeys(feature.topic for feature in features))
        self._sayings = [_Sayings(feature, language) for feature in features]
        self._raising_helps = outcome.higher_is_better
        self._speaking = Speaking(
            topic=np.array([topics.index(feature.topic) for feature in features], np.intp),
            raises=np.array([outcome.pull(feature.name, feature.direction) for feature in features], np.intp),
            top=top,
            least=least,
            least_share=LEAST_SHARE,
        )

    def tell(self, parts: Floats, beside: Beside, of_peers: NDArray[np.bool_], heard: NDArray[np.bool_] | None) -> Told:
        said = self._speaking.chosen(parts, beside, heard)
        donor, place = (said != NOBODY).nonzero()
        sentences, said[donor, place] = self._sentences(donor, said[donor, place], beside, of_peers)
        raising, lowering = said[:, : self._speaking.top], said[:, self._speaking.top :]
        return Told(sentences, *((raising, lowering) if self._raising_helps else (lowering, raising)))

    def _sentences(
        self, donor: NDArray[np.intp], feature: NDArray[np.intp], beside: Beside, of_peers: NDArray[np.bool_]
    ) -> tuple[list[str], NDArray[np.intp]]:
        """The distinct sentences, and which of them is said each time: donors of whom the same is true share one."""
        group, value = beside.group[donor], beside.value[beside.place[donor], feature]
        one, like = alike(value, feature, group)
        feature, group = feature[one], group[one]
        numbers = value[one], beside.typical[group, feature]
        value, typical = (np.where(np.isnan(one), MISSING, one).tolist() for one in numbers)
        picked = zip(feature.tolist(), value, typical, of_peers[group, feature].tolist(), strict=True)
        return [self._sayings[number][value, typical, peers] for number, value, typical, peers in picked], like


class _Sayings(dict[tuple[float, float, bool], str]):
    """One feature's sentences that were formed lately, by value, typical value and whose that is: many donors gave 5 gifts."""

    def __init__(self, feature: Feature, language: Language) -> None:
        super().__init__()
        self._feature, self._language = feature, language

    def __missing__(self, key: tuple[float, float, bool]) -> str:
        if len(self) >= SAYINGS:
            self.clear()
        value, typical, of_peers = key
        whose = PEERS if of_peers else ALL
        said = phrase(self._feature, _or_none(value), _or_none(typical), self._language, whose)
        self[key] = said
        return said


def _or_none(value: float) -> float | None:
    return None if value == MISSING else value


@functools.lru_cache(maxsize=64)
def _teller(asked: str, names: tuple[str, ...], top: int, least: float, language: Language) -> _Teller:
    """One a model: a lone donor must not wait for its making."""
    known = {feature.name: feature for feature in CATALOGUE}
    return _Teller(asked, [known[name] for name in names], top, least, language)


def confidence(model: Model, rows: Rows, probability: Array) -> NDArray[np.object_]:
    """High, Medium or Low: how much history the donor has, how well the model was proven, how many scored like this.

    High needs all three: three gifts over a year; a model whose AUC out of time is surely above .65 on 200 positives;
    100 donors checked near this probability. Low is any of: never judged out of time; fewer than 25 checked near this
    probability; one gift, less than three months ago.
    """
    gifts, months = column(rows, "gift_count"), column(rows, "months_since_first_gift")
    proven = model.card.get("evaluation")
    strong = bool(
        proven and model.method == "model" and proven["model"]["auc"][1] > STRONG_AUC
        and proven["positives"] >= STRONG_POSITIVES
    )  # fmt: skip
    donors = model.checked_near(probability)
    high = strong & (gifts >= LONG_HISTORY_GIFTS) & (months >= LONG_HISTORY_MONTHS) & (donors >= WELL_SUPPORTED)
    low = (proven is None) | (donors < BARELY_SUPPORTED) | ((gifts <= 1) & (months < 3))
    return _SURE[np.where(low, 0, np.where(high, 2, 1))]
