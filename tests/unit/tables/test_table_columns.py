"""What a column is, from its values: numbers in any dress, dates, ids, personal data, codes for missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from steward.tables.kinds import recognise, recognise_input

COUNT = 200
RNG = np.random.default_rng(5)


def column(values: list) -> pd.Series:
    return pd.Series((values * COUNT)[:COUNT])


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["$1,250.50", "$3", "$20.00"], [1250.5, 3, 20]),
        (["1.250,50", "3,00", "20,10 €"], [1250.5, 3, 20.1]),
        (["12 %", "7 %", "3.5 %"], [12, 7, 3.5]),
        (["CHF 1'200", "CHF 30", "CHF 4"], [1200, 30, 4]),
        (["kr 12,50", "4,00 kr", "300,00 kr."], [12.5, 4, 300]),
        (["₹1,200", "R$ 30", "zł 4"], [1200, 30, 4]),
        (["($1,250.50)", "12.5-", "3"], [-1250.5, -12.5, 3]),
    ],
)
def test_money_is_a_number_however_it_is_written(texts, numbers):
    read = recognise("gift", column(texts))
    assert read.kind == "number"
    assert read.values.head(3).tolist() == numbers


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-31", "2023-12-01"],
        ["31.01.2024", "01.12.2023"],
        ["01/31/2024", "12/01/2023"],
        ["31/01/2024", "01/12/2023"],
        ["2024-01-31 17:45:00", "2023-12-01 08:00:00"],
        ["31 January 2024", "01 December 2023"],
        ["01/31/24 11:15 PM", "12/01/23 01:00 AM"],
    ],
)
def test_dates_are_dates_in_any_usual_form(texts):
    read = recognise("letzte Spende", column(texts))
    assert read.kind == "date"
    assert read.values.head(2).tolist() == [pd.Timestamp("2024-01-31"), pd.Timestamp("2023-12-01")]


@pytest.mark.parametrize("texts", [["Jan-24", "Dec-23"], ["2024-01", "2023-12"], ["01/2024", "12/2023"]])
def test_months_are_dates_too(texts):
    read = recognise("joined", column(texts))
    assert read.values.head(2).tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2023-12-01")]


def test_dates_written_as_numbers_are_dates():
    read = recognise("last", column([20240131, 20231201, 20200229]))
    assert read.kind == "date"
    assert read.values.iloc[2] == pd.Timestamp("2020-02-29")


@pytest.mark.parametrize(
    ("values", "months"),
    [
        ([9412, 9501, 0, 9602], [0, 1, None, 14]),
        ([9912, 1, 103, 9811], [0, 1, 15, -13]),
        ([199412, 199501, 0, 199602], [0, 1, None, 14]),
        ([3712, 4001, 2001, 5603], [0, 25, -215, 219]),
    ],
)
def test_years_and_months_written_as_numbers_lie_on_one_scale(values, months):
    read = recognise("born", column(values))
    assert read.kind == "number"
    told = read.values.head(len(values))
    first = told.iloc[0] - months[0]
    assert [None if np.isnan(one) else one - first for one in told] == months


@pytest.mark.parametrize(
    "values", [[1, 5, 12, 3], [500, 1000, 250, 110], [101.5, 102, 103, 201], [-101, 201, 302, 412]]
)
def test_other_numbers_are_no_months(values):
    assert recognise("gift", column(values)).values.dropna().head(4).tolist() == values


def test_an_impossible_date_is_missing_not_an_error():
    read = recognise("last", column(["2024-01-31"] * 30 + ["2023-05-05"] * 20 + ["2024-02-31"]))
    assert read.kind == "date"
    assert read.values.isna().sum() == 3


def test_a_code_for_missing_far_below_everything_is_missing():
    read = recognise("years", column([-999, 3, 5, 0, 12]))
    assert read.values.isna().sum() == COUNT / 5
    assert "-999" in read.note


def test_a_low_number_among_other_low_numbers_is_kept():
    assert recognise("balance", column([-99, -80, 3, 5])).values.notna().all()


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("CONTROLN", RNG.permutation(COUNT) * 7 + 3, "an id"),
        ("Unnamed: 0", np.arange(COUNT), "an id"),
        ("donor", [f"d{number}" for number in range(COUNT)], "nearly every row"),
        ("contact", [f"a{number % 50}@example.org" for number in range(COUNT)], "personal"),
        ("First Name", ["Ann", "Bob"] * (COUNT // 2), "personal"),
        ("country", ["CH"] * COUNT, "one value"),
        ("nothing", [None] * COUNT, "empty"),
    ],
)
def test_what_no_model_should_read_is_left_out_with_the_reason(name, values, why):
    read = recognise(name, pd.Series(values))
    assert read.kind is None
    assert why in read.note


@pytest.mark.parametrize("values", [["X", " "], ["X", None], [9706, None], ["2024-01-31", None]])
def test_one_value_or_nothing_is_a_flag(values):
    read = recognise_input("star", column(values))
    assert (read.kind, read.values.head(2).tolist()) == ("number", [1, 0])
    assert "yes and no" in read.note


@pytest.mark.parametrize("values", [["X"], [None], [5]])
def test_one_value_everywhere_is_no_flag(values):
    assert recognise_input("star", column(values)).kind is None


def test_a_measurement_that_happens_to_differ_everywhere_stays():
    assert recognise("income", pd.Series(RNG.permutation(10_000_000)[:COUNT])).kind == "number"
    assert recognise("rate", pd.Series(RNG.random(COUNT))).kind == "number"


def test_a_postcode_with_a_dash_behind_is_no_number_below_zero():
    assert recognise("zip", column(["27017-", "61081", "91326", "2045-"])).kind == "category"


def test_text_of_many_rows_is_a_category():
    assert recognise("state", column(["CA", "NY", "TX", None])).kind == "category"
