"""The straight line of a table: what is missing is said once, and a wide table teaches it from fewer rows."""

from __future__ import annotations

import numpy as np
import pytest
from steward.tables import learners
from steward.tables.learners import Lines

RNG = np.random.default_rng(2)
COUNT = 4000
DATA = RNG.normal(0, 1, (COUNT, 3)).astype(np.float32)
DATA[::4, 1] = np.nan
LABEL = (RNG.random(COUNT) < 1 / (1 + np.exp(-(1.2 * DATA[:, 0] + 0.8 * np.isnan(DATA[:, 1]))))).astype(float)
WEIGHT = np.ones(COUNT)


def learnt() -> Lines:
    lines = Lines(0.3)
    lines.fit(DATA, LABEL, WEIGHT)
    return lines


def test_only_columns_with_gaps_have_a_column_for_them():
    assert learnt().design(DATA).shape == (COUNT, 4)


def test_a_gap_that_training_did_not_know_is_the_usual_value():
    new = DATA[:50].copy()
    new[:, 2] = np.nan
    usual = DATA[:50].copy()
    usual[:, 2] = np.median(DATA[:, 2])
    lines = learnt()
    assert lines.margin(new) == pytest.approx(lines.margin(usual), abs=0.05)


def test_fewer_rows_of_a_wide_table_teach_nearly_the_same(monkeypatch):
    whole = learnt().margin(DATA)
    monkeypatch.setattr(learners, "MOST_CELLS", 2 * COUNT)
    part = learnt().margin(DATA)
    assert 0 < np.abs(part - whole).mean() < 0.2
    assert np.corrcoef(part, whole)[0, 1] > 0.98
