"""Whom a donor is compared with: those of the same kind and like tenure, as they stood when the model was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steward.models.frames import matrix
from steward.models.metrics import Array

TENURE, KIND = "months_since_first_gift", "kind"
STEPS = (12, 36)  # months: new, settled, long-standing donors
FEWEST = 50  # donors below which a group is no measure for anybody
OF_ALL = frozenset({TENURE, "months_on_record"})  # tenure itself is compared with everybody's

Medians = Mapping[str, Mapping[str, float]]


def groups(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Each row's group: its kind and the step of its tenure."""
    months = rows[TENURE].to_numpy(np.float64, na_value=np.nan) if TENURE in rows else np.full(len(rows), np.nan)
    steps = np.where(np.isnan(months), "none", np.digitize(np.nan_to_num(months), STEPS).astype(str))
    kinds = rows[KIND].astype(str).to_numpy(object) if KIND in rows else np.full(len(rows), "", object)
    return np.array([f"{kind}/{step}" for kind, step in zip(kinds, steps, strict=True)], object)


def medians(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """The typical value of each input in each group that is large enough."""
    wanted = [name for name in names if name not in OF_ALL]
    where = groups(rows)
    found = {}
    for group in sorted(set(where)):
        here = rows[where == group]
        if len(here) >= FEWEST:
            found[str(group)] = typical(here, wanted)
    return found


def typical(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, float]:
    """Each input's median; none where most donors have no value, since then nothing is typical."""
    known = {name: column[~np.isnan(column)] for name, column in zip(names, matrix(rows, names).T, strict=True)}
    return {name: float(np.median(column)) for name, column in known.items() if len(column) > len(rows) / 2}


def usual(
    rows: pd.DataFrame, names: Sequence[str], of_all: Mapping[str, float], of_group: Medians
) -> tuple[Array, Array]:
    """(donors, names): what is typical of each donor's peers, else of all; and where it is the peers'. NaN: nothing is."""
    everybody = np.array([of_all.get(name, np.nan) for name in names], np.float64)
    value = np.tile(everybody, (len(rows), 1))
    own = np.zeros(value.shape)
    compared = np.array([name not in OF_ALL for name in names], bool)
    where = groups(rows)
    for group in set(where) & set(of_group):
        peers = np.array([of_group[group].get(name, np.nan) for name in names], np.float64)
        here = where == group
        value[here] = np.where(compared, peers, everybody)
        own[here] = compared
    return value, own
