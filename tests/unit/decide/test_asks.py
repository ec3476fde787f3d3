"""The ask never falls below the last gift, rises in order, and says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steward.decide.asks import friendly, suggest
from steward.decide.policy import Policy
from steward.words import ENGLISH, Language

POLICY = Policy()


def test_a_donor_who_is_not_likely_to_upgrade_is_asked_for_the_last_gift_again():
    ask = suggest(60.0, 55.0, False, POLICY, ENGLISH)
    assert (ask.low, ask.suggested, ask.high) == (60.0, 60.0, 90.0)
    assert ask.reason == (
        "The last gift was $60; most donors repeat their last gift. $90 is there for those who want to do more."
    )


def test_a_donor_likely_to_upgrade_is_asked_a_step_above():
    ask = suggest(100.0, 100.0, True, POLICY, ENGLISH)
    assert ask.suggested == 120.0
    assert "a step above" in ask.reason


def test_a_one_off_large_gift_does_not_set_the_ask():
    ask = suggest(5_000.0, 50.0, False, POLICY, Language(symbol="£"))
    assert ask.suggested == 50.0
    assert ask.reason.startswith("The last gift of £5,000 was far above the usual £50")


def test_a_small_last_gift_of_a_larger_giver_does_not_set_the_ask():
    assert suggest(10.0, 400.0, False, POLICY, ENGLISH).suggested == 400.0


def test_a_major_gift_prospect_is_asked_from_the_largest_recent_gift():
    ask = suggest(25.0, 30.0, False, POLICY, ENGLISH, major_gift=2_000.0)
    assert (ask.suggested, ask.high) == (2_000.0, 3_000.0)
    assert "largest recent gift was $2,000" in ask.reason


@pytest.mark.parametrize("last", [None, 0.0, -5.0])
def test_without_a_gift_there_is_no_ask(last):
    assert suggest(last, None, True, POLICY, ENGLISH) is None


@given(st.decimals(1, 1_000_000, places=2), st.booleans())
def test_the_three_amounts_rise_and_never_fall_below_the_last_gift_by_more_than_rounding(last, likely):
    ask = suggest(float(last), float(last), likely, POLICY, ENGLISH)
    assert ask.low <= ask.suggested <= ask.high
    if not likely:
        assert max(float(last), POLICY.ask_smallest) <= ask.suggested <= max(1.25 * float(last), POLICY.ask_smallest)
        assert ask.suggested.is_integer()


def test_amounts_are_ones_a_person_would_say():
    assert [friendly(x, POLICY) for x in (1, 13, 52, 263, 1_240, 26_400)] == [5, 15, 50, 275, 1_200, 26_000]
    assert ENGLISH.money(1250.5) == "$1,250.50"


def test_where_another_amount_came_closer_in_the_past_the_ask_starts_from_it_and_says_so():
    ask = suggest(200.0, 180.0, False, POLICY, ENGLISH, likely_gift=52.3)
    assert ask.suggested == 50.0
    assert ask.reason.startswith("Donors like this one gave about $50 next; their last was $200.")


@pytest.mark.parametrize("likely", [80.0, 100.0, 130.0])
def test_an_expected_gift_near_the_last_one_changes_nothing(likely):
    assert suggest(100.0, 100.0, False, POLICY, ENGLISH, likely_gift=likely).suggested == 100.0


def test_a_donor_likely_to_upgrade_is_not_asked_for_less():
    assert suggest(200.0, 200.0, True, POLICY, ENGLISH, likely_gift=40.0).suggested >= 200.0


def test_every_amount_of_the_string_has_its_reason():
    ask = suggest(60.0, 60.0, True, POLICY, ENGLISH)
    assert ask.low < ask.suggested < ask.high
    assert "$60 is a safe start." in ask.reason
    assert "$90 is there for those who want to do more." in ask.reason
