"""What is known of giving units, as learning and scoring read it: from an Ibis table to data frames, columns and matrices."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from steward.compiling import nothing_collected
from steward.errors import InputError
from steward.models.treetables import Doubles, Floats
from steward.shared import FEW, Places


@dataclass(frozen=True)
class UnitFacts:
    """Giving units, a row each, for scoring: numbers side by side, missing as NaN; words and dates by column.

    A data frame of one row costs more than a lone donor's score; arrays cost a donor and a batch what they are. Some of the
    units are the same arrays with the places in them, so that what fifteen questions read is put side by side once.
    """

    names: tuple[str, ...]  # of the numbers
    numbers: Doubles  # (units, names)
    words: Mapping[str, NDArray[np.object_]]  # None where there is none
    place: Places | None = None  # of these units in the arrays; None: they are all of them
    beside: dict[tuple[tuple[str, ...], type], NDArray[Any]] = field(
        default_factory=dict, repr=False
    )  # of all, as read

    def __len__(self) -> int:
        return len(self.numbers) if self.place is None else len(self.place)

    def __contains__(self, name: str) -> bool:
        return name in self.words or name in self.names

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self.words.get(name)
        return self._own(self.numbers[:, _places(self.names, (name,))[0]] if found is None else found)

    def taken(self, place: Places) -> UnitFacts:
        """The units at these places, in this order."""
        if len(place) == len(self) and (place == np.arange(len(self))).all():
            return self
        return replace(self, place=place if self.place is None else self.place[place])

    def distinct(self) -> tuple[UnitFacts, Places]:
        """One of each run of units whose facts are the same, and which of them each unit is like. Those that lie apart are
        not found: batches come in an order of facts. A few are left as they are."""
        if len(self) <= FEW or self.place is not None:
            return self, np.arange(len(self))
        bits = self.numbers.view(np.int64)  # in which a missing number equals another
        new = (bits[1:] != bits[:-1]).any(axis=1)
        for name, words in self.words.items():
            if name != "unit_id":
                new |= words[1:] != words[:-1]
        like = np.append(0, new.cumsum())
        one = np.append(0, 1 + np.flatnonzero(new))
        return UnitFacts(self.names, self.numbers[one], {name: words[one] for name, words in self.words.items()}), like

    def side_by_side(self, names: Sequence[str], kind: type = np.float64) -> NDArray[Any]:
        """(units, names); not to be changed."""
        return self._own(self._of_all(tuple(names), kind))

    def among_all(self, names: tuple[str, ...]) -> tuple[NDArray[Any], Places]:
        """The same of all in whose arrays these units stand, and where they do: nothing is copied."""
        return self._of_all(names, np.float64), np.arange(len(self)) if self.place is None else self.place

    def _of_all(self, names: tuple[str, ...], kind: type) -> NDArray[Any]:
        if (names, kind) not in self.beside:
            self.beside[names, kind] = self.numbers.take(_places(self.names, names), axis=1).astype(kind, copy=False)
        return self.beside[names, kind]

    def _own(self, of_all: NDArray[Any]) -> NDArray[Any]:
        return of_all if self.place is None else of_all[self.place]


Rows: TypeAlias = pd.DataFrame | UnitFacts


@functools.lru_cache(maxsize=512)
def _places(names: tuple[str, ...], wanted: tuple[str, ...]) -> Places:
    place = {name: number for number, name in enumerate(names)}
    _require(wanted, place)
    return np.array([place[name] for name in wanted], np.intp)


def _require(names: Sequence[str], known: Container[str]) -> None:
    absent = [name for name in names if name not in known]
    if absent:
        raise InputError(
            f"The features table has no column {', '.join(absent)}.",
            "Score with the features' version that the model was trained on, or train again.",
        )


def in_floats(features: ir.Table) -> ir.Table:
    """Decimals, yes and no as floats: what models read."""
    kinds = features.schema().items()
    numbers = {name: features[name].cast("float64") for name, kind in kinds if kind.is_decimal() or kind.is_boolean()}
    return features.mutate(**numbers) if numbers else features


def to_frame(features: ir.Table) -> pd.DataFrame:
    """One row a unit in the order of unit_id, so that every run sees the same order."""
    with nothing_collected():
        frame: pd.DataFrame = in_floats(features).to_pyarrow().to_pandas()
    return in_plain_words(frame.sort_values("unit_id", kind="stable", ignore_index=True))


def in_plain_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Keys and column names as Python's own strings: quicker to look up than Arrow's."""
    frame["unit_id"] = frame["unit_id"].astype(object)
    frame.columns = frame.columns.astype(object)
    return frame


def to_facts(features: ir.Table) -> UnitFacts:
    """The same as `to_frame`, for scoring."""
    return facts_in(in_floats(features).to_pyarrow().sort_by("unit_id"))


def facts_in(table: pa.Table) -> UnitFacts:
    """The facts in an Arrow table of floats, whole numbers, words and dates."""
    kinds = {field.name: pa.types.is_integer(field.type) or pa.types.is_floating(field.type) for field in table.schema}
    return _facts(kinds, table.num_rows, lambda name: table.column(name).to_numpy(zero_copy_only=False))


def facts_of(rows: Rows) -> UnitFacts:
    """The facts in a data frame; facts stay what they are."""
    if isinstance(rows, UnitFacts):
        return rows
    kinds = {str(name): pd.api.types.is_numeric_dtype(kind) for name, kind in rows.dtypes.items()}

    return _facts(kinds, len(rows), lambda name: column(rows, name) if kinds[name] else rows[name].to_numpy(object))


def _facts(kinds: Mapping[str, bool], units: int, column: Callable[[str], NDArray[Any]]) -> UnitFacts:
    """`kinds`: whether each column holds numbers."""
    names = tuple(name for name, is_number in kinds.items() if is_number)
    numbers = np.empty((units, len(names)), np.float64)
    for place, name in enumerate(names):
        numbers[:, place] = column(name)
    words = {name: column(name).astype(object) for name, is_number in kinds.items() if not is_number}
    for held in words.values():
        held[pd.isna(held)] = None
    return UnitFacts(names, numbers, words)


def column(rows: Rows, name: str) -> Doubles:
    """One column of numbers, missing as NaN."""
    if isinstance(rows, UnitFacts):
        return rows[name]
    found: Doubles = rows[name].to_numpy(np.float64, na_value=np.nan)
    return found


def matrix(rows: Rows, names: Sequence[str]) -> Floats:
    """(donors, features) float32, missing as NaN, C order."""
    if isinstance(rows, UnitFacts):
        return rows.side_by_side(names, np.float32)
    _require(names, rows)
    chosen = rows[pd.Index(names, dtype=object)]
    return np.ascontiguousarray(chosen.to_numpy(dtype=np.float32, na_value=np.nan))
