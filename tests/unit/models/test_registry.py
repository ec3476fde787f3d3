"""The registry gives back exactly what was saved, refuses anything else, and moves the champion in one step."""

from __future__ import annotations

import json

import numpy as np
import pytest
from donor_base import examples
from steward import models, outcomes, scoring
from steward.errors import StateError
from steward.models.registry import Registry
from steward.models.training import train


@pytest.fixture(scope="module")
def trained() -> list[models.Model]:
    gives = outcomes.get("give_90_days")
    return [train(gives, examples(seed=seed), seed=1, threads=1) for seed in (1, 2)]


@pytest.fixture
def registry(tmp_path) -> Registry:
    return Registry(str(tmp_path / "models"))


def test_a_saved_model_scores_and_explains_as_before(registry, trained):
    before = trained[0]
    after = registry.load(registry.save(before))
    rows = examples(seed=5).current
    assert scoring.score(after, rows).equals(scoring.score(before, rows))
    assert np.array_equal(after.boosted.contributions(rows), before.boosted.contributions(rows))
    assert (after.card, after.cuts, after.reference, after.typical) == (
        json.loads(json.dumps(before.card)), before.cuts, before.reference, before.typical
    )  # fmt: skip


def test_the_version_names_outcome_date_and_content(registry, trained):
    version = registry.save(trained[0])
    assert version.startswith("give_90_days-20240601-")
    assert len(version.rsplit("-", 1)[1]) == 8
    assert registry.save(trained[1]) != version


@pytest.mark.parametrize("name", ["model.json", "booster.ubj", "tables.zip", "card.md"])
def test_a_file_that_was_changed_is_refused_by_name(registry, trained, tmp_path, name):
    version = registry.save(trained[0])
    file = tmp_path / "models" / version / name
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StateError, match=name):
        registry.load(version)
    file.unlink()
    with pytest.raises(StateError, match=name):
        registry.load(version)


def test_a_manifest_that_was_changed_with_its_files_is_refused(registry, trained, tmp_path):
    version, other = (registry.save(one) for one in trained)
    folder = tmp_path / "models" / version
    for file in (tmp_path / "models" / other).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with pytest.raises(StateError, match="does not match its name"):
        registry.load(version)


def test_promote_and_rollback(registry, trained):
    first, second = (registry.save(one) for one in trained)
    assert registry.champion_version("give_90_days") is None
    with pytest.raises(StateError, match="steward train"):
        registry.champion("give_90_days")
    registry.promote(first)
    registry.promote(second)
    registry.promote(second)
    assert registry.champion("give_90_days").version == second
    assert registry.rollback("give_90_days") == first
    assert registry.champion("give_90_days").version == first
    with pytest.raises(StateError, match="no earlier champion"):
        registry.rollback("give_90_days")


def test_versions_are_listed_with_the_champion(registry, trained):
    first, second = (registry.save(one) for one in trained)
    registry.promote(second)
    assert {entry.version: entry.champion for entry in registry.versions("give_90_days")} == {
        first: False,
        second: True,
    }
    assert registry.versions("upgrade") == []


@pytest.mark.parametrize("version", ["give_90_days-20240601-00000000", "../elsewhere", "", ".hidden"])
def test_a_version_that_is_not_there_is_said_so(registry, version):
    with pytest.raises(StateError, match=r"not in the registry|not a model version"):
        registry.load(version)


def test_a_rule_is_saved_as_well(registry):
    rule = train(outcomes.get("give_90_days"), examples(dates=[]), seed=1)
    after = registry.load(registry.save(rule))
    rows = examples().current
    assert scoring.score(after, rows).equals(scoring.score(rule, rows))
