"""The whole answer about a table as plain values: what was found in it, how well it predicts, what contact would earn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from steward.models.metrics import Array
from steward.tables import crossval, fairness, leaks, measures
from steward.tables.crossval import Seen
from steward.tables.prepare import Roles, Table, prepare

SHARES = tuple(step / 20 for step in range(1, 21))
RESAMPLES, CHANCES = 200, 20
LEARNERS = ("trees on all columns", "shallow trees on ratios of the strongest", "trees on ratios of the strongest",
            "a straight line on all columns", "a cautious line on all columns", "curves on the strongest",
            "a straight line on the surest", "shallow trees on the surest", "a line on the surest one")  # fmt: skip


def evaluate(frame: pd.DataFrame, roles: Roles, **asked: Any) -> dict[str, Any]:
    """`asked` as `judge` takes it."""
    return judge(prepare(frame, roles), roles, **asked)


def judge(
    table: Table,
    roles: Roles,
    *,
    cost: float | None = None,
    seed: int = 7,
    threads: int = 1,
    repeats: int | None = None,
    stage: Callable[[str, int | None], None] = lambda name, total: None,
    advance: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    stage("Looking for columns that know the answer", None)
    held = table.held
    found = leaks.find(table if held is None else table.part(~held), seed, roles.keep)
    table = _without(table, found.leaks)
    if held is None:
        stage("Cross-validating", crossval.FOLDS * (repeats or crossval.repeats_for(len(table.label))))
    else:
        stage("Learning, then judging", 1)
    seen = crossval.cross_validate(table, cost, seed, threads, advance, repeats)
    how = _how(table, seen)
    if held is not None:
        table, seen = table.part(held), seen.part(held)
    return {
        "target": roles.target,
        "table": _table(table, found),
        "method": _method(seen) | {"how": how},
        "model": _model(table, seen, seed),
        "rule": _rule(table, seen),
        "base_rate": {"brier": measures.brier(table.label, _base(table), table.weight), "auc": 0.5, "lift_at_10": 1.0},
        "groups": _groups(table, seen),
        "profit": _profit(table, seen, cost) if cost is not None and table.amount is not None else None,
    }


def _without(table: Table, gone: dict[str, str]) -> Table:
    if not gone:
        return table
    kept = [name for name in table.inputs if name not in gone]
    return replace(
        table,
        inputs=table.inputs[kept],
        kinds={name: table.kinds[name] for name in kept},
        left_out=(*table.left_out, *gone.items()),
    )


def _base(table: Table) -> Array:
    return np.full(len(table.label), float(np.average(table.label, weights=table.weight)))


def _table(table: Table, found: leaks.Findings) -> dict[str, Any]:
    return {
        "rows": len(table.label),
        "yes": int(table.label.sum()),
        "base_rate": float(np.average(table.label, weights=table.weight)),
        "inputs": list(table.kinds),
        "kinds": dict(Counter(table.kinds.values()).most_common()),
        "left_out": [{"column": name, "why": why} for name, why in table.left_out],
        "leaks": sorted(found.leaks),
        "suspects": [{"column": name, "why": why} for name, why in sorted(found.suspects.items())],
        "notes": list(table.notes),
    }


def _how(table: Table, seen: Seen) -> str:
    if table.held is not None:
        return f"Learnt from {int((~table.held).sum()):,} other rows"
    times = f", {len(seen.margin)} times over" if len(seen.margin) > 1 else ""
    return f"{crossval.FOLDS}-fold cross-validation{times}"


def _method(seen: Seen) -> dict[str, Any]:
    return {
        "repeats": len(seen.margin),
        "calibration": seen.calibrations[0],
        "voices": {name: round(float(voice), 2) for name, voice in zip(LEARNERS, seen.voices, strict=True)},
    }


def _model(table: Table, seen: Seen, seed: int) -> dict[str, Any]:
    """Means over repeats; the order is the probability's, the margin parts what a stepwise calibration ties."""
    label, weight = table.label, table.weight
    auc = _mean(seen.margin, lambda one: measures.auc(label, one, weight))
    drawn = _bootstrap(table, seen.margin[0], seed)
    return {
        "auc": auc,
        "auc_interval": [auc + float(np.quantile(drawn, q) - measures.auc(label, seen.margin[0], weight)) for q in (0.025, 0.975)],
        "average_precision": _mean(seen.margin, lambda one: measures.average_precision(label, one, weight)),
        "lift_at_10": _mean(seen.margin, lambda one: measures.lift(label, one, weight)),
        "calibration_error": _mean(seen.probability, lambda one: measures.calibration_error(label, one, weight)),
        "calibration_error_by_chance": _by_chance(seen.probability[0], weight, seed),
        "brier": _mean(seen.probability, lambda one: measures.brier(label, one, weight)),
        "gains": [asdict(step) for step in measures.gains(label, seen.margin[0], weight, SHARES)],
        "reliability": [asdict(one) for one in measures.reliability(label, seen.probability[0], weight)],
    }  # fmt: skip


