"""A published model as a value: booster and calibrator, or a rule with its rates; bands, frozen reference and card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steward.models import boosters, money, peers, treeshap
from steward.models.calibration import Calibrator
from steward.models.frames import Rows, matrix
from steward.models.lines import Line
from steward.models.metrics import Array
from steward.models.peers import Comparison
from steward.models.ruling import FittedRule
from steward.models.spreads import Spread
from steward.models.treetables import Floats, TreeTables
from steward.outcomes import BANDS

if TYPE_CHECKING:
    import pandas as pd
    import xgboost as xgb


@dataclass(frozen=True)
class Boosted:
    """The learnt half of a model: which columns it reads, its trees and its line, and what their margin means."""

    names: tuple[str, ...]
    trees: bytes  # the booster as XGBoost keeps it (UBJSON)
    tables: TreeTables | None
    calibrator: Calibrator
    level: float  # log-odds of the base rate expected at publication
    line: Line | None = None
    voice: float = 1.0  # the trees' part in the margin; the rest is the line's

    def contributions(self, rows: Rows, threads: int = 1) -> Floats:
        """(donors, features + 1) on the margin's scale, bias last; each row adds up to the donor's margin."""
        data = matrix(rows, self.names)
        if self.tables is None:
            said = treeshap.by_xgboost(self.booster, data, threads)
        else:
            said = treeshap.contributions(self.tables, data, threads)
        return said if self.line is None else self.voice * said + (1 - self.voice) * self.line.contributions(data)

    @cached_property
    def booster(self) -> xgb.Booster:
        return boosters.read(self.trees)

    def margin(self, contributions: Floats) -> Array:
        """How far each donor stands from the others, in log-odds."""
        return np.asarray(contributions.astype(np.float64).sum(axis=1))

    def probability(self, margin: Array) -> Array:
        return self.calibrator(margin + self.level)


@dataclass(frozen=True)
class Model:
    """`boosted` is None where a rule speaks; `rule` is always there: the best rule, beaten or in charge."""

    outcome: str
    as_of: dt.date
    features_version: str
    rule: FittedRule
    boosted: Boosted | None
    base_rate: float
    cuts: tuple[float, float, float]
    reference: tuple[float, ...]  # ranking values of the donors eligible at publication, at even steps from low to high
    typical: dict[str, float]  # each feature's median among the eligible at publication
    support: tuple[tuple[float, int], ...]  # (highest probability, donors) of each tenth the calibration was checked on
    peers: dict[str, dict[str, float]] = field(default_factory=dict)  # the same, of donors of one kind and like tenure
    spreads: dict[str, Spread] = field(default_factory=dict)  # of each input among the eligible at publication
    chance_voice: float = 1.0  # how loud the chance speaks in an amount to expect (money.py)
    card: dict[str, Any] = field(default_factory=dict)
    version: str = ""
    evidence: pd.DataFrame | None = field(default=None, repr=False, compare=False)  # kept by evidence/judged.py

    @property
    def method(self) -> str:
        return "rule" if self.boosted is None else "model"

    def comparison(self, names: tuple[str, ...]) -> Comparison:
        """What is typical of these inputs; made once, so that a lone donor does not wait for it."""
        if names not in self._comparisons:
            self._comparisons[names] = peers.comparison(names, self.typical, self.peers)
        return self._comparisons[names]

    def usual(self, rows: Rows, names: Sequence[str]) -> tuple[Array, NDArray[np.bool_]]:
        """(donors, names): what is typical of each donor's peers, else of all; and where it is the peers'."""
        compared = self.comparison(tuple(names))
        group = compared.of(rows)
        return compared.typical[group], compared.of_peers[group]

    def chance_in_money(self, probability: Array) -> Array:
        """What to multiply an amount with, so that the list holds most money at its top."""
        return np.asarray(money.heard(probability, self.chance_voice, self.base_rate))

    def rank(self, value: Array) -> NDArray[np.int16]:
        """Top N % of the reference: 1 is the best hundredth. Ties share the better place's upper bound."""
        return _top_percent(self._reference, value)

    def rank_of_probability(self, probability: Array) -> NDArray[np.int16]:
        """The same for who is given another probability than the model's own."""
        return _top_percent(self._reference_probability, probability - 1e-12)

    @cached_property
    def _comparisons(self) -> dict[tuple[str, ...], Comparison]:
        return {}

    @cached_property
    def _reference(self) -> Array:
        return np.array(self.reference)

    @cached_property
    def _reference_probability(self) -> Array:
        if self.boosted is not None:
            return np.sort(self.boosted.probability(self._reference))
        return np.sort(self.rule.probability_of(self._reference))

    @cached_property
    def _support(self) -> tuple[Array, Array]:
        """Of each tenth: its highest probability, and its donors."""
        centres, donors = (np.array(part, np.float64) for part in zip(*self.support, strict=True))
        return centres, donors

    def checked_near(self, probability: Array) -> Array:
        """How many past donors the probability was checked against: those in the nearest tenth."""
        if not self.support:
            return np.zeros(len(probability))
        centres, donors = self._support
        return np.asarray(donors[np.abs(probability[:, None] - centres[None, :]).argmin(axis=1)])

    def step(self, probability: Array) -> NDArray[np.intp]:
        """Which of BANDS each probability is called by."""
        first, second, third = self.cuts
        return (probability < first).astype(np.intp) + (probability < second) + (probability < third)

    def band(self, probability: Array) -> NDArray[np.object_]:
        return np.array(BANDS, dtype=object)[self.step(probability)]


def _top_percent(reference: Array, value: Array) -> NDArray[np.int16]:
    at_or_above = 1 - reference.searchsorted(value, side="left") / max(len(reference), 1)
    return np.minimum(np.maximum(np.ceil(at_or_above * 100 - 1e-9), 1), 100).astype(np.int16)
