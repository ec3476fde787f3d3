"""Scores: who gets one, what the numbers and words are, and that one donor's score does not depend on the others."""

from __future__ import annotations

import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))

from donor_base import examples
from steward import models, outcomes, scoring
from steward.errors import InputError
from steward.models.training import train
from steward.outcomes import BANDS

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def model() -> models.Model:
    return train(GIVES, examples(), seed=1, threads=1)


@pytest.fixture(scope="module")
def rule() -> models.Model:
    return train(GIVES, examples(dates=[]), seed=1, threads=1)


def test_only_the_eligible_get_a_score(model):
    rows = examples(seed=3).current
    rows.loc[::2, "gift_count"] = 0
    scores = scoring.score(model, rows)
    assert scores["unit_id"].tolist() == rows["unit_id"][1::2].tolist()
    assert tuple(scores.columns) == scoring.COLUMNS


def test_a_score_is_the_probability_in_percent_with_one_decimal(model):
    scores = scoring.score(model, examples(seed=3).current)
    assert np.allclose(scores["score"], scores["probability"] * 100, atol=0.0501)
    assert (scores["score"] == scores["score"].round(1)).all()
    assert scores["score"].between(0, 100).all()


def test_bands_follow_the_probability_and_ranks_follow_the_order(model):
    scores = scoring.score(model, examples(seed=3).current).sort_values("probability", ascending=False)
    assert scores["band"].map(BANDS.index).is_monotonic_increasing
    assert scores["rank_top_percent"].is_monotonic_increasing
    assert scores["rank_top_percent"].between(1, 100).all()
    assert len(set(scores["band"])) >= 3


def test_a_donor_alone_scores_as_among_all_others(model, rule):
    rows = examples(seed=3).current
    for one in (model, rule):
        whole = scoring.score(one, rows)
        for i in (0, 7, 500):
            alone = scoring.score(one, rows.iloc[[i]])
            assert alone.iloc[0].to_dict() == whole.iloc[i].to_dict()


def test_threads_and_contributions_at_hand_change_nothing(model):
    rows = examples(seed=3).current
    whole = scoring.score(model, rows)
    assert scoring.score(model, rows, threads=2).equals(whole)
    assert scoring.score(model, rows, contributions=model.boosted.contributions(rows)).equals(whole)


def test_the_rank_is_against_those_eligible_at_publication(model):
    reference = scoring.score(model, examples().current)
    share = (reference["rank_top_percent"] <= 10).mean()
    assert share == pytest.approx(0.10, abs=0.02)
    best = reference.nlargest(1, "probability")
    assert best["rank_top_percent"].tolist() == [1]


def test_a_features_table_of_another_version_is_refused_by_column(model):
    rows = examples(seed=3).current.drop(columns="meetings_12m")
    with pytest.raises(InputError, match="meetings_12m"):
        scoring.score(model, rows)


def test_no_eligible_donor_gives_an_empty_table(model, rule):
    rows = examples(seed=3).current.assign(gift_count=0.0)
    for one in (model, rule):
        assert scoring.score(one, rows).empty
