"""Reasons: true of the donor, on the right side, one a topic, strongest first; and how sure we are."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))

from donor_base import examples
from steward import explain, models, outcomes, scoring
from steward.features import CATALOGUE, Feature, phrase
from steward.models.training import train

GIVES = outcomes.get("give_90_days")
KNOWN = {feature.name: feature for feature in CATALOGUE}


@pytest.fixture(scope="module")
def model() -> models.Model:
    return train(GIVES, examples(count=1200), seed=1, threads=1)


@pytest.fixture(scope="module")
def rows(model) -> pd.DataFrame:
    return scoring.eligible(model, examples(seed=3).current)


@pytest.fixture(scope="module")
def told(model, rows) -> list[explain.Reasons]:
    return explain.reasons(model, rows)


def sentences(model: models.Model, row: pd.Series) -> dict[str, Feature]:
    """Every sentence that is true of this donor, with the feature it speaks of."""
    names = model.boosted.names
    usual, own = (part[0] for part in model.usual(row.to_frame().T.infer_objects(), names))
    said = {}
    for name, typical, peers in zip(names, usual, own, strict=True):
        value = None if pd.isna(row[name]) else float(row[name])
        whose = "similar donors" if peers else "typical"
        said[phrase(KNOWN[name], value, None if np.isnan(typical) else float(typical), whose=whose)] = KNOWN[name]
    return said


def test_every_sentence_is_true_of_its_donor_and_on_the_side_its_contribution_is(model, rows, told):
    parts = model.boosted.contributions(rows)
    for i, reasons in enumerate(told[:300]):
        true = sentences(model, rows.iloc[i])
        for side, said in ((1, reasons.helps), (-1, reasons.holds_back)):
            for sentence in said:
                feature = true[sentence]
                column = model.boosted.names.index(feature.name)
                assert parts[i, column] * side > 0


def test_most_donors_have_reasons_and_none_more_than_three_a_side(told):
    assert np.mean([bool(one.helps or one.holds_back) for one in told]) > 0.95
    assert max(len(side) for one in told for side in (one.helps, one.holds_back)) == 3


def test_each_topic_speaks_once_and_no_sentence_twice(model, rows, told):
    for i, reasons in enumerate(told[:300]):
        true = sentences(model, rows.iloc[i])
        said = [*reasons.helps, *reasons.holds_back]
        topics = [true[sentence].topic for sentence in said]
        assert len(set(said)) == len(said)
        assert len(set(topics)) == len(topics)


def test_no_reason_is_one_a_fundraiser_would_call_nonsense(model, rows, told):
    """More of a good thing never holds back, less of it never helps; what everybody has explains nothing."""
    for i, reasons in enumerate(told):
        true = sentences(model, rows.iloc[i])
        for side, said in ((1, reasons.helps), (-1, reasons.holds_back)):
            for sentence in said:
                feature = true[sentence]
                value, typical = rows.iloc[i][feature.name], model.usual(rows.iloc[[i]], [feature.name])[0][0, 0]
                if np.isnan(typical) or pd.isna(value):
                    continue
                assert value != typical
                if feature.direction:
                    assert np.sign(value - typical) * feature.direction == side


def test_the_strongest_topic_speaks_first(model, rows):
    parts = model.boosted.contributions(rows)[:, :-1]
    topics = [KNOWN[name].topic for name in model.boosted.names]
    for i, reasons in enumerate(explain.reasons(model, rows, top=9)[:200]):
        true = sentences(model, rows.iloc[i])
        for said in (reasons.helps, reasons.holds_back):
            spoken = [true[sentence].topic for sentence in said]
            size = [abs(sum(parts[i, k] for k, topic in enumerate(topics) if topic == one)) for one in spoken]
            assert size == sorted(size, reverse=True)


def test_a_contribution_too_small_to_move_anybody_is_not_a_reason(model, rows):
    quiet = np.full((len(rows), len(model.boosted.names) + 1), 0.001, np.float32)
    assert explain.reasons(model, rows, quiet) == [explain.Reasons()] * len(rows)


def test_what_raises_the_risk_of_lapsing_holds_back(model, rows, told):
    lapse = dataclasses.replace(model, outcome="lapse_12_months")
    turned = explain.reasons(lapse, rows, -model.boosted.contributions(rows))
    assert turned == told


def test_a_rule_explains_itself_with_its_own_facts():
    rule = train(GIVES, examples(dates=[]), seed=1)
    rows = examples(seed=4).current
    told = explain.reasons(rule, rows)
    recent = rows["months_since_last_gift"].to_numpy()
    usual = rule.usual(rows, ["months_since_last_gift"])[0][:, 0]
    for i, reasons in enumerate(told):
        if recent[i] < usual[i]:
            assert any("gave" in sentence and "ago" in sentence for sentence in reasons.helps)
        if recent[i] > usual[i]:
            assert any("last gave" in sentence for sentence in reasons.holds_back)


def test_confidence_is_high_only_with_history_proof_and_support(model, rows):
    probability = scoring.score(model, rows)["probability"].to_numpy()
    sure = explain.confidence(model, rows, probability)
    assert "High" in sure
    short = (rows["gift_count"] < 3) | (rows["months_since_first_gift"] < 12)
    assert not (sure[short.to_numpy()] == "High").any()
    newcomers = rows.assign(gift_count=1.0, months_since_first_gift=1.0)
    assert set(explain.confidence(model, newcomers, probability)) == {"Low"}


def test_confidence_in_a_rule_that_was_never_judged_is_low():
    rule = train(GIVES, examples(dates=[]), seed=1)
    rows = examples(seed=4).current
    probability = scoring.score(rule, rows)["probability"].to_numpy()
    assert set(explain.confidence(rule, rows, probability)) == {"Low"}


def test_a_larger_gift_never_speaks_against_a_major_gift():
    outcome = outcomes.get("major_gift")
    for feature in CATALOGUE:
        if feature.topic in ("size of gifts", "largest gift"):
            assert outcome.pull(feature.name, feature.direction) == 1, feature.name


def test_what_is_said_of_similar_donors_is_the_median_of_donors_of_like_tenure(model):
    current = examples(count=1200).current
    old = current[current["months_since_first_gift"] >= 36]
    assert len(old) >= 50
    usual, own = model.usual(old, ["gift_count", "months_since_first_gift"])
    assert set(usual[:, 0]) == {float(old["gift_count"].median())}
    assert own[:, 0].all()
    assert set(usual[:, 1]) == {float(current["months_since_first_gift"].median())}  # tenure: beside everybody
    assert not own[:, 1].any()


def test_a_kind_with_few_donors_is_compared_with_all(model):
    few = examples(seed=3).current.head(5).assign(kind="organization")
    usual, own = model.usual(few, ["gift_count"])
    assert set(usual[:, 0]) == {model.typical["gift_count"]}
    assert not own.any()


def test_reasons_hold_under_a_change_too_small_to_matter(model, rows, told):
    """A cent more or less in all sums of money leaves at least nineteen in twenty donors with the same strongest reason."""
    nudged = rows.assign(total_given=rows["total_given"] + 0.01, largest_gift=rows["largest_gift"] + 0.01)
    again = explain.reasons(model, nudged)
    first = [(one.helps[:1], one.holds_back[:1]) for one in told]
    same = [
        [re.sub(r"[\d.,]+", "", " ".join(side)) for side in one]
        == [re.sub(r"[\d.,]+", "", " ".join(side)) for side in two]
        for one, two in zip(first, [(one.helps[:1], one.holds_back[:1]) for one in again], strict=True)
    ]
    assert np.mean(same) > 0.95


def test_no_two_topics_can_say_the_same_of_a_donor():
    """Each side's reasons are picked topic by topic, without looking for a sentence that was said already."""
    said: dict[tuple[str, str], str] = {}
    for feature in CATALOGUE:
        for words in {feature.high, feature.low, feature.none}:
            unit = feature.unit if "{value}" in words else ""
            assert said.setdefault((words, unit), feature.topic) == feature.topic, words


def test_reasons_are_the_same_alone_and_among_others(model, rows, told):
    assert [explain.reasons(model, rows.iloc[i : i + 1].reset_index(drop=True))[0] for i in range(40)] == told[:40]
