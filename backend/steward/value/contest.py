"""Pretends to answer on a past date in every way there is, and keeps the one that was least wrong on donors it never saw."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from steward.errors import NotEnoughData
from steward.models.base_rates import SAME_SEASON, season_gap
from steward.models.metrics import Array, Interval, interval
from steward.models.training_sets import Plan, fold
from steward.value import repeat_value
from steward.value.model import TREES, Estimate, Spread, Trees, ends, guess, inputs, start, title
from steward.value.questions import SMALLEST, Question, loss
from steward.words.language import Language

MOST_TREES, PATIENCE, DEPTH = 400, 25, 4
BUCKETS, FEWEST_IN_BUCKET = 20, 50
RESAMPLES = 400
FEWEST = 200
DAMPED, MOST_MOVED = 0.5, (0.7, 1.4)
EDGES = {"size": (0.10, 0.90), "total": (0.10, 0.90), "days": (0.25, 0.75)}


@dataclass(frozen=True)
class Contest:
    """What each way would have done at the test date, and the winner with the donors who tell its level and spread."""

    winner: str
    trees: int
    judged: pd.DataFrame  # donors that the winner had not learnt from, and
    estimate: Estimate  # the winner as it was then
    found: dict[str, Any]


def contest(
    asked: Question, rows: pd.DataFrame, known: Plan, names: tuple[str, ...], seed: int, threads: int
) -> Contest:
    """Learns at the dates known on the day of the test, is judged at the test, against every rule, in pairs of donors."""
    past = rows[rows["cutoff"].isin(known.known)].reset_index(drop=True)
    test = rows[rows["cutoff"] == known.test].reset_index(drop=True)
    if min(len(past), len(test)) < FEWEST:
        raise NotEnoughData(
            f"{Language().count(len(test), 'donor')} to judge it by; {FEWEST} are needed.",
            "Its first rule is used until more is on record.",
        )
    teach, judge = _other_donors_later(past, known)
    booster = grow(asked, teach, judge, names, seed=seed, threads=threads)
    size = int(booster.num_boosted_rounds())
    ways = [fitted(asked, rule.key, judge, (), None, None) for rule in asked.rules]
    ways.append(fitted(asked, TREES, judge, names, Trees.of(booster), None))
    repeat = None
    if asked.kind == "total":
        try:
            repeat = repeat_value.fit(past[past["cutoff"] == max(known.known)])
            ways += [fitted(asked, way, judge, (), None, repeat) for way in repeat_value.WAYS]
        except NotEnoughData:
            pass
    actual = target(asked, test)
    guesses = {way.way: guess(way, test, repeat) for way in ways}
    losses = {way: loss(asked.kind)(actual, values) for way, values in guesses.items()}
    winner, gaps = _winner(asked, losses, seed)
    chosen = next(way for way in ways if way.way == winner)
    low, high = ends(chosen, guesses[winner])
    found = {
        "test_cutoff": known.test.isoformat(),
        "donors": len(test),
        "in_use": winner,
        "ways": {
            way: {
                "title": title(asked, way),
                "loss": round(float(losses[way].mean()), 5),
                "against_best_rule": [round(v, 5) for v in (gap.value, gap.low, gap.high)],
                "total_ratio": round(float(guesses[way].sum() / actual.sum()), 3) if actual.any() else None,
            }
            for way, gap in gaps.items()
        },
        "interval_share": EDGES[asked.kind][1] - EDGES[asked.kind][0],
        "interval_held": round(float(((actual >= low - 1e-9) & (actual <= high + 1e-9)).mean()), 3),
        "interval_width": round(float(np.median(high - low)), 2),
    }
    seen_rows = pd.concat([judge, test], ignore_index=True)
    return Contest(winner, size, seen_rows, fitted(asked, winner, seen_rows, chosen.names, chosen.trees, repeat), found)


def _other_donors_later(past: pd.DataFrame, known: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three quarters of the units at every known date; the others at those of the test's season, so that years differ."""
    judging = fold(past) % 4 == 0
    season = {date for date in known.known if season_gap(date, known.test) <= SAME_SEASON}
    judge = past[judging & past["cutoff"].isin(season).to_numpy()]
    judge = judge if len(judge) >= FEWEST else past[judging]
    return past[~judging].reset_index(drop=True), judge.reset_index(drop=True)


