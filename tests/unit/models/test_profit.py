"""Profit of contacting: counted by hand where it can be, and as unsure as luck is."""

from __future__ import annotations

import numpy as np
import pytest
from steward.models import profit

GIVEN = np.array([50.0, 0, 20, 0, 0, 5, 0, 0, 0, 0])
BEST_FIRST = -np.arange(10.0)


def test_the_peak_is_where_one_more_contact_no_longer_pays():
    found = profit.judge({"likelihood": BEST_FIRST, "rule": BEST_FIRST[::-1]}, GIVEN, cost=6)
    first, rule = found.orders
    assert (first.best_share, first.best) == (0.3, 70 - 3 * 6)  # the fifth giver does not pay for three more letters
    assert (rule.best_share, rule.best) == (1.0, 75 - 60)
    assert found.everyone == 75 - 60
    assert rule.gap is not None
    assert rule.gap.value == pytest.approx(first.best - rule.best)
    assert first.gap is None


def test_where_no_contact_pays_nobody_is_contacted():
    found = profit.judge({"likelihood": BEST_FIRST}, np.zeros(10), cost=1)
    assert (found.orders[0].best_share, found.orders[0].best) == (0.0, 0.0)
    assert found.everyone == -10


def test_donors_of_equal_place_are_contacted_together():
    found = profit.judge({"yes or no": np.array([1.0] * 5 + [0.0] * 5)}, GIVEN, cost=10)
    assert found.orders[0].best_share == 0.5
    curve = dict(found.orders[0].curve)
    assert curve[0.5] == pytest.approx(70 - 50)
    assert curve[0.0] == 0
    assert curve[1.0] == pytest.approx(found.everyone)


def test_the_interval_of_a_gap_that_is_luck_holds_zero_and_of_a_true_one_does_not():
    rng = np.random.default_rng(3)
    given = np.where(rng.random(4000) < 0.2, rng.exponential(40, 4000), 0.0)
    knows, guess, other = given + rng.normal(0, 20, 4000), rng.random(4000), rng.random(4000)
    sure = profit.judge({"knows": knows, "guess": guess}, given, cost=10).orders[1].gap
    luck = profit.judge({"guess": guess, "other": other}, given, cost=10).orders[1].gap
    assert sure is not None
    assert luck is not None
    assert sure.low > 0
    assert luck.includes_zero
    assert sure.low <= sure.value <= sure.high
