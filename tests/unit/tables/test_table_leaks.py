"""Columns that know the answer are found and named; honest ones are not."""

from __future__ import annotations

import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_table import donors
from steward.tables import leaks
from steward.tables.prepare import Roles, prepare


def found(frame: pd.DataFrame, keep: tuple[str, ...] = ()) -> leaks.Findings:
    return leaks.find(prepare(frame, Roles("gave", amount="amount", keep=keep)), seed=1, keep=keep)


def test_honest_columns_are_left_alone():
    assert found(donors()) == leaks.Findings({}, {})


@pytest.mark.parametrize(
    "disguise",
    [
        lambda t: t["gave"].map({1: "responded", 0: "silent"}),
        lambda t: t["amount"] - 3,
        lambda t: pd.Series(np.where(t["gave"] == 1, "2024-07-01", None)).where(t.index % 3 > 0, "2024-07-02"),
        lambda t: pd.Series(np.where(t["gave"] == 1, t["usual gift"], np.nan)),
    ],
    ids=["in other words", "the amount shifted", "a date of thanks", "filled for givers only"],
)
def test_the_target_in_disguise_is_left_out(disguise):
    table = donors(3000)
    hidden = table.assign(secret=disguise(table))
    if hidden["secret"].equals(table["gave"]):
        pytest.fail("no disguise")
    findings = found(hidden)
    assert set(findings.leaks) | set(findings.suspects) == {"secret"}


def test_an_average_of_the_target_by_group_is_left_out_with_its_kin():
    table = donors(4000)
    rate = table.groupby("region")["gave"].transform("mean")
    findings = found(table.assign(regionrate=rate, **{"regionrate of few": rate / 2}))
    assert set(findings.leaks) == {"regionrate", "regionrate of few"}


def test_last_years_average_by_group_is_honest():
    table, before = donors(4000), donors(4000, seed=2)
    rate = table["region"].map(before.groupby("region")["gave"].mean())
    assert found(table.assign(regionrate=rate)) == leaks.Findings({}, {})


def test_a_column_the_caller_vouches_for_stays_and_is_named():
    table = donors()
    findings = found(table.assign(secret=table["amount"] * 2), keep=("secret",))
    assert not findings.leaks
    assert "secret" in findings.suspects


def test_a_word_that_only_givers_have_is_named():
    table = donors(4000, base=-3)
    thanked = np.where((table["gave"] == 1) & (table.index % 3 == 0), "thanked", "no")
    assert set(found(table.assign(letter=thanked)).suspects) == {"letter"}
