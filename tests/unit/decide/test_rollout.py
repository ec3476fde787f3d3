"""Which rollout mode counts for whom."""

import itertools

import pytest
from steward import config
from steward.decide.rollout import MODES, Rollout, agreed


def test_the_modes_are_those_of_the_setting():
    assert set(MODES) == set(config.CHOICES["mode"])


@pytest.mark.parametrize(("service", "org"), list(itertools.product(MODES, MODES)))
def test_the_more_careful_of_both_counts_whoever_asks_for_it(service, org):
    found = agreed(service, org, True)
    assert found.mode == max(service, org, key=MODES.index)
    assert found.mode == agreed(org, service, True).mode


@pytest.mark.parametrize("org", [None, "", "  "])
def test_an_org_that_says_nothing_leaves_it_to_the_service(org):
    assert agreed("Guided", org, True) == Rollout(("Guided",))


def test_a_mode_may_be_typed_in_any_case():
    assert agreed("Full", " guided ", True).mode == "Guided"


def test_the_switch_hides_everything_and_says_so():
    found = agreed("Full", "Full", False)
    assert (found.mode, found.of("any")) == ("Shadow", "Shadow")
    assert found.note == "Switched off in the org: nobody sees these answers."


def test_a_word_that_is_no_mode_hides_everything_and_says_so():
    found = agreed("Full", "Everybody", True)
    assert found.of("any") == "Shadow"
    assert "none of Full, Pilot, Guided, Shadow" in found.note


@pytest.mark.parametrize(("service", "org"), [("Pilot", "Full"), ("Full", "Pilot"), ("Pilot", None)])
def test_a_pilot_shows_its_group_and_hides_everybody_else(service, org):
    found = agreed(service, org, True).among({"u1"})
    assert (found.mode, found.of("u1"), found.of("u2")) == ("Pilot", "Pilot", "Shadow")


def test_a_guided_pilot_is_careful_in_both_ways():
    found = agreed("Pilot", "Guided", True).among({"u1"})
    assert (found.of("u1"), found.of("u2")) == ("Guided", "Shadow")


def test_a_pilot_without_a_group_shows_nobody_anything():
    assert agreed("Full", "Pilot", True).of("u1") == "Shadow"
