"""Drift since training: the donors of training have not moved, others have, and the farthest is named first."""

from __future__ import annotations

import pytest
from donor_base import examples
from steward import models, outcomes
from steward.models import artefact, drift
from steward.models.training import train


@pytest.fixture(scope="module")
def model() -> models.Model:
    return train(outcomes.get("give_90_days"), examples(), seed=1, threads=1)


def test_the_donors_of_training_have_not_drifted(model):
    found = drift.since_training(model, examples().current)
    assert found is not None
    assert found.order < 0.02
    assert all(one.psi < 0.001 for one in found.inputs)
    assert all(one.then == one.now for one in found.inputs)


def test_what_moved_is_named_first_with_what_was_typical_then_and_now(model):
    rows = examples().current
    found = drift.since_training(model, rows.assign(months_since_last_gift=rows["months_since_last_gift"] + 20))
    assert found is not None
    first = found.inputs[0]
    assert first.name == "months_since_last_gift"
    assert first.psi > 0.25
    assert first.now == first.then + 20
    assert found.order > 0.05


def test_spreads_survive_being_stored(model):
    again = artefact.from_files(artefact.to_files(model), model.version)
    assert again.spreads == model.spreads
    assert drift.since_training(again, examples().current) == drift.since_training(model, examples().current)


def test_nothing_is_said_where_nobody_is_eligible_or_nothing_was_kept(model):
    assert drift.since_training(model, examples().current.head(0)) is None
    before = artefact.to_files(model)[artefact.MODEL].replace(b'"spreads"', b'"of old"')
    old = artefact.from_files({**artefact.to_files(model), artefact.MODEL: before}, model.version)
    assert drift.since_training(old, examples().current) is None
