"""What is known of the answers in use beyond their cards: money, drift since training, and the groups a nonprofit checks."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from steward import outcomes, scoring
from steward.bootstrap import Steward
from steward.decide import readiness
from steward.decide.policy import Policy
from steward.decide.readiness import Share
from steward.errors import InputError, StateError
from steward.evidence import judged
from steward.models import Model, drift, profit
from steward.models.metrics import Array, calibration_error, reliability
from steward.night import layers, scored
from steward.reports.outcomes import Honesty, Judged
from steward.salesforce import pseudonyms
from steward.tables import fairness, reading

FEWEST_GIVERS = 30  # below which what contact would have earned is luck


@dataclass(frozen=True)
class People:
    """A file of the nonprofit's own: who is in which group. `key` is the column of Contact ids; only `columns` are read."""

    path: pathlib.Path
    key: str
    columns: tuple[str, ...]


def appraise(steward: Steward, champions: Sequence[Model], cost: float, people: People | None) -> list[Judged]:
    run = _last_run(steward)
    features = scored.features(run) if run else None
    where = _groups(steward, run, people) if people else None
    return [_appraised(steward, model, cost, features, where) for model in champions]


def _appraised(
    steward: Steward, model: Model, cost: float, features: pd.DataFrame | None, where: pd.DataFrame | None
) -> Judged:
    since = None if features is None else drift.since_training(model, scoring.eligible(model, features))
    seen = judged.load(steward.home, model.version)
    if seen is None:
        return Judged(model.card, since=since)
    order, probability = (seen[f"{model.method}_{part}"].to_numpy(np.float64) for part in ("order", "probability"))
    label = seen["label"].to_numpy(np.float64)
    honest = Honesty(calibration_error(label, probability), tuple(reliability(label, probability)))
    groups = _fair(seen["unit_id"], where, label, order, probability) if where is not None else ()
    ready = _ready(model, seen, steward.policy) if model.outcome == "recurring_upgrade" else ()
    return Judged(model.card, _profit(model, seen, cost), since, groups, honest, ready)


def _ready(model: Model, seen: pd.DataFrame, policy: Policy) -> tuple[Share, ...]:
    """What the word on the card is worth, by the evidence of the answer in use."""
    if "recurring_months" not in seen or seen["recurring_months"].isna().all():
        return ()
    names = ("label", f"{model.method}_order", "rule_order", f"{model.method}_probability", "recurring_months")
    label, order, rule, probability, months = (seen[name].to_numpy(np.float64, na_value=np.nan) for name in names)
    return readiness.worth(label, order, rule, model.band(probability), months, policy)


def _profit(model: Model, seen: pd.DataFrame, cost: float) -> profit.Profit | None:
    """By likelihood times the usual gift, by likelihood alone, and by the best rule; None where it says nothing."""
    given = seen["given"].to_numpy(np.float64, na_value=np.nan)
    if not outcomes.get(model.outcome).earns or np.isnan(given).any() or (given > 0).sum() < FEWEST_GIVERS:
        return None
    model_order, rule_order = (seen[f"{who}_order"].to_numpy(np.float64) for who in ("model", "rule"))
    usual = seen["usual_gift"].to_numpy(np.float64, na_value=np.nan)
    worth = seen["model_probability"].to_numpy(np.float64) * usual
    orders: dict[str, Array] = {
        "by likelihood": model_order,
        f"rule: {model.card['evaluation']['rules'][0]['title']}": rule_order,
    }
    if not np.isnan(usual).any():
        orders = {"by likelihood × usual gift": worth, **orders}
    return profit.judge(orders, given, cost)


def _fair(
    units: pd.Series, where: pd.DataFrame, label: Array, order: Array, probability: Array
) -> tuple[fairness.Group, ...]:
    mine = where.reindex(units).reset_index(drop=True)
    even = np.ones(len(label))
    return tuple(
        group
        for by in mine
        for group in fairness.groups(str(by), fairness.named(mine[by]), label, even, order, probability)
    )


def _groups(steward: Steward, run: pathlib.Path | None, people: People) -> pd.DataFrame:
    """One row a giving unit, by its lead: the words of the file as they stand, never written anywhere."""
    if run is None:
        raise StateError(
            "No run has scored all donors yet: who belongs together is not known.", "Run `steward score` first."
        )
    read = reading.read(people.path)
    if missing := [name for name in (people.key, *people.columns) if name not in read]:
        raise InputError(
            f"{people.path.name} has no column {', '.join(missing)}.", f"It has: {', '.join(map(str, read.columns))}."
        )
    told = read[list(people.columns)].assign(
        contact_id=[pseudonyms.pseudonym(str(one), steward.key) for one in read[people.key]]
    )
    with duckdb.connect() as db:
        known = layers.rows(run / scored.PEOPLE)
        members = db.execute(f"SELECT contact_id, unit_id FROM {known} ORDER BY is_lead DESC").df()  # noqa: S608 our own path
    found = members.merge(told.drop_duplicates("contact_id"), on="contact_id")
    if found.empty:
        raise InputError(
            f"No Contact of the last run is in {people.path.name}.",
            f"Column {people.key} must hold Contact ids of 15 or 18 characters.",
        )
    return found.drop_duplicates("unit_id").set_index("unit_id")[list(people.columns)]


def _last_run(steward: Steward) -> pathlib.Path | None:
    """Of everybody."""
    for old in steward.state.runs(scored.KEEP_RUNS):
        folder = steward.home / "runs" / old.run_id
        if old.scope is None and (folder / scored.FEATURES).exists():
            return folder
    return None
