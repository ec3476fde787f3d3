"""First nights in which everything goes wrong by chance: they end with the rows of a clean one, or say how to go on."""

from __future__ import annotations

import pathlib
from typing import Any

import job_world
import pytest
from fire_kit import assert_whole, rows, under_fire
from job_world import copied, fine, impatient

__all__ = ["impatient"]
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.usefixtures("impatient")]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a run writes when nothing goes wrong."""
    with copied(job_world.learnt(tmp_path_factory), tmp_path_factory.mktemp("clean")) as world:
        fine(world.steward("run"))
        return rows(world)


@pytest.mark.parametrize(("seed", "share"), [(1, 0.01), (2, 0.02), (3, 0.02), (4, 0.05)])
def test_a_night_of_every_fault_ends_as_a_clean_one(
    clean: dict[str, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: pathlib.Path,
    seed: int,
    share: float,
) -> None:
    with copied(job_world.learnt(tmp_path_factory), tmp_path) as world:
        print(f"seed {seed}:", under_fire(world, seed, share))
        assert_whole(world, clean)
