"""A challenger beside the champion: the same donors, no difference where there is none, and honest where there is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from donor_base import examples
from steward import models, outcomes, scoring
from steward.errors import InputError
from steward.evidence import shadow
from steward.models.training import train

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def pair() -> list[models.Model]:
    return [train(GIVES, examples(seed=seed), seed=1, threads=1) for seed in (1, 2)]


def test_a_model_agrees_with_itself(pair):
    found = shadow.compare(pair[0], pair[0], examples(seed=5).current)
    assert (found["rank_correlation"], found["same_band"], found["top_kept"]) == (pytest.approx(1), 1, 1)
    assert found["drift"] == pytest.approx(0)


def test_two_models_of_like_donors_agree_mostly_and_the_figures_are_theirs(pair):
    rows = examples(seed=5).current
    found = shadow.compare(*pair, rows)
    bands = [scoring.score(model, rows)["band"] for model in pair]
    assert found["same_band"] == pytest.approx(np.mean(bands[0] == bands[1]))
    assert 0.5 < found["rank_correlation"] < 1
    assert found["donors"] == len(rows)
    assert found["verdict_challenger"]["auc"] == pair[1].card["evaluation"]["model"]["auc"]


def test_a_rule_may_challenge_a_model(pair):
    rule = train(GIVES, examples(dates=[]), seed=1)
    found = shadow.compare(pair[0], rule, examples(seed=5).current)
    assert found["verdict_challenger"] == {"method": "rule", "tested_at": None, "auc": None, "calibration_error": None}
    assert found["drift"] > 0.25


def test_models_of_two_outcomes_are_not_compared(pair):
    other = dataclasses.replace(pair[1], outcome="upgrade")
    with pytest.raises(InputError, match="upgrade"):
        shadow.compare(pair[0], other, examples(seed=5).current)
