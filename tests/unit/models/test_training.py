"""Training publishes a model where it is proven, a rule where it is not, and the card says which and why."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from donor_base import AS_OF, QUARTERS, donors, examples
from steward import models, outcomes, scoring
from steward.models import artefact, card, report
from steward.models.training import train
from steward.models.training_sets import fold, plan

GIVES = outcomes.get("give_90_days")
LAPSES = outcomes.get("lapse_12_months")


@pytest.fixture(scope="module")
def model() -> models.Model:
    return train(GIVES, examples(), seed=1, threads=1)


def test_a_model_that_beats_every_rule_out_of_time_is_published(model):
    assert model.method == "model"
    found = model.card["evaluation"]
    assert found["model"]["auc"][1] > max(rule["auc"][0] for rule in found["rules"])
    assert found["test_cutoff"] == QUARTERS[-1].isoformat()
    assert found["learnt_until"] <= (QUARTERS[-1] - dt.timedelta(days=90)).isoformat()


def test_probabilities_mean_what_they_say_on_donors_the_model_never_saw(model):
    rng = np.random.default_rng(99)
    fresh = donors(rng, 4000)
    from donor_base import answer

    happened = answer(fresh, rng)
    said = scoring.score(model, fresh)["probability"].to_numpy()
    assert abs(said.mean() - happened.mean()) < 0.02
    for tenth in np.array_split(np.argsort(said), 5):
        assert abs(said[tenth].mean() - happened[tenth].mean()) < 0.06


def test_a_shuffled_answer_teaches_nothing_and_the_rule_stays():
    learnt = train(GIVES, examples(noise=True), seed=1, threads=1)
    assert learnt.method == "rule"
    assert "more than chance" in learnt.card["why_a_rule"]
    value, low, high = learnt.card["evaluation"]["model"]["auc"]
    assert low < 0.5 < high or abs(value - 0.5) < 0.03


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (examples(count=20), "past examples of the rarer answer"),
        (examples(dates=QUARTERS[-1:]), "history is shorter than two times 90 days"),
        (examples(dates=[]), "Only 0 past examples"),
    ],
)
def test_too_little_history_gives_a_rule_near_the_base_rate_and_says_so(given, said):
    learnt = train(GIVES, given, seed=1, threads=1)
    assert learnt.method == "rule"
    assert said in learnt.card["why_a_rule"]
    assert said in card.markdown(learnt.card)
    scores = scoring.score(learnt, given.current)
    assert scores["probability"].between(0.01, 0.95).all()
    assert (scores["method"] == "rule").all()
    assert said in report.table([learnt.card]) or learnt.card["evaluation"]


def test_the_table_names_the_rule_in_use_and_what_is_left_out():
    learnt = train(GIVES, examples(dates=[]), seed=1, threads=1).card
    table = report.table([learnt, learnt | {"outcome": "recurring_churn"}])
    assert f"in use: “{GIVES.rules[0].title}”. Only 0 past examples" in table
    assert "left out: nothing of the kind is on record" in table


def test_without_any_history_everyone_gets_the_fields_usual_rate():
    learnt = train(GIVES, examples(dates=[]), seed=1, threads=1)
    assert set(scoring.score(learnt, examples().current)["score"]) == {100 * GIVES.prior_rate}


def test_training_twice_gives_the_same_bytes(model):
    again = train(GIVES, examples(), seed=1, threads=1)
    assert again.version == model.version
    assert artefact.to_files(again) == artefact.to_files(model)


def test_two_threads_learn_the_same_as_one(model):
    assert train(GIVES, examples(), seed=1, threads=2).version == model.version


def test_no_label_window_reaches_past_the_day_the_next_step_begins():
    known = plan(QUARTERS, dt.timedelta(days=90))
    assert known is not None
    assert known.test == QUARTERS[-1]
    assert all(date + dt.timedelta(days=90) <= known.test for date in known.known)
    assert set(known.choose) <= set(known.known)
    assert plan(QUARTERS[-1:], dt.timedelta(days=90)) is None
    assert plan([], dt.timedelta(days=90)) is None


def test_the_cutoffs_end_before_today_and_leave_some_history():
    first = dt.date(2012, 1, 1)
    for outcome in outcomes.OUTCOMES:
        dates = models.cutoffs(outcome, first, AS_OF)
        assert len(dates) >= 4
        assert dates[-1] + outcome.horizon <= AS_OF < dates[-1] + outcome.horizon + dt.timedelta(days=4)
        assert dates[0] > first + dt.timedelta(days=179)


def test_a_unit_is_always_in_the_same_fold():
    rows = examples(count=200).rows
    assert rows.assign(fold=fold(rows)).groupby("unit_id")["fold"].nunique().max() == 1
    assert len(set(fold(rows) % 4)) == 4


def test_constraints_turn_around_for_an_outcome_nobody_wants():
    given = dataclasses.replace(examples("lapse_12_months", dates=_half_years()), outcome="lapse_12_months")
    given = dataclasses.replace(given, rows=given.rows.assign(label=1 - given.rows["label"]))
    learnt = train(LAPSES, given, seed=1, threads=1)
    assert learnt.boosted is not None
    if learnt.card["recipe"]["monotone"]:
        at = donors(np.random.default_rng(3), 300).assign(gifts_12m=1.0, meetings_12m=0.0)
        more = at.assign(meetings_12m=3.0)
        less, much = (scoring.score(learnt, one)["probability"] for one in (at, more))
        assert (much <= less + 1e-9).all()


def _half_years() -> list[dt.date]:
    return [AS_OF - dt.timedelta(days=365 + 183 * k) for k in range(6, -1, -1)]


def test_the_card_names_what_it_must_not_be_used_for(model):
    text = card.markdown(model.card)
    assert all(use in text for use in GIVES.not_for)
    assert model.card["data"]["examples"] == len(examples().rows)
    assert set(model.card["inputs"]) == set(model.boosted.names)
    assert GIVES.title in report.table([model.card])
