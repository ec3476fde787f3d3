"""Who speaks in a table's answer: what is plain until the rows say otherwise; a weak slope is seen among many columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from steward.tables import blending, evaluation, screening
from steward.tables.encoding import FEW_LEVELS, Encoder

KNOWS = 0  # the place of a learner that is not believed in beforehand


def heard(count: int) -> np.ndarray:
    """One learner knows all there is to know, the others hardly anything."""
    rng = np.random.default_rng(4)
    truth = rng.normal(-1, 1, count)
    label = (rng.random(count) < 1 / (1 + np.exp(-truth))).astype(np.float64)
    margins = [0.2 * truth + rng.normal(-1, 1, count) for _ in blending.USUAL]
    margins[KNOWS] = truth
    return blending._voices(margins, label, np.ones(count))


def test_of_many_rows_who_knows_is_heard_and_who_hardly_knows_is_not():
    assert heard(20_000)[KNOWS] > 0.85


def test_of_few_rows_what_is_plain_keeps_a_part():
    voices = heard(120)
    assert 0.1 < voices[KNOWS] < 0.6
    assert (voices >= blending.USUAL * 0.5).all()
    assert voices.sum() == pytest.approx(1)


def test_a_row_that_weighs_nothing_does_not_choose():
    label, margin = np.array([1.0, 0, 1, 0] * 500), np.array([2.0, -2, -2, 2] * 500)
    believed = np.array([1.0, 1, 0, 0] * 500)
    margins = [margin, -margin, *[np.zeros(2000)] * (len(blending.USUAL) - 2)]
    right, wrong = (blending._voices(margins, label, weight) for weight in (believed, 1 - believed))
    assert right[0] > 0.5 > right[1]
    assert wrong[1] > 0.5 > wrong[0]


def test_a_line_puts_margins_right_where_there_are_rows_enough_to_know_its_slope():
    rng = np.random.default_rng(3)
    truth = rng.normal(-1, 1.5, 1500)
    label = (rng.random(1500) < 1 / (1 + np.exp(-truth))).astype(np.float64)
    assert blending._calibration(truth, label, np.arange(1500.0)) == "platt"
    assert blending._calibration(truth[:200], label[:200], np.arange(200.0)) == "none"


def test_voices_and_names_of_the_learners_go_together():
    assert len(blending.USUAL) == len(evaluation.LEARNERS) == len(blending._learners((0,), (0,), 1))
    assert blending.USUAL.sum() == pytest.approx(1)


def test_a_weak_slope_is_mostly_the_surest_of_three_hundred_columns():
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(10):
        data = rng.normal(size=(1500, 300)).astype(np.float32)
        label = (rng.random(1500) < 1 / (1 + np.exp(2 - 0.3 * data[:, 7]))).astype(np.float64)
        found += screening.telling(data, label, seed=1).surest[0] == 7
    assert found > 5


@pytest.mark.parametrize("shape", [np.abs, np.isnan])
def test_a_hump_and_what_is_missing_are_seen_too(shape):
    rng = np.random.default_rng(6)
    data = rng.normal(size=(1500, 300)).astype(np.float32)
    data[rng.random(1500) < 0.3, 7] = np.nan
    label = (rng.random(1500) < 1 / (1 + np.exp(2 - np.nan_to_num(shape(data[:, 7]))))).astype(np.float64)
    assert screening.telling(data, label, seed=1).surest[0] == 7


def test_a_category_of_a_few_dozen_words_has_a_column_for_each_but_one():
    words = [f"w{number:02d}" for number in range(FEW_LEVELS)]
    rows = pd.DataFrame({"source": pd.Categorical(words * 20)})
    encoder = Encoder({"source": "category"}, 1)
    data = encoder.fit_transform(rows, np.array([0.0, 1.0] * (len(rows) // 2)))
    assert data.shape == (len(rows), FEW_LEVELS - 1)
    assert (data.sum(axis=1) <= 1).all()
