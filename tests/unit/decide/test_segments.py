"""One segment a donor, the first rule that holds; every threshold comes from the policy."""

import numpy as np
import pytest
from steward.decide import policy as words
from steward.decide.policy import Policy, from_table
from steward.decide.segments import segments
from steward.errors import ConfigError
from steward.shared import Shared

LOYAL = {
    "gift_count": 8, "months_since_first_gift": 60, "months_since_last_gift": 3, "years_in_a_row": 5, "largest_gift": 100.0,
    "recurring_gifts_3m": 0,
}  # fmt: skip
NOTHING = {"Reactivation": None, "Lapse_Risk": None, "Upgrade": None, "Major_Gift": None}


def segment(policy=None, bands=NOTHING, **facts):
    known = {name: np.array([value], np.float64) for name, value in {**LOYAL, **facts}.items()}
    said = {outcome: Shared.of(np.array([band], object)) for outcome, band in {**NOTHING, **bands}.items()}
    return segments(known, said, policy or Policy())[0]


@pytest.mark.parametrize(
    ("facts", "bands", "expected"),
    [
        ({}, {}, words.LOYAL_DONOR),
        ({"years_in_a_row": 2}, {}, words.OCCASIONAL_DONOR),
        ({"gift_count": 0, "months_since_last_gift": None, "months_since_first_gift": None}, {}, words.PROSPECT),
        ({"months_since_first_gift": 4, "years_in_a_row": 1}, {}, words.NEW_DONOR),
        ({"recurring_gifts_3m": 2}, {"Upgrade": "High"}, words.RECURRING_DONOR),
        ({}, {"Upgrade": "Very high"}, words.UPGRADE_READY),
        ({}, {"Upgrade": "Medium"}, words.LOYAL_DONOR),
        ({}, {"Lapse_Risk": "High", "Upgrade": "High"}, words.AT_RISK),
        ({"largest_gift": 900.0}, {"Major_Gift": "Very high", "Lapse_Risk": "High"}, words.MAJOR_GIFT_PROSPECT),
        ({"largest_gift": 900.0}, {"Major_Gift": "High"}, words.LOYAL_DONOR),
        ({"largest_gift": 20.0}, {"Major_Gift": "Very high"}, words.LOYAL_DONOR),
        ({"months_since_last_gift": 20}, {"Reactivation": "High"}, words.LIKELY_TO_RETURN),
        ({"months_since_last_gift": 20}, {"Reactivation": "Low", "Upgrade": "High"}, words.LAPSED),
    ],
)
def test_the_first_rule_that_holds_names_the_segment(facts, bands, expected):
    assert segment(facts=None, bands=bands, **facts) == expected


def test_a_threshold_changed_in_the_policy_changes_the_segment():
    assert segment(from_table({"loyal_years": 6})) == words.OCCASIONAL_DONOR


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"loyal_year": 3}, "unknown entry: loyal_year"),
        ({"upgrade_band": "high"}, "Use one of: Low, Medium, High, Very high"),
        ({"loyal_years": "three"}, "loyal_years is 'three'"),
        ({"ask_steps": [2.0, 1.0, 3.0]}, "three rising factors"),
        ({"next_steps": {"Loyal": "x"}}, "names 'Loyal'"),
        ({"next_steps": {"Loyal donor": "x" * 256}}, "too long"),
    ],
)
def test_a_mistake_in_the_policy_is_named(table, said):
    with pytest.raises(ConfigError, match=said):
        from_table(table)


def test_every_segment_has_a_next_step_that_fits_its_field():
    assert set(Policy().next_steps) == set(words.SEGMENTS)
    assert all(len(text) <= 255 for text in Policy().next_steps.values())
