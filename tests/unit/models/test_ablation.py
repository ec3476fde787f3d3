"""Families left out: what carries the answer is missed, what is noise is not, what has nothing on record is said so."""

from __future__ import annotations

import pytest
from donor_base import examples
from steward import outcomes
from steward.errors import NotEnoughData
from steward.features import CATALOGUE
from steward.models import report
from steward.models.ablation import BEYOND_GIFTS, FAMILIES, Ablation, ablate

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def found() -> Ablation:
    return ablate(GIVES, examples(count=700), seed=1, threads=1)


def test_every_feature_is_in_one_family_of_the_table():
    named = [family for families in FAMILIES.values() for family in families]
    assert sorted(named) == sorted({feature.family for feature in CATALOGUE})


def test_what_the_answer_follows_from_is_missed(found):
    by = {one.family: one for one in found.families}
    assert by["years in a row"].verdict == "helps"
    assert by["years in a row"].gain.value > 0.03
    assert by["years in a row"].auc < found.full.value
    assert by["engagement"].gain.value > 0


def test_noise_is_not_said_to_help(found):
    by = {one.family: one for one in found.families}
    assert by["trend"].verdict != "helps"
    assert abs(by["trend"].gain.value) < 0.01


def test_a_family_without_records_is_named_and_not_judged(found):
    by = {one.family: one for one in found.families}
    assert (by["soft credit"].verdict, by["soft credit"].inputs, by["soft credit"].auc) == (
        "nothing on record",
        0,
        None,
    )
    assert by[BEYOND_GIFTS].inputs == by["engagement"].inputs == 1


def test_the_table_says_it_all(found):
    text = report.ablation(found)
    assert all(family in text for family in FAMILIES)
    assert "nothing on record" in text
    assert found.to_json()["families"][0]["verdict"] in ("helps", "harms", "no difference seen")


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(NotEnoughData):
        ablate(GIVES, examples(dates=[]), seed=1)
