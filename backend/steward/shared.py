"""Columns whose values many rows share: what is true of many donors is thought about, worded and kept once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

NOTHING = -1
FEW = 8

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Shared:
    """A column: `values`, and which of them each row has, NOTHING where it has none; None is none, too."""

    values: Sequence[Any]
    place: Places

    @classmethod
    def of(cls, column: NDArray[Any]) -> Self:
        """The same column; NaN is none."""
        place, values = pd.factorize(column)
        return cls(values.tolist(), place)

    @classmethod
    def nothing(cls, rows: int) -> Self:
        return cls((), np.full(rows, NOTHING))

    @classmethod
    def gathered(cls, rows: int, parts: Iterable[tuple[Places, Shared]]) -> Self:
        """A column of several, each of which tells of the rows at its places."""
        values: list[Any] = []
        place = np.full(rows, NOTHING)
        for at, said in parts:
            place[at] = np.where(said.place < 0, NOTHING, said.place + len(values)) if values else said.place
            values += said.values
        return cls(values, place)

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, row: int) -> Any:
        place = self.place[row]
        return None if place < 0 else self.values[place]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a value."""
        return _or(False, np.array([value is not None for value in self.values], bool), self.place)

    def tolist(self) -> list[Any]:
        values = [*self.values, None]
        return [values[place] for place in self.place.tolist()]

    def taken(self, rows: Places) -> Shared:
        """The values of these rows; NOTHING is nobody's row."""
        return Shared(self.values, _or(NOTHING, self.place, rows))

    def put(self, rows: NDArray[Any], value: Any) -> Shared:
        """The column with this value, or None, in these rows."""
        place = self.place.copy()
        place[rows] = len(self.values)
        return Shared([*self.values, value], place)

    def each(self, change: Callable[[Any], Any]) -> Shared:
        """The column of what follows from its values."""
        return Shared([None if value is None else change(value) for value in self.values], self.place)

    def numbers(self, change: Callable[[Any], float]) -> NDArray[np.float64]:
        """The same as numbers, NaN for none."""
        found = [np.nan if value is None else change(value) for value in self.values]
        return _or(np.nan, np.array(found, np.float64), self.place)

    def among(self, wanted: Container[Any]) -> NDArray[np.bool_]:
        """Where the value is one of these."""
        return _or(False, np.array([value in wanted for value in self.values], bool), self.place)

    def arrow(self, kind: pa.DataType) -> pa.DictionaryArray:
        """The same in Arrow, where no two of the values are equal."""
        values = pa.array(self.values, kind).dictionary_encode()
        place = _or(NOTHING, values.indices.fill_null(NOTHING).to_numpy(), self.place)
        return pa.DictionaryArray.from_arrays(pa.array(place, pa.int32(), mask=place < 0), values.dictionary)


def taken(column: Any, rows: Places) -> Any:
    """The same of a column of any kind; numbers are NaN where there is none, and long texts are not copied."""
    if isinstance(column, Shared):
        return column.taken(rows)
    if isinstance(column, pa.Array):
        values = column.dictionary_encode()
        place = values.indices.take(pa.array(rows, mask=rows < 0))
        return pa.DictionaryArray.from_arrays(place, values.dictionary)
    return _or(np.nan, column, rows)


def _or(nothing: Any, column: NDArray[Any], rows: Places) -> NDArray[Any]:
    """The column's values in these rows, or `nothing`."""
    if not len(column):
        return np.full(len(rows), nothing, column.dtype)
    return np.where(rows < 0, nothing, column[rows])


def alike(*columns: NDArray[Any]) -> tuple[Places, Places]:
    """One row each of those that agree in all these columns, and which of them each row is like. NaN is like NaN.

    A few rows are left as they are: a lone donor's would take longer to compare than to answer.
    """
    if len(columns[0]) <= FEW:
        return np.arange(len(columns[0])), np.arange(len(columns[0]))
    like = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        code, values = pd.factorize(column, use_na_sentinel=False)
        like = pd.factorize(like * len(values) + code)[0]
    one = np.empty(like.max(initial=-1) + 1, np.intp)
    one[like] = np.arange(len(like))
    return one, like
