"""The donors a model was judged on: the same figures as the card's, and never an input."""

from __future__ import annotations

import numpy as np
import pytest
from donor_base import examples
from steward import models, outcomes
from steward.models import calibration_fitting, card
from steward.models.measures import auc
from steward.models.metrics import calibration_error
from steward.models.training import train

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def given() -> models.Examples:
    found = examples()
    last = found.rows["cutoff"] == found.cutoffs[-1]
    aside = {"given": np.where(last, 12.5, np.nan), "first_year": np.where(last, 2020, np.nan)}
    return models.Examples(found.outcome, found.as_of, found.rows.assign(**aside), found.current)


@pytest.fixture(scope="module")
def model(given) -> models.Model:
    return train(GIVES, given, seed=1, threads=1, origin=card.Origin("20260101T000000Z-abc", "f" * 64, "0.1.0-abc"))


def test_the_evidence_says_what_the_card_says(model):
    seen, found = model.evidence, model.card["evaluation"]
    label = seen["label"].to_numpy(float)
    assert len(seen) == found["donors"]
    assert auc(label, seen["model_order"].to_numpy()) == pytest.approx(found["model"]["auc"][0], abs=1e-4)
    assert auc(label, seen["rule_order"].to_numpy()) == pytest.approx(found["rules"][0]["auc"][0], abs=1e-4)
    error = calibration_error(label, seen["model_probability"].to_numpy())
    assert error == pytest.approx(found["calibration_error"], abs=1e-5)
    assert set(seen["given"]) == {12.5}


def test_what_only_reports_may_see_is_no_input(model):
    assert not {"given", "first_year"} & set(model.boosted.names)
    assert not {"given", "first_year"} & set(model.spreads)


def test_the_year_of_the_first_gift_is_checked(model):
    years = [one for one in model.card["evaluation"]["groups"] if one["by"] == "First gift in"]
    assert [one["name"] for one in years] == ["2020"]


def test_the_card_in_words_names_where_the_model_comes_from_and_how_it_was_put_right(model):
    text = card.markdown(model.card)
    assert "snapshot 20260101T000000Z-abc (ffffffffffff)" in text
    assert "code 0.1.0-abc" in text
    assert card.CALIBRATIONS[model.card["recipe"]["calibration"]] in text
    assert "“Donor for”, “First gift in”" in text
    assert all(limit in text for limit in card.LIMITS)


def test_every_calibration_has_words():
    assert tuple(card.CALIBRATIONS) == calibration_fitting.KINDS


def test_where_nothing_was_judged_there_is_no_evidence_and_the_card_still_tells_its_origin():
    rule = train(GIVES, examples(dates=[]), seed=1, origin=card.Origin("s1", "", ""))
    assert rule.evidence is None
    assert "snapshot s1" in card.markdown(rule.card)
