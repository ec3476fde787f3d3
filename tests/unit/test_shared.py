"""A column of shared values says what the plain column says, whatever is done with it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from steward.shared import FEW, NOTHING, Shared, alike, taken

WORDS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "c"])), max_size=8)


def column(values: list) -> Shared:
    """Also with values that nobody has, and with one value twice."""
    shared = ["u", None, *(value for value in values if value is not None)]
    place = [
        NOTHING if value is None else 2 + [one for one in values if one is not None].index(value) for value in values
    ]
    return Shared(shared, np.array(place, np.intp))


@given(WORDS, st.lists(st.integers(-1, 20), max_size=8))
def test_a_shared_column_is_the_plain_one(values, wanted):
    made = column(values)
    assert made.tolist() == [made[row] for row in range(len(made))] == values
    assert made.known.tolist() == [value is not None for value in values]
    assert made.among({"a", "b"}).tolist() == [value in ("a", "b") for value in values]
    assert made.each(lambda value: None if value == "a" else value * 2).tolist() == [
        None if value in (None, "a") else value * 2 for value in values
    ]
    rows = np.array([row if row < len(values) else NOTHING for row in wanted], np.intp)
    assert taken(made, rows).tolist() == [None if row < 0 else values[row] for row in rows.tolist()]


@given(WORDS)
def test_it_is_the_same_from_numpy_and_in_arrow_where_no_value_stands_twice(values):
    assert Shared.of(np.array(values, object)).tolist() == values
    found = Shared([*values, *values], np.arange(len(values))).arrow(pa.string())
    assert found.to_pylist() == values
    assert sorted(found.dictionary.to_pylist()) == sorted({value for value in values if value is not None})


@given(WORDS, st.sampled_from(["z", None]), st.data())
def test_a_value_put_in_some_rows_stands_there_and_nowhere_else(values, value, data):
    rows = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))), bool)
    before = column(values)
    assert before.put(rows, value).tolist() == [
        value if here else old for here, old in zip(rows.tolist(), values, strict=True)
    ]
    assert before.tolist() == values


def test_columns_that_each_tell_of_some_rows_are_gathered():
    parts = [(np.array([3, 0]), column(["a", None])), (np.array([1]), column(["b"]))]
    assert Shared.gathered(5, parts).tolist() == [None, "b", None, "a", None]


def test_numbers_are_missing_where_there_is_no_value_or_no_row():
    found = column(["a", None, "c"]).numbers(ord)
    assert np.array_equal(found, [97, np.nan, 99], equal_nan=True)
    assert np.array_equal(taken(found, np.array([2, NOTHING])), [99, np.nan], equal_nan=True)


@given(
    st.lists(
        st.tuples(st.sampled_from([1.5, 2.0, np.nan]), st.integers(0, 2), st.sampled_from(["x", None])), max_size=30
    )
)
def test_rows_are_alike_that_agree_in_every_column(rows):
    columns = [np.array([row[n] for row in rows], kind) for n, kind in enumerate((np.float64, np.int64, object))]
    one, like = alike(*columns)
    assert [repr(rows[row]) for row in one[like]] == [repr(row) for row in rows]
    assert len(one) == len({repr(row) for row in rows}) or len(rows) <= FEW