def _groups(table: Table, seen: Seen) -> list[dict[str, Any]]:
    said = (table.label, table.weight, seen.margin[0], seen.probability[0])
    return [asdict(one) for by, where in table.groups.items() for one in fairness.groups(by, where, *said)]


def _by_chance(probability: Array, weight: Array, seed: int) -> float:
    """The calibration error that perfectly honest probabilities would show on so many rows."""
    rng = np.random.default_rng(seed)
    drawn = [(rng.random(len(probability)) < probability).astype(np.float64) for _ in range(CHANCES)]
    return float(np.mean([measures.calibration_error(label, probability, weight) for label in drawn]))


def _rule(table: Table, seen: Seen) -> dict[str, Any]:
    label, weight = table.label, table.weight
    return {
        "title": seen.rule_titles[0],
        "others": list(seen.rule_titles[1:]),
        "auc": _mean(seen.rule, lambda one: measures.auc(label, one, weight)),
        "average_precision": _mean(seen.rule, lambda one: measures.average_precision(label, one, weight)),
        "lift_at_10": _mean(seen.rule, lambda one: measures.lift(label, one, weight)),
        "gains": [asdict(step) for step in measures.gains(label, seen.rule[0], weight, SHARES)],
    }


def _profit(table: Table, seen: Seen, cost: float) -> dict[str, Any]:
    """Contact where the amount to expect is above the cost; nobody's own answer chose for them."""
    if table.amount is None or seen.worth is None or seen.usual is None or seen.rule_cut is None:
        raise ValueError("profit needs amounts")
    paid, weight = table.amount * table.label, table.weight
    chosen = (seen.worth > cost).astype(np.float64)
    likely = (seen.probability * seen.usual > cost).astype(np.float64)
    everyone = np.ones((1, len(paid)))
    order = seen.worth[0]
    return {
        "cost": cost,
        "model": _earned(chosen, paid, weight, cost),
        "likeliest": _earned(likely, paid, weight, cost),
        "everyone": _earned(everyone, paid, weight, cost),
        "rule": {"title": seen.rule_titles[0], **_earned(seen.rule_cut, paid, weight, cost)},
        "expected": float(np.average(np.where(chosen[0] == 1, order - cost, 0.0), weights=weight) * weight.sum()),
        "curve": _curve(order, paid, weight, cost),
    }


def _earned(chosen: Array, paid: Array, weight: Array, cost: float) -> dict[str, float]:
    total = [float((weight * (paid - cost) * one).sum()) for one in chosen]
    return {
        "contacted_share": float(np.mean([np.average(one, weights=weight) for one in chosen])),
        "profit": float(np.mean(total)),
        "profit_per_1000": float(np.mean(total)) / float(weight.sum()) * 1000,
    }


def _curve(order: Array, paid: Array, weight: Array, cost: float) -> list[dict[str, float]]:
    ranked = np.argsort(-order, kind="stable")
    earned, reached = np.cumsum((weight * (paid - cost))[ranked]), np.cumsum(weight[ranked])
    places = [min(int(np.searchsorted(reached, share * reached[-1] - 1e-9)), len(reached) - 1) for share in SHARES]
    return [{"share": share, "profit": float(earned[place])} for share, place in zip(SHARES, places, strict=True)]


def _mean(repeats: Array, measure: Callable[[Array], float]) -> float:
    return float(np.mean([measure(one) for one in repeats]))


def _bootstrap(table: Table, margin: Array, seed: int) -> Array:
    """AUC on resampled units; a large table's interval comes from fewer draws."""
    rng = np.random.default_rng(seed)
    units, where = np.unique(table.units, return_inverse=True)
    draws = RESAMPLES if len(units) < 200_000 else RESAMPLES // 4
    found = []
    for _ in range(draws):
        times = np.bincount(rng.integers(0, len(units), len(units)), minlength=len(units))[where]
        taken = times > 0
        found.append(measures.auc(table.label[taken], margin[taken], (table.weight * times)[taken]))
    return np.array(found)
