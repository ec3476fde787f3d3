"""The straight line beside the trees: what it says adds up, points the right way, and is the field's usual regression."""

from __future__ import annotations

import json

import numpy as np
import pytest
from donor_base import QUARTERS, examples
from sklearn.linear_model import LogisticRegression
from steward import outcomes
from steward.models import learning, line_fitting
from steward.models.backtest import input_names
from steward.models.base_rates import base_rates
from steward.models.lines import Line
from steward.models.training import train

RNG = np.random.default_rng(4)
FREE = (0, 0, 0)


def data(count: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Three inputs: one that matters, one that matters where it is missing, one that never differs."""
    first, second = RNG.gamma(2, 30, count), RNG.normal(0, 1, count)
    gone = RNG.random(count) < 0.3
    margin = 0.8 * np.log1p(first) - 3 + 1.5 * gone
    label = (RNG.random(count) < 1 / (1 + np.exp(-margin))).astype(float)
    matrix = np.column_stack([first, np.where(gone, np.nan, second), np.full(count, 7.0)]).astype(np.float32)
    return matrix, label


def margin(line: Line, matrix: np.ndarray) -> np.ndarray:
    return line.contributions(matrix).astype(float).sum(axis=1)


def test_unbound_it_is_penalized_logistic_regression():
    matrix, label = data()
    line = line_fitting.fit(matrix, label, np.zeros(len(label)), FREE, 30.0)
    logs = np.sign(matrix) * np.log1p(np.abs(matrix))
    standard = np.nan_to_num((logs - np.nanmean(logs, axis=0)) / np.maximum(np.nanstd(logs, axis=0), 1e-6))
    design = np.hstack([np.clip(standard, -5, 5), np.isnan(matrix)])
    usual = LogisticRegression(C=1 / 30, tol=1e-8, max_iter=1000).fit(design, label)
    assert np.allclose(margin(line, matrix), usual.decision_function(design), atol=0.01)


def test_contributions_are_told_against_the_usual_donor():
    matrix, label = data()
    parts = line_fitting.fit(matrix, label, np.zeros(len(label)), FREE, 3.0).contributions(matrix)
    assert np.abs(parts[:, :-1].mean(axis=0)).max() < 1e-4
    assert (parts[:, 2] == 0).all()
    assert parts[np.isnan(matrix[:, 1]), 1].min() > 0.5


@pytest.mark.parametrize("side", [1, -1])
def test_no_input_speaks_against_its_direction(side):
    matrix, label = data()
    line = line_fitting.fit(matrix, label, np.zeros(len(label)), (side, side, side), 3.0)
    more = matrix.copy()
    more[:, :2] += 2
    assert (side * (margin(line, more) - margin(line, matrix)) >= -1e-6).all()
    assert (line.weights[0] > 0) == (side > 0)


def test_the_level_of_each_date_is_not_the_lines_business():
    matrix, label = data(20_000)
    rate = np.where(np.arange(len(label)) % 2 == 0, 2.0, -2.0)
    moved = (RNG.random(len(label)) < 1 / (1 + np.exp(-(0.8 * np.log1p(matrix[:, 0]) - 3 + rate)))).astype(float)
    line = line_fitting.fit(matrix, moved, rate, FREE, 3.0)
    slope = line.weights[0] / line.scale[0]
    assert slope == pytest.approx(0.8, abs=0.06)


def test_a_thinned_history_gives_nearly_the_same_line(monkeypatch):
    matrix, label = data(20_000)
    whole = line_fitting.fit(matrix, label, np.zeros(len(label)), FREE, 300.0)
    monkeypatch.setattr(line_fitting, "MOST_ROWS", 10_000)
    part = line_fitting.fit(matrix, label, np.zeros(len(label)), FREE, 300.0)
    assert np.abs(margin(whole, matrix) - margin(part, matrix)).mean() < 0.1


def test_it_survives_json():
    matrix, label = data()
    line = line_fitting.fit(matrix, label, np.zeros(len(label)), FREE, 30.0)
    again = Line.from_json(json.loads(json.dumps(line.to_json())))
    assert again == line
    assert again.contributions(matrix).tobytes() == line.contributions(matrix).tobytes()


def test_trees_are_heard_where_only_they_see_what_matters_and_hardly_where_a_line_says_it_all():
    voices = []
    for crossed in (True, False):
        given = examples(count=2000)
        rows = given.rows
        first, second = rows["meetings_12m"] > 0, rows["given_change_12m"] > 0
        pull = 3.0 * ((first != second) if crossed else first) - 2
        label = (RNG.random(len(rows)) < 1 / (1 + np.exp(-pull))).astype(float)
        past, later = rows["cutoff"] < QUARTERS[5], rows["cutoff"] >= QUARTERS[5]
        told = rows.assign(label=label)
        rates, names = base_rates(told, 0.3), input_names(told)
        choice = learning.choose(told[past], told[later], names, {}, rates, seed=1, threads=1)
        voices.append(choice.recipe.voice)
    assert voices[0] == 1.0
    assert voices[1] <= 0.5


def test_what_both_say_is_what_the_model_says():
    given = examples().rows
    model = train(outcomes.get("give_90_days"), examples(), seed=1, threads=1)
    learnt = model.boosted
    assert learnt is not None and learnt.line is not None
    both = learning.Learnt(learnt.names, learnt.booster, learnt.line, learnt.voice)
    told = learnt.margin(learnt.contributions(given))
    assert np.allclose(told, both.margins(given, 1), atol=1e-4)
