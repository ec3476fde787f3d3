"""What comes first for a donor, whose reasons are kept, and the score month by month."""

from __future__ import annotations

import datetime as dt

import pytest
from steward.decide import priority, trend
from steward.decide.policy import Policy, from_table
from steward.errors import ConfigError

DONOR = {"give_90_days": "Medium", "give_12_months": "High", "lapse_12_months": "Low", "upgrade": "Low",
         "major_gift": "High", "mid_level": "Low", "planned_giving": "Low"}  # fmt: skip
LAPSED = {"give_90_days": "Low", "give_12_months": "Low", "reactivation": "Medium", "mid_level": "Low"}


def test_the_first_outcome_of_the_order_that_calls_for_action_comes_first():
    assert priority.first({**DONOR, "lapse_12_months": "High", "upgrade": "High"}, Policy()) == "lapse_12_months"
    assert (
        priority.first({**DONOR, "recurring_churn": "Very high", "lapse_12_months": "High"}, Policy())
        == "recurring_churn"
    )
    assert priority.first({**DONOR, "upgrade": "Very high"}, Policy()) == "upgrade"


def test_a_major_gift_calls_from_the_policys_own_band_on():
    assert priority.first(DONOR, Policy()) == "give_12_months"
    assert priority.first({**DONOR, "major_gift": "Very high"}, Policy()) == "major_gift"
    assert priority.first(DONOR, from_table({"major_gift_band": "High"})) == "major_gift"


def test_where_nothing_calls_the_donors_own_question_comes_first():
    assert priority.first(LAPSED, Policy()) == "reactivation"
    assert priority.first({"first_gift": "Low"}, Policy()) == "first_gift"
    assert priority.first({"first_gift": "Low", "volunteer_to_donor": "Low"}, Policy()) == "volunteer_to_donor"
    assert priority.first({}, Policy()) is None


def test_the_card_speaks_of_a_return_for_the_lapsed_and_of_a_first_gift_for_who_never_gave():
    assert priority.told(DONOR, Policy())[0] == "give_90_days"
    assert priority.told({**LAPSED, "upgrade": "Very high"}, Policy())[0] == "reactivation"
    assert priority.told({"first_gift": "Low"}, Policy()) == ("first_gift",)


def test_reasons_are_kept_of_the_most_important_outcomes_only():
    kept = priority.told({**DONOR, "upgrade": "High"}, Policy())
    assert kept[:3] == ("give_90_days", "upgrade", "give_12_months")
    assert len(kept) == Policy().reasons_for
    assert "planned_giving" not in kept


def test_reasons_of_what_the_card_shows_are_always_kept():
    crowd = {**LAPSED, "become_recurring": "High", "matching_gift": "High", "planned_giving": "High", "mid_level": "High",
             "major_gift": "Low"}  # fmt: skip
    kept = priority.told(crowd, Policy())
    assert {"reactivation", "give_90_days", "major_gift"} <= set(kept)
    assert len(kept) == Policy().reasons_for
    few = priority.told(DONOR, from_table({"reasons_for": 2}))
    assert set(few) == {"give_90_days", "lapse_12_months", "upgrade", "major_gift"}


def test_the_order_is_the_organizations_own():
    own = from_table({"priority": ["upgrade", "lapse_12_months"]})
    assert priority.first({**DONOR, "lapse_12_months": "High", "upgrade": "High"}, own) == "upgrade"
    with pytest.raises(ConfigError, match="priority names wealth"):
        from_table({"priority": ["upgrade", "wealth"]})
    with pytest.raises(ConfigError, match="twice"):
        from_table({"priority": ["upgrade", "upgrade"]})


def test_a_months_point_is_added_replaced_and_never_taken_from_the_future():
    text = trend.extended("2026-09:30.0 2026-10:31.2", dt.date(2026, 11, 22), 33.04)
    assert text == "2026-09:30.0 2026-10:31.2 2026-11:33.0"
    assert trend.extended(text, dt.date(2026, 11, 30), 40) == "2026-09:30.0 2026-10:31.2 2026-11:40.0"
    assert trend.extended(text, dt.date(2026, 10, 1), 9) == "2026-09:30.0 2026-10:9.0"
    assert trend.extended(None, dt.date(2026, 1, 1), 100) == "2026-01:100.0"
    assert trend.extended("what people wrote", dt.date(2026, 1, 1), 1) == "2026-01:1.0"


def test_thirteen_months_are_kept_and_fit_their_field():
    text = None
    for month in range(1, 30):
        text = trend.extended(text, dt.date(2024 + month // 12, month % 12 + 1, 1), 100.0)
    assert text is not None
    assert len(text.split()) == 13
    assert text.endswith("2026-06:100.0")
    assert len(text) <= 255


def test_points_of_another_question_make_no_line():
    assert trend.same_question("give_90_days-20260301-ab12cd34", "give_90_days-20270101-ffffffff")
    assert not trend.same_question("reactivation-20260301-ab12cd34", "give_90_days-20270101-ffffffff")
    assert not trend.same_question(None, "give_90_days-20270101-ffffffff")
