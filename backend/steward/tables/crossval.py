"""Repeated cross-validation: every row is judged by models that never saw it or another row of its unit; or rows held for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from steward.models.metrics import Array
from steward.tables import amounts, blending, folding, single
from steward.tables.encoding import Encoder
from steward.tables.prepare import Table

FOLDS = 5
MOST_LEARNT = 200_000  # rows a fold learns from; more change nothing but the time
MOST_REPEATS = 5
ROWS_OF_ALL_REPEATS = 25_000


@dataclass(frozen=True)
class Seen:
    """What was said of every row, unseen: one entry a repeat. `worth`: the amount to expect, `usual`: a giver's mean gift."""

    margin: Array  # (repeats, rows)
    probability: Array
    rule: Array  # order of the best single column of each fold, as a share of its training rows at or below
    worth: Array | None
    usual: Array | None
    rule_cut: Array | None  # per row: the rule says contact, its cut chosen by profit on the training rows
    rule_titles: tuple[str, ...]
    calibrations: tuple[str, ...]
    voices: Array  # mean over folds

    def part(self, rows: np.ndarray) -> Seen:
        """What was said of these rows only."""

        def here(said: Array | None) -> Array | None:
            return None if said is None else said[:, rows]

        return replace(
            self,
            margin=self.margin[:, rows],
            probability=self.probability[:, rows],
            rule=self.rule[:, rows],
            worth=here(self.worth),
            usual=here(self.usual),
            rule_cut=here(self.rule_cut),
        )


@dataclass(frozen=True)
class _Fold:
    repeat: int
    teach: np.ndarray
    test: np.ndarray


def cross_validate(
    table: Table,
    cost: float | None,
    seed: int,
    threads: int,
    advance: Callable[[int], None],
    repeats: int | None = None,
) -> Seen:
    folds = (
        _folds(table, repeats or repeats_for(len(table.label)), seed)
        if table.held is None
        else [_held(table.held, seed)]
    )
    count = max(fold.repeat for fold in folds) + 1
    held = {
        name: np.zeros((count, len(table.label))) for name in ("margin", "probability", "rule", "worth", "usual", "cut")
    }
    titles: list[str] = []
    kinds: list[str] = []
    voices: list[Array] = []
    # Folds run side by side, one thread each: libraries that spread one fold over cores wait for each other.
    with threadpool_limits(1), ThreadPoolExecutor(max(threads, 1)) as pool:
        for number, (fold, said) in enumerate(
            zip(folds, pool.map(lambda f: _one(table, f, cost, seed), folds), strict=True)
        ):
            for name, values in said.values.items():
                held[name][fold.repeat, fold.test] = values
            titles.append(said.rule_title)
            kinds.append(said.calibration)
            voices.append(said.voices)
            advance(number + 1)
    with_money = table.amount is not None
    return Seen(
        held["margin"],
        held["probability"],
        held["rule"],
        held["worth"] if with_money else None,
        held["usual"] if with_money else None,
        held["cut"] if with_money and cost is not None else None,
        tuple(title for title, _ in Counter(titles).most_common()),
        tuple(kind for kind, _ in Counter(kinds).most_common()),
        np.mean(voices, axis=0),
    )


def repeats_for(rows: int) -> int:
    """Small tables are cut anew several times, since one cut is luck."""
    return int(np.clip(round(ROWS_OF_ALL_REPEATS / rows), 1, MOST_REPEATS))


def _folds(table: Table, repeats: int, seed: int) -> list[_Fold]:
    found = []
    for repeat in range(repeats):
        for learn, test in folding.folds(table.label, table.units, FOLDS, seed + repeat):
            found.append(_Fold(repeat, _some(learn, seed + repeat), test))
    return found


def _held(held: np.ndarray, seed: int) -> _Fold:
    return _Fold(0, _some(np.flatnonzero(~held), seed), np.flatnonzero(held))


def _some(learn: np.ndarray, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).permutation(learn)[:MOST_LEARNT])


@dataclass(frozen=True)
class _Said:
    values: dict[str, Array]
    rule_title: str
    calibration: str
    voices: Array


def _one(table: Table, fold: _Fold, cost: float | None, seed: int) -> _Said:
    rows, later = table.inputs.iloc[fold.teach], table.inputs.iloc[fold.test]
    label, weight = table.label[fold.teach], table.weight[fold.teach]
    encoder = Encoder(table.kinds, seed + fold.repeat)
    data = encoder.fit_transform(rows, label)
    unseen = encoder.transform(later)
    blend = blending.fit(rows, encoder, data, label, weight, table.units[fold.teach], seed=seed + fold.repeat)
    margin = blend.margin(unseen)
    rule = single.best(encoder.names, blend.kept, data, label, weight, seed)
    known, points = np.sort(rule.points(data)), rule.points(unseen)
    values = {
        "margin": margin,
        "probability": blend.probability(margin),
        "rule": np.searchsorted(known, points, side="right") / len(known),
    }
    if table.amount is not None:
        paid = table.amount[fold.teach] * label
        usual = float(np.average(paid, weights=weight * label))
        values["usual"] = np.full(len(later), usual)
        values["worth"] = values["probability"] * usual
        if (paid > 0).sum() >= 2:
            money = amounts.fit(rows, table.kinds, data, blend.kept, paid, label, weight, seed=seed)
            values["worth"] = money.worth(values["probability"], later, unseen)
        if cost is not None:
            values["cut"] = (points >= _best_cut(rule.points(data), paid, weight, cost)).astype(np.float64)
    return _Said(values, rule.title, blend.calibration, blend.voices)


def _best_cut(points: Array, paid: Array, weight: Array, cost: float) -> float:
    """The lowest points worth contacting, had these rows been contacted in the rule's order."""
    values, where = np.unique(points, return_inverse=True)
    profit = np.bincount(where, weights=weight * (paid - cost))
    from_here = np.cumsum(profit[::-1])[::-1]
    best = int(np.argmax(from_here))
    return float(values[best]) if from_here[best] > 0 else float("inf")
