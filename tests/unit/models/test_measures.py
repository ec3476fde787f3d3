"""Metrics, calibration, rules with rates, and seasons."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from steward.models import calibration_fitting, measures, metrics
from steward.models.base_rates import base_rates
from steward.models.calibration import Calibrator
from steward.models.rule_fitting import fit_rates
from steward.models.ruling import FittedRule
from steward.outcomes import Rule, Term, rules


def sample(seed: int, count: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(-1, 1.2, count)
    return margin, (rng.random(count) < 1 / (1 + np.exp(-margin))).astype(float)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), ties=st.booleans())
def test_the_weighted_auc_is_the_auc_of_the_repeated_donors(seed, ties):
    margin, label = sample(seed, 200)
    score = np.round(margin) if ties else margin
    drawn = np.random.default_rng(seed).integers(0, 200, 200)
    weight = np.bincount(drawn, minlength=200).astype(float)
    ours = metrics._Ranked(label, score).auc(weight)
    assert ours == pytest.approx(roc_auc_score(label[drawn], score[drawn]))


def test_the_bootstrap_interval_holds_the_auc_and_narrows_with_more_donors():
    widths = []
    for count in (300, 5000):
        margin, label = sample(3, count)
        drawn = metrics.bootstrap_auc(label, {"it": margin}, seed=1)["it"]
        found = metrics.interval(measures.auc(label, margin), drawn)
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_lift_counts_donors_tied_at_the_cut_by_their_share():
    label = np.array([1.0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert metrics.lift(label, np.arange(10, 0, -1.0), 0.1) == pytest.approx(5)
    assert metrics.lift(label, np.zeros(10), 0.1) == pytest.approx(1)
    assert metrics.lift(label, np.array([9.0, 9, 9, 9, 1, 1, 1, 1, 1, 1]), 0.2) == pytest.approx(2.5)


def test_a_calibrated_margin_is_left_alone():
    margin, label = sample(1)
    kind, losses = calibration_fitting.choose(margin, label, np.arange(len(margin)))
    assert kind == "none"
    assert set(losses) == set(calibration_fitting.KINDS)


@pytest.mark.parametrize(
    ("bend", "better"),
    [(lambda m: 3 * m + 2, {"platt"}), (lambda m: np.sign(m) * np.abs(m) ** 3, {"isotonic", "platt"})],
)
def test_a_bent_margin_is_put_right(bend, better):
    margin, label = sample(2, 6000)
    kind, losses = calibration_fitting.choose(bend(margin), label, np.arange(len(margin)))
    assert kind in better
    assert losses[kind] < losses["none"]
    fitted = calibration_fitting.fit(kind, bend(margin), label)
    fresh, happened = sample(7, 6000)
    assert metrics.calibration_error(happened, fitted(bend(fresh))) < 0.03


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), kind=st.sampled_from(calibration_fitting.KINDS), turned=st.booleans())
def test_calibration_never_turns_the_ranking_and_survives_json(seed, kind, turned):
    margin, label = sample(seed, 300)
    fitted = calibration_fitting.fit(kind, -margin if turned else margin, label)
    line = np.linspace(-8, 8, 101)
    said = fitted(line)
    assert (np.diff(said) >= 0).all()
    assert ((said > 0) & (said < 1)).all()
    assert np.array_equal(Calibrator.from_json(json.loads(json.dumps(fitted.to_json())))(line), said)


def base(seed: int, count: int = 3000) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    since = rng.integers(0, 60, count).astype(float)
    frame = pd.DataFrame(
        {
            "months_since_last_gift": np.where(rng.random(count) < 0.1, np.nan, since),
            "gift_count": rng.integers(1, 9, count).astype(float),
            "total_given": rng.uniform(1, 500, count),
        }
    )
    return frame, (rng.random(count) < np.exp(-since / 20)).astype(float)


@pytest.mark.parametrize("rule", [rules.RFM, rules.RECENCY, rules.NOT_LAPSED], ids=lambda rule: rule.key)
def test_a_rules_rate_never_falls_with_its_order_and_survives_json(rule):
    frame, label = base(1)
    fitted = fit_rates(rule, frame, label, label.mean())
    order, said = fitted.points(frame), fitted.probability(frame)
    assert (np.diff(said[np.argsort(order, kind="stable")]) >= -1e-12).all()
    assert said.mean() == pytest.approx(label.mean(), abs=0.02)
    assert said.max() > label.mean() > said.min()
    again = FittedRule.from_json(json.loads(json.dumps(fitted.to_json())))
    assert np.array_equal(again.probability(frame), said)


def test_a_donor_whose_fact_is_unknown_comes_last():
    frame, label = base(2)
    fitted = fit_rates(rules.RECENCY, frame, label, label.mean())
    unknown = frame["months_since_last_gift"].isna().to_numpy()
    assert fitted.points(frame)[unknown].max() < fitted.points(frame)[~unknown].min()


def test_few_donors_pull_a_rule_to_the_expected_rate():
    frame, label = base(3, 12)
    said = fit_rates(rules.RECENCY, frame, label, 0.2).probability(frame)
    assert ((said > 0.1) & (said < 0.4)).all()


def test_a_rule_keeps_its_order_when_the_season_lowers_the_rate():
    frame, label = base(4)
    usual, low = (fit_rates(rules.RECENCY, frame, label, rate).probability(frame) for rate in (label.mean(), 0.01))
    assert low.mean() < 0.05
    assert (np.argsort(usual, kind="stable") == np.argsort(low, kind="stable")).all()


def test_a_yes_or_no_term_parts_donors_in_two():
    rule = Rule("lapsed", "Lapsed", (Term("months_since_last_gift", -1, at_least=12),))
    frame = pd.DataFrame({"months_since_last_gift": [0.0, 11, 12, 40]})
    assert FittedRule(rule).points(frame).tolist() == [0, 0, -1, -1]


def seasons(rates: dict[str, float]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "cutoff": dt.date.fromisoformat(day),
                "label": np.r_[np.ones(int(rate * 1000)), np.zeros(1000 - int(rate * 1000))],
            }
        )
        for day, rate in rates.items()
    ]
    return pd.concat(parts)


def test_the_rate_to_expect_is_that_of_the_same_season_a_year_ago():
    known = base_rates(seasons({"2022-09-30": 0.4, "2022-12-31": 0.1, "2023-09-30": 0.3, "2023-12-31": 0.1}), 0.2)
    assert known.expected(dt.date(2024, 9, 30)) == pytest.approx(0.3, abs=0.01)
    assert known.expected(dt.date(2024, 12, 31)) == pytest.approx(0.1, abs=0.01)
    assert known.expected(dt.date(2024, 4, 1)) == pytest.approx(0.225, abs=0.01)  # no such season yet: the mean


def test_without_history_the_prior_is_expected():
    assert base_rates(seasons({"2023-01-01": 0.5}).head(0), 0.2).expected(dt.date(2024, 1, 1)) == 0.2
