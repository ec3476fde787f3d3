"""Whom a donor is compared with: those of the same kind and like tenure, as they stood when the model was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steward.models.frames import Rows, column, matrix
from steward.models.metrics import Array

TENURE, KIND = "months_since_first_gift", "kind"
STEPS = (12, 36)  # months: new, settled, long-standing donors
STEP_NAMES = ("0", "1", "2", "none")
_EDGES = np.array([*STEPS, np.inf])  # a missing tenure lies beyond all of them
FEWEST = 50  # donors below which a group is no measure for anybody
OF_ALL = frozenset({TENURE, "months_on_record"})  # tenure itself is compared with everybody's

Medians = Mapping[str, Mapping[str, float]]


def groups(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Each row's group: its kind and the step of its tenure."""
    names = np.array(STEP_NAMES, object)[_steps(rows)]
    return np.array([f"{kind}/{step}" for kind, step in zip(_kinds(rows), names, strict=True)], object)


def _steps(rows: Rows) -> NDArray[np.intp]:
    if TENURE not in rows:
        return np.full(len(rows), len(STEPS) + 1, np.intp)
    return _EDGES.searchsorted(column(rows, TENURE), side="right")


def _kinds(rows: Rows) -> NDArray[np.object_]:
    if KIND not in rows:
        return np.full(len(rows), "", object)
    return np.asarray(rows[KIND], object)


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


@dataclass(frozen=True)
class Comparison:
    """What is typical of each input: a row a group of donors, the first for everybody. NaN: nothing is."""

    typical: Array  # (groups + 1, inputs)
    of_peers: NDArray[np.bool_]  # where that is the group's own
    rows: Mapping[str, NDArray[np.intp]]  # by kind, one a step of tenure; 0 where the group is too small

    def of(self, donors: Rows) -> NDArray[np.intp]:
        """Each donor's row."""
        found = np.zeros(len(donors), np.intp)
        steps, kinds = _steps(donors), _kinds(donors)
        for kind in set(kinds.tolist()):
            if kind in self.rows:
                here = kinds == kind
                found[here] = self.rows[kind][steps[here]]
        return found


def comparison(names: Sequence[str], of_all: Mapping[str, float], of_group: Medians) -> Comparison:
    """What donors' inputs of these names are compared with."""
    everybody = np.array([of_all.get(name, np.nan) for name in names], np.float64)
    compared = np.array([name not in OF_ALL for name in names], bool)
    own = [np.array([one.get(name, np.nan) for name in names], np.float64) for one in of_group.values()]
    typical = np.vstack([everybody, *(np.where(compared, one, everybody) for one in own)])
    of_peers = np.vstack([np.zeros_like(compared), *(compared for _ in own)])
    rows: dict[str, NDArray[np.intp]] = {}
    for row, group in enumerate(of_group, 1):
        kind, step = group.rsplit("/", 1)
        rows.setdefault(kind, np.zeros(len(STEP_NAMES), np.intp))[STEP_NAMES.index(step)] = row
    return Comparison(typical, of_peers, rows)
