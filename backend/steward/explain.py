"""Why a donor has this score: the strongest facts in plain words, what helps and what holds back told apart.

Contributions are exact SHAP values on the margin. Features of one topic speak once, through the strongest of them
whose claim is true: "gave often" is never said of somebody who gave less often than others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward import outcomes
from steward.features import CATALOGUE, Feature
from steward.features.phrases import phrase
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.treetables import Floats

LEAST_MARGIN = 0.05  # log-odds below which a fact moves no donor: about one point in a hundred at even odds
LEAST_SHARE = 0.05  # of everything that was said about this donor
PEERS, ALL = "similar donors", "typical"  # whose typical value a sentence compares with

# What a confidence rests on; the words are explained to fundraisers in the field's help text.
LONG_HISTORY_GIFTS, LONG_HISTORY_MONTHS = 3, 12
STRONG_AUC, STRONG_POSITIVES, WELL_SUPPORTED, BARELY_SUPPORTED = 0.65, 200, 100, 25


@dataclass(frozen=True)
class Reasons:
    """Sentences, strongest first. `helps` is good news for the organization: for lapse risk, what keeps the donor."""

    helps: tuple[str, ...] = ()
    holds_back: tuple[str, ...] = ()


def reasons(
    model: Model,
    rows: pd.DataFrame,
    contributions: Floats | None = None,
    catalogue: Sequence[Feature] = CATALOGUE,
    top: int = 3,
    symbol: str = "$",
) -> list[Reasons]:
    """One a row of eligible `rows`; `contributions` in the same order, or None for a rule, which explains itself."""
    known = {feature.name: feature for feature in catalogue}
    if model.boosted is None:
        names = tuple(dict.fromkeys(term.feature for term in model.rule.rule.terms))
        parts, least = _rule_parts(model, rows, names), 0.0  # each as strong as the rule names it early
    else:
        names, least = model.boosted.names, LEAST_MARGIN
        given = contributions if contributions is not None else model.boosted.contributions(rows)
        parts = given[:, :-1].astype(np.float64)
    teller = _Teller(model, [known[name] for name in names], top, least, symbol)
    values = rows[list(names)].to_numpy(np.float64, na_value=np.nan)
    usual, of_peers = model.usual(rows, names)
    return [
        teller.tell(part, value, _Usual(typical, peers))
        for part, value, typical, peers in zip(parts, values, usual, of_peers, strict=True)
    ]


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
class _Usual:
    """What is typical of donors like this one, and where that is of their peers and not of all."""

    value: Array
    of_peers: Array

    def whose(self, i: int) -> str:
        return PEERS if self.of_peers[i] else ALL


class _Teller:
    """Turns one donor's contributions into sentences."""

    def __init__(self, model: Model, features: Sequence[Feature], top: int, least: float, symbol: str) -> None:
        outcome = outcomes.get(model.outcome)
        self._features = features
        self._raises = [outcome.pull(feature.name, feature.direction) for feature in features]
        self._good = outcome.higher_is_better
        self._top = top
        self._symbol = symbol
        self._least = least
        topics = list(dict.fromkeys(feature.topic for feature in features))
        self._members = [[i for i, f in enumerate(features) if f.topic == topic] for topic in topics]
        self._of_topic = np.array([[f.topic == topic for topic in topics] for f in features], np.float64)

    def tell(self, parts: Array, values: Array, usual: _Usual) -> Reasons:
        said: dict[bool, list[str]] = {True: [], False: []}
        totals = parts @ self._of_topic
        least = max(self._least, LEAST_SHARE * float(np.abs(totals).sum()))
        for topic in np.argsort(-np.abs(totals), kind="stable"):
            total = float(totals[topic])
            if abs(total) < least or total == 0:
                break
            side = said[(total > 0) == self._good]
            if len(side) < self._top:
                sentence = next(self._true_claims(self._members[topic], parts, values, usual, total), None)
                if sentence and sentence not in said[True] + said[False]:
                    side.append(sentence)
        return Reasons(tuple(said[True]), tuple(said[False]))

    def _true_claims(
        self, members: list[int], parts: Array, values: Array, usual: _Usual, total: float
    ) -> Iterator[str]:
        """Sentences of the topic's features that pull the topic's way, strongest first, that hold in the data."""
        for i in sorted(members, key=lambda i: (-abs(parts[i]), i)):
            typical = None if np.isnan(usual.value[i]) else float(usual.value[i])
            if parts[i] * total > 0 and self._makes_sense(i, values[i], typical, total > 0):
                value = None if np.isnan(values[i]) else float(values[i])
                yield phrase(self._features[i], value, typical, self._symbol, usual.whose(i))

    def _makes_sense(self, i: int, value: float, typical: float | None, up: bool) -> bool:
        """Would a fundraiser nod? Not where a fact like everybody's, or one that means the opposite, is the reason."""
        if np.isnan(value) or typical is None:
            return True
        if value == typical:
            return False
        expected = self._raises[i] * (1 if value > typical else -1)
        return expected == 0 or (expected > 0) == up


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