def grow(
    asked: Question, teach: pd.DataFrame, judge: pd.DataFrame | None, names: tuple[str, ...],
    *, seed: int, threads: int, trees: int = MOST_TREES,
) -> xgb.Booster:  # fmt: skip
    """Trees on logs (sizes, days) or on totals; stopped early on `judge` where it is given."""
    sets = [_matrix(asked, rows, names) for rows in (teach, judge) if rows is not None]
    parameters: dict[str, Any] = {
        "tree_method": "hist", "max_depth": DEPTH, "eta": 0.05, "subsample": 0.8, "colsample_bytree": 0.6,
        "min_child_weight": max(5.0, len(teach) / 5000), "lambda": 5.0, "seed": seed, "nthread": threads,
    }  # fmt: skip
    if asked.kind == "total":
        parameters |= {"objective": "reg:tweedie", "tweedie_variance_power": 1.5}
    else:
        parameters |= {"objective": "reg:absoluteerror"}
    if judge is None:
        return xgb.train(parameters, sets[0], num_boost_round=trees)
    grown = xgb.train(
        parameters, sets[0], num_boost_round=trees, evals=[(sets[1], "judge")], early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )  # fmt: skip
    return grown[: grown.best_iteration + 1]


def spread(kind: str, guesses: Array, actual: Array) -> Spread:
    """Ratios of what came to what was guessed, in buckets of donors along the guess."""
    order = np.argsort(guesses, kind="stable")
    buckets = np.array_split(order, max(1, min(BUCKETS, len(order) // FEWEST_IN_BUCKET)))
    at, low, high = [], [], []
    for bucket in buckets:
        said = np.maximum(guesses[bucket], SMALLEST)
        below, above = np.quantile(actual[bucket] / said, EDGES[kind])
        at.append(float(np.log(np.median(said))))
        low.append(float(below))
        high.append(float(above))
    return Spread(tuple(at), tuple(low), tuple(high))


def target(asked: Question, rows: pd.DataFrame) -> Array:
    return np.asarray(rows[asked.target], np.float64)


@dataclass(frozen=True)
class Levels:
    """At each date, what came over what was guessed, all donors together. Only totals have one; sizes and dates are as said."""

    by_date: dict[dt.date, float]

    @property
    def expected(self) -> float:
        """The newest date's, moved on by half of its last step: bases grow old and campaigns end."""
        dates = sorted(self.by_date)
        if not dates:
            return 1.0
        newest = self.by_date[dates[-1]]
        step = newest / self.by_date[dates[-2]] if len(dates) > 1 else 1.0
        return newest * float(np.clip(step**DAMPED, *MOST_MOVED))

    def of(self, rows: pd.DataFrame) -> Array:
        return np.asarray([self.by_date.get(date, 1.0) for date in rows["cutoff"]], np.float64)


def levels(kind: str, rows: pd.DataFrame, guesses: Array, actual: Array) -> Levels:
    if kind != "total":
        return Levels({})
    sums = pd.DataFrame({"guessed": guesses, "came": actual}).groupby(rows["cutoff"].to_numpy()).sum()
    return Levels({date: row.came / row.guessed for date, row in sums.iterrows() if row.guessed > 0 and row.came > 0})


def fitted(
    asked: Question, way: str, judge: pd.DataFrame, names: tuple[str, ...], trees: Trees | None,
    repeat: repeat_value.RepeatValue | None,
) -> Estimate:  # fmt: skip
    """A way with its level and spread learnt from `judge`, each date at its own level."""
    actual = target(asked, judge)
    bare = Estimate(asked.key, way, 1.0, float(np.median(actual)), Spread((0.0,), (1.0,), (1.0,)), names, trees)
    guesses = guess(bare, judge, repeat)
    found = levels(asked.kind, judge, guesses, actual)
    return replace(bare, factor=found.expected, spread=spread(asked.kind, guesses * found.of(judge), actual))


def _winner(asked: Question, losses: dict[str, Array], seed: int) -> tuple[str, dict[str, Interval]]:
    """A model only where it is less wrong than the best rule by more than chance; each way's gap to that rule."""
    rules = [rule.key for rule in asked.rules]
    best_rule = min(rules, key=lambda way: float(losses[way].mean()))
    rng = np.random.default_rng(seed)
    count = len(losses[best_rule])
    draws = [rng.integers(0, count, count) for _ in range(RESAMPLES)]
    gaps = {}
    for way, values in losses.items():
        gap = values - losses[best_rule]
        gaps[way] = interval(float(gap.mean()), np.array([gap[draw].mean() for draw in draws]))
    better = [way for way, gap in gaps.items() if way not in rules and gap.high < 0]
    return (min(better, key=lambda way: float(losses[way].mean())) if better else best_rule), gaps


def _matrix(asked: Question, rows: pd.DataFrame, names: tuple[str, ...]) -> xgb.DMatrix:
    actual = target(asked, rows)
    label = actual if asked.kind == "total" else np.log(np.maximum(actual, SMALLEST))
    return xgb.DMatrix(inputs(asked, rows, names), label=label, base_margin=start(asked, rows))


def cutoffs_with(rows: pd.DataFrame, asked: Question) -> list[dt.date]:
    """The dates at which this question has an answer."""
    return sorted(rows.loc[rows[asked.target].notna(), "cutoff"].unique())
