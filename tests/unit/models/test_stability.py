"""Groups of donors told apart truly, and drift that is seen when it is there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from steward.models.metrics import captured
from steward.models.spreads import population_stability
from steward.models.stability import groups


def test_each_group_counts_its_own_donors_and_nobody_twice():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"months_since_first_gift": rng.integers(0, 90, 900), "average_gift": rng.exponential(50, 900)})
    label = (rng.random(900) < 0.3).astype(float)
    found = groups(rows, label, label + rng.random(900), np.full(900, 0.3))
    young = next(one for one in found if one.name == "under a year")
    assert young.donors == (rows["months_since_first_gift"] < 12).sum()
    assert young.observed == pytest.approx(label[rows["months_since_first_gift"] < 12].mean())
    for by in ("Donor for", "Usual gift"):
        assert sum(one.donors for one in found if one.by == by) == 900
    assert all(one.auc == 1 for one in found)


def test_a_group_of_few_gets_no_auc():
    rows = pd.DataFrame({"months_since_first_gift": [1.0] * 30 + [50.0] * 300})
    label = np.r_[np.ones(5), np.zeros(25), np.tile([1.0, 0.0], 150)]
    found = {one.name: one.auc for one in groups(rows, label, label, label)}
    assert found["under a year"] is None
    assert found["over 3 years"] == 1


def test_the_same_donors_have_not_drifted_and_others_have():
    rng = np.random.default_rng(2)
    before = rng.normal(0, 1, 5000)
    assert population_stability(before, rng.normal(0, 1, 5000)) < 0.02
    assert population_stability(before, rng.normal(1, 1, 5000)) > 0.25
    missing = np.where(rng.random(5000) < 0.5, np.nan, before)
    assert population_stability(before, missing) > 0.25
    assert population_stability(np.full(5, np.nan), before) == 0


def test_the_whole_list_holds_everybody_and_ties_are_shared():
    label = np.array([1.0, 0, 1, 0])
    assert captured(label, np.array([4.0, 3, 2, 1]), (0.25, 0.5, 1.0)) == [0.5, 0.5, 1.0]
    assert captured(label, np.zeros(4), (0.25, 0.5, 1.0)) == [0.25, 0.5, 1.0]
