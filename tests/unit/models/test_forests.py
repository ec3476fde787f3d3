"""What trees say in all: bit by bit what xgboost says, for one donor as for many, or left to xgboost."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from steward.models import forests


def donors(rng: np.random.Generator, count: int, missing: float) -> np.ndarray:
    matrix = rng.integers(-5, 6, (count, 5)).astype(np.float32)  # whole numbers, so that many stand on a threshold
    matrix[rng.random(matrix.shape) < missing] = np.nan
    return matrix


def grow(rng: np.random.Generator, objective: str, depth: int, missing: float) -> xgb.Booster:
    matrix, start = donors(rng, 300, missing), rng.normal(size=300)
    label = np.exp(np.nan_to_num(matrix[:, 0]) / 3 + rng.normal(size=300))
    data = xgb.DMatrix(matrix, label, base_margin=start, nthread=1)
    return xgb.train({"objective": objective, "max_depth": depth, "eta": 0.3, "nthread": 1}, data, 12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    objective=st.sampled_from(sorted(forests.IN_LOGS)),
    depth=st.integers(1, 7),
    missing=st.sampled_from([0.0, 0.3]),
)
def test_trees_say_what_xgboost_says(seed, objective, depth, missing):
    rng = np.random.default_rng(seed)
    booster = grow(rng, objective, depth, missing)
    count = forests.TILE + 40
    matrix, start = donors(rng, count, missing), rng.normal(size=count)
    forest = forests.build(booster)
    ours = forest.said(matrix, start)
    booster.set_param({"nthread": 1})
    assert ours.tobytes() == np.asarray(booster.inplace_predict(matrix, base_margin=start), np.float32).tobytes()
    assert forest.said(matrix[7:8], start[7:8]).tobytes() == ours[7:8].tobytes()


def test_a_booster_that_learnt_nothing_leaves_everybody_where_they_started():
    booster = xgb.train({"objective": "reg:absoluteerror", "nthread": 1}, xgb.DMatrix(np.zeros((9, 2)), np.zeros(9)), 2)
    assert forests.build(booster).said(np.zeros((3, 2), np.float32), np.arange(3.0)).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "odd", [{"objective": "binary:logistic"}, {"objective": "reg:squarederror", "booster": "gblinear"}]
)
def test_what_is_not_a_sum_of_plain_trees_is_left_to_xgboost(odd):
    matrix = donors(np.random.default_rng(1), 50, 0.0)
    data = xgb.DMatrix(matrix, (matrix[:, 0] > 0).astype(int), nthread=1)
    assert forests.build(xgb.train({"nthread": 1, **odd}, data, 2)) is None


def test_categories_are_left_to_xgboost():
    rng = np.random.default_rng(5)
    matrix = np.column_stack([rng.normal(size=300), rng.integers(0, 6, 300)])
    data = xgb.DMatrix(matrix, matrix[:, 1] % 2, feature_types=["q", "c"], enable_categorical=True, nthread=1)
    parameters = {"objective": "reg:squarederror", "max_depth": 3, "max_cat_to_onehot": 1}
    assert forests.build(xgb.train(parameters, data, 3)) is None
