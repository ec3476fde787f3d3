"""In an order of money, a chance that told nothing in the past is not heard, and one that told much is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from donor_base import examples
from steward import outcomes
from steward.models import artefact, money
from steward.models.training import train

COUNT = 4000


def evidence(*, told: bool, seed: int = 1) -> pd.DataFrame:
    """Usual gifts of any size; who returned follows the chance, or has nothing to do with it."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(0.5, 6, COUNT)
    amount = np.exp(rng.normal(3, 0.8, COUNT))
    came = rng.random(COUNT) < (chance if told else chance.mean())
    return pd.DataFrame(
        {"model_probability": chance, "rule_probability": np.full(COUNT, chance.mean()), "usual_gift": amount,
         "given": np.where(came, amount, 0.0)}
    )  # fmt: skip


def test_a_chance_that_told_who_returned_is_heard_whole():
    found = money.judge(evidence(told=True), by_model=True)
    assert found is not None
    assert found.voice == 1.0
    assert found.captured[1.0] > 1.3 * found.captured[0.0]


@pytest.mark.parametrize("seed", range(4))
def test_where_it_told_nothing_the_amount_alone_orders(seed):
    found = money.judge(evidence(told=False, seed=seed), by_model=True)
    assert found is not None
    assert found.voice == 0.0
    assert found.captured[0.0] >= found.captured[1.0]


def test_where_the_rule_speaks_its_own_chance_is_judged():
    found = money.judge(evidence(told=True), by_model=False)
    assert found is not None
    assert found.voice == 0.0


def test_a_chance_half_heard_lies_between_its_own_and_everybodys():
    assert money.heard(np.array([0.5, 0.1]), 0.5, 0.2).tolist() == pytest.approx([0.35, 0.15])
    assert money.heard(np.array([0.5]), 0.0, 0.2).tolist() == [0.2]


@pytest.mark.parametrize("missing", ["usual_gift", "given"])
def test_without_amounts_nothing_is_judged(missing):
    assert money.judge(evidence(told=True).assign(**{missing: None}), by_model=True) is None


def test_how_loud_the_chance_speaks_survives_being_stored():
    trained = train(outcomes.get("reactivation"), examples(), seed=1, threads=1)
    assert trained.chance_in_money(np.array([0.3])).tolist() == [0.3]
    half = dataclasses.replace(trained, chance_voice=0.5)
    again = artefact.from_files(artefact.to_files(half), half.version)
    assert again.chance_in_money(np.array([0.3])).tolist() == [0.15 + again.base_rate / 2]
