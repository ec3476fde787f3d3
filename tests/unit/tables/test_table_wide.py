"""A wide mailing file: found out by few columns of many, worth the more where both ways of expecting agree, told in few lines."""

from __future__ import annotations

import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))

import mailing
from steward.tables import crossval, evaluation, screening, words
from steward.tables.encoding import Encoder
from steward.tables.prepare import Roles, prepare

ROWS = 16_000


@pytest.fixture(scope="module")
def made() -> tuple[pd.DataFrame, np.ndarray]:
    return mailing.donors(ROWS, seed=3)


@pytest.fixture(scope="module")
def letters(made) -> pd.DataFrame:
    return made[0]


@pytest.fixture(scope="module")
def found(letters) -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossval, "FOLDS", 2)  # five take a minute
        return evaluation.evaluate(letters, Roles("answered", amount="gave"), cost=mailing.COST, repeats=1, threads=2)


def test_the_file_is_as_hard_as_real_ones(letters):
    assert letters.shape == (ROWS, 481)
    assert 0.045 < letters["answered"].mean() < 0.056
    givers = letters[letters["answered"] == 1]
    mean = givers.groupby("frequency_grade")["gave"].mean()
    assert mean.is_monotonic_decreasing
    assert letters.groupby("frequency_grade")["answered"].mean().is_monotonic_increasing


def test_who_answers_is_told_about_as_well_as_it_can_be(found):
    assert 0.56 < found["model"]["auc"] < 0.68
    assert found["model"]["auc_interval"][1] > found["rule"]["auc"]
    assert found["model"]["calibration_error"] < found["model"]["calibration_error_by_chance"] + 0.01


def test_writing_where_it_pays_earns_more_than_writing_to_all_or_to_the_likeliest(found, made):
    letters, worth = made
    profit = found["profit"]
    assert profit["everyone"]["profit"] == pytest.approx((letters["gave"] - mailing.COST).sum())
    assert profit["model"]["profit"] > max(profit["everyone"]["profit"], profit["likeliest"]["profit"])
    best = ((letters["gave"] - mailing.COST) * (worth > mailing.COST)).sum()
    assert profit["model"]["profit"] > 0.65 * best


def test_what_happened_to_481_columns_is_said_in_few_lines(found):
    text = words.text(found)
    left_out = {one["column"]: one["why"] for one in found["table"]["left_out"]}
    assert left_out.keys() >= {"gave", "control", "constant", "empty"}
    assert not {"star", "in_house"} & left_out.keys()
    columns = text[text.index("Columns") : text.index("order ")]
    assert len(columns.splitlines()) < 20
    assert "more: one value or nothing: read as yes and no" in columns
    assert all(len(line) < 300 for line in columns.splitlines())


def test_the_columns_that_tell_something_are_among_those_learnt_from(letters):
    table = prepare(letters, Roles("answered", amount="gave"))
    encoder = Encoder(table.kinds, 1)
    kept = screening.telling(encoder.fit_transform(table.inputs, table.label), table.label, seed=1).kept
    names = [encoder.names[column] for column in kept]
    assert screening.LEAST <= len(names) <= screening.MOST
    assert {"frequency_grade", "gifts", "last_gift"} <= set(names)
    assert sum(name.startswith("area_") for name in names) < 0.15 * mailing.NEIGHBOURHOOD


def test_of_columns_that_tell_nothing_about_as_many_pass_as_chance_lets_pass():
    rng = np.random.default_rng(1)
    data = rng.normal(size=(20_000, 600)).astype(np.float32)
    data[:, 300:] = np.round(data[:, 300:])
    label = (rng.random(20_000) < 0.05).astype(np.float64)
    passed = len(screening.telling(data, label, seed=1).kept)
    assert passed == screening.LEAST or passed < 2 * screening.CHANCE * 600


def test_a_table_that_is_not_wide_is_learnt_from_whole():
    data = np.zeros((50, screening.WIDE), np.float32)
    assert len(screening.telling(data, np.zeros(50), seed=1).kept) == screening.WIDE
