"""A second file to be judged on: learnt from the first only, read alike, its own leaks and figures."""

from __future__ import annotations

import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_table import donors
from steward.errors import InputError, NotEnoughData
from steward.tables import evaluation, held, words
from steward.tables.prepare import Roles, Table, prepare
from steward.tables.reading import NOTES

ROLES = Roles("gave", amount="amount")


def read(first: pd.DataFrame, second: pd.DataFrame) -> Table:
    frame, later = held.joined(first, second)
    return prepare(frame, ROLES, later)


def judged(first: pd.DataFrame, second: pd.DataFrame) -> dict:
    return evaluation.judge(read(first, second), ROLES, cost=5.0)


@pytest.fixture(scope="module")
def found() -> dict:
    return judged(donors(1500, seed=1), donors(900, seed=1))


def test_every_figure_is_of_the_second_file(found):
    second = donors(900, seed=1)
    assert (found["table"]["rows"], found["table"]["yes"]) == (900, second["gave"].sum())
    assert found["profit"]["everyone"]["profit"] == pytest.approx((second["amount"] - 5).sum())
    assert sum(one["rows"] for one in found["model"]["reliability"]) == 900
    assert "Learnt from 1,500 other rows" in words.text(found)


def test_what_the_first_file_teaches_holds_in_the_second(found):
    assert found["model"]["auc"] > found["rule"]["auc"]


def test_nothing_is_learnt_from_the_second_file():
    """Its answers turned around turn the order's worth around: nobody looked at them."""
    second = donors(900, seed=2)
    turned = second.assign(gave=1 - second["gave"])
    right, wrong = judged(donors(700), second), judged(donors(700), turned)
    assert right["model"]["auc"] == pytest.approx(1 - wrong["model"]["auc"])
    assert right["table"]["left_out"] == wrong["table"]["left_out"]


def test_columns_of_one_file_only_are_told_and_not_used():
    frame, later = held.joined(donors(100).drop(columns="region"), donors(50).assign(colour="red"))
    assert not {"region", "colour"} & set(frame)
    assert later.tolist() == [False] * 100 + [True] * 50
    assert frame.attrs[NOTES] == ["region, colour: only in one of the two files, not used"]


def test_a_column_written_otherwise_in_the_second_file_is_still_one_column():
    first, second = donors(200), donors(100)
    second["usual gift"] = [f"${size:,.2f}" for size in second["usual gift"]]
    table = read(first, second)
    assert table.kinds["usual gift"] == "number"
    assert np.allclose(table.inputs["usual gift"], [*first["usual gift"], *donors(100)["usual gift"]], atol=0.01)


@pytest.mark.parametrize(
    ("second", "error", "said"),
    [
        (donors(100)[["row"]].rename(columns={"row": "line"}), InputError, "no column in common"),
        (donors(100).drop(columns="gave"), InputError, "no column 'gave'"),
        (donors(100).assign(gave=0), NotEnoughData, "rarer answer"),
    ],
)
def test_a_second_file_that_cannot_judge_is_refused(second, error, said):
    with pytest.raises(error, match=said):
        read(donors(200), second)
