"""What “Upgrade Ready” is worth, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from steward.decide.policy import Policy
from steward.decide.readiness import worth

ORDER = np.arange(100.0, 0, -1)  # donors in the order of the answer
LABEL = np.array([1.0] * 20 + [0.0] * 80)
BANDS = np.array(["High"] * 30 + ["Low"] * 70, object)


def test_those_named_are_likely_and_give_for_long_and_stand_beside_as_many_others():
    months = np.array([24.0] * 25 + [3.0] * 5 + [24.0] * 70)
    named, alone, rule, after, everybody = worth(LABEL, ORDER, ORDER[::-1], BANDS, months, Policy())
    assert (named.title, named.donors, named.did) == ("Upgrade Ready", 25, 20)
    assert (alone.donors, alone.did) == (25, 20)
    assert (rule.donors, rule.did) == (25, 0)
    assert (after.donors, after.did, everybody.donors, everybody.did) == (95, 20, 100, 20)
    assert named.share == pytest.approx(0.8)
    assert named.low < 0.8 < named.high
    assert (round(named.low, 3), round(named.high, 3)) == (0.609, 0.911)  # Wilson, 20 of 25


def test_the_likeliest_are_named_where_no_band_is_high_and_too_few_are_not_judged():
    low, months = np.array(["Low"] * 400, object), np.full(400, 30.0)
    order, label = np.arange(400.0), np.zeros(400)
    assert worth(label, order, order, low, months, Policy())[0].donors == 40  # a tenth
    assert worth(label[:100], order[:100], order[:100], low[:100], months[:100], Policy()) == ()
    assert worth(label, order, order, low, np.full(400, np.nan), Policy()) == ()
