"""The table kernel gives exactly xgboost's own contributions, on any model it says it covers."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from steward.models import treeshap, treetables


def donors(rng: np.random.Generator, rows: int, features: int, coarse: bool, missing: float) -> np.ndarray:
    values = rng.normal(size=(rows, features)).astype(np.float32)
    if coarse:  # many donors exactly on a threshold
        values = np.round(values)
    values[rng.random(values.shape) < missing] = np.nan
    return values


def grow(matrix: np.ndarray, rng: np.random.Generator, depth: int, trees: int = 12, **options: object) -> xgb.Booster:
    signal = np.nan_to_num(matrix[:, 0]) - np.nan_to_num(matrix[:, -1] * matrix[:, 1])
    label = (rng.random(len(matrix)) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    settings = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_depth": depth,
        "eta": 0.3,
        "nthread": 1,
        **options,
    }
    return xgb.train(settings, xgb.DMatrix(matrix, label, nthread=1), trees)


def by_xgboost(booster: xgb.Booster, matrix: np.ndarray) -> np.ndarray:
    return booster.predict(xgb.DMatrix(matrix, nthread=1), pred_contribs=True)


def explained(booster: xgb.Booster, matrix: np.ndarray) -> np.ndarray:
    tables = treetables.build(booster)
    return treeshap.by_xgboost(booster, matrix) if tables is None else treeshap.contributions(tables, matrix)


def assert_same_top_three(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Our three strongest are as strong as theirs, so the order may differ only where strengths are equal."""
    top = np.argsort(-np.abs(ours[:, :-1]), axis=1, kind="stable")[:, :3]
    strength = np.sort(np.abs(theirs[:, :-1]), axis=1)[:, ::-1][:, :3]
    np.testing.assert_allclose(np.abs(np.take_along_axis(theirs, top, 1)), strength, atol=2e-5)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    depth=st.integers(1, 8),
    features=st.integers(2, 12),
    coarse=st.booleans(),
    missing=st.sampled_from([0.0, 0.2, 0.7]),
    weight=st.sampled_from([0, 1, 20]),
    monotone=st.booleans(),
)
def test_contributions_equal_those_of_xgboost(seed, depth, features, coarse, missing, weight, monotone):
    rng = np.random.default_rng(seed)
    matrix = donors(rng, 400, features, coarse, missing)
    options = {"monotone_constraints": (1,) + (0,) * (features - 1)} if monotone else {}
    booster = grow(matrix, rng, depth, min_child_weight=weight, **options)
    fresh = donors(rng, 300, features, coarse, missing)
    ours, theirs = explained(booster, fresh), by_xgboost(booster, fresh)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert_same_top_three(ours, theirs)
    alone = [explained(booster, fresh[i : i + 1])[0] for i in range(3)]
    assert np.array(alone).tobytes() == ours[:3].tobytes()


def test_the_contributions_add_up_to_the_margin():
    rng = np.random.default_rng(1)
    matrix = donors(rng, 500, 6, False, 0.2)
    booster = grow(matrix, rng, 5)
    ours = treeshap.contributions(treetables.build(booster), matrix)
    margin = booster.predict(xgb.DMatrix(matrix, nthread=1), output_margin=True)
    np.testing.assert_allclose(ours.sum(axis=1), margin, atol=1e-5)


def test_a_missing_value_goes_the_way_the_tree_learnt_and_not_always_left():
    rng = np.random.default_rng(2)
    matrix = donors(rng, 800, 4, False, 0.3)
    booster = grow(matrix, rng, 4)
    tables = treetables.build(booster)
    assert tables is not None
    assert tables.missing_left.any() and not tables.missing_left.all()
    nobody_knows = np.full((3, 4), np.nan, np.float32)
    np.testing.assert_allclose(
        treeshap.contributions(tables, nobody_knows), by_xgboost(booster, nobody_knows), atol=1e-5
    )


def test_two_threads_give_the_same_bytes_as_one():
    rng = np.random.default_rng(3)
    matrix = donors(rng, 1500, 8, False, 0.1)
    booster = grow(matrix, rng, 5)
    tables = treetables.build(booster)
    one = treeshap.contributions(tables, matrix, threads=1)
    assert one.tobytes() == treeshap.contributions(tables, matrix, threads=2).tobytes()
    alone = np.vstack([treeshap.contributions(tables, matrix[i : i + 1]) for i in range(20)])
    assert alone.tobytes() == one[:20].tobytes()


@pytest.mark.parametrize("depth", [6, 7])
def test_trees_deeper_than_six_are_left_to_xgboost(depth):
    rng = np.random.default_rng(4)
    matrix = donors(rng, 2000, 10, False, 0.0)
    booster = grow(matrix, rng, depth, min_child_weight=0, trees=3)
    assert (treetables.build(booster) is None) == (depth > treetables.MAX_DEPTH)


def test_categories_and_several_outputs_are_left_to_xgboost():
    rng = np.random.default_rng(5)
    matrix = donors(rng, 300, 3, False, 0.0)
    matrix[:, 2] = rng.integers(0, 6, 300)
    label = (matrix[:, 2] % 2).astype(int)
    kinds = xgb.DMatrix(matrix, label, feature_types=["q", "q", "c"], enable_categorical=True, nthread=1)
    assert treetables.build(xgb.train({"objective": "binary:logistic", "max_depth": 3}, kinds, 3)) is None
    three = xgb.DMatrix(matrix, rng.integers(0, 3, 300), nthread=1)
    assert treetables.build(xgb.train({"objective": "multi:softprob", "num_class": 3}, three, 2)) is None


def test_a_booster_that_learnt_nothing_gives_its_base_rate_to_everyone():
    matrix = np.zeros((50, 2), np.float32)
    booster = grow(matrix, np.random.default_rng(6), 3)
    ours = treeshap.contributions(treetables.build(booster), matrix)
    np.testing.assert_allclose(ours, by_xgboost(booster, matrix), atol=1e-6)
