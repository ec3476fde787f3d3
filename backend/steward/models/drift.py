"""Do today's donors still look like those that a model was trained on: each input, and the order it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models import peers
from steward.models.frames import matrix
from steward.models.metrics import Array
from steward.models.model import Model
from steward.models.spreads import Spread, moved, population_stability, spread


@dataclass(frozen=True)
class Drift:
    """One input: how far it moved since training (PSI), and what is typical of it then and now (None: nothing is)."""

    name: str
    psi: float
    then: float | None
    now: float | None


@dataclass(frozen=True)
class Since:
    """`order` is the drift of what donors are ranked by; `inputs` the farthest moved first."""

    donors: int
    order: float
    inputs: tuple[Drift, ...]


def spreads(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, Spread]:
    """Of each input that somebody has a value of."""
    columns = zip(names, matrix(rows, names).astype(np.float64).T, strict=True)
    found = {name: spread(values) for name, values in columns}
    return {name: one for name, one in found.items() if one is not None}


def since_training(model: Model, rows: pd.DataFrame) -> Since | None:
    """`rows`: features of the eligible now; None where nobody is, or the model kept no spreads."""
    names = model.boosted.names if model.boosted else tuple(term.feature for term in model.rule.rule.terms)
    known = [name for name in dict.fromkeys(names) if name in model.spreads]
    if len(rows) == 0 or not known:
        return None
    values = matrix(rows, known).astype(np.float64)
    usual = peers.typical(rows, known)
    found = [
        Drift(name, moved(model.spreads[name], column), model.typical.get(name), usual.get(name))
        for name, column in zip(known, values.T, strict=True)
    ]
    order = population_stability(np.array(model.reference), _order(model, rows))
    return Since(len(rows), order, tuple(sorted(found, key=lambda one: (-one.psi, one.name))))


def _order(model: Model, rows: pd.DataFrame) -> Array:
    if model.boosted is None:
        return model.rule.points(rows)
    return model.boosted.margin(model.boosted.contributions(rows))
