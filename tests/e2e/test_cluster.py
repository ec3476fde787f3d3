"""A night on a real Spark cluster of two workers: the same profiles, also where one of them dies on the way."""

from __future__ import annotations

import pathlib
import subprocess
from collections.abc import Iterator

import duckdb
import pytest
from cluster_kit import VENV, Cluster, alive, cluster, steward
from job_world import Template, World, copied, fine, learnt

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not (VENV / ".ready").exists(), reason="`make setup` has not made .venv-spark"),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return learnt(tmp_path_factory)


@pytest.fixture
def spark(tmp_path: pathlib.Path) -> Iterator[Cluster]:
    with cluster(tmp_path) as made:
        yield made


@pytest.fixture
def world(trained: Template, tmp_path: pathlib.Path) -> Iterator[World]:
    with copied(trained, tmp_path) as made:
        yield made


def profiles(world: World) -> list[tuple[object, ...]]:
    """Every field of every row of the newest run."""
    run = world.state().runs(1)[0]
    parts = world.home / "runs" / run.run_id / "profiles" / "*.parquet"
    return duckdb.sql(f"SELECT * FROM read_parquet('{parts}') ORDER BY contact_id").fetchall()


def features(world: World) -> list[tuple[object, ...]]:
    run = world.state().runs(1)[0]
    return duckdb.sql(
        f"SELECT * FROM read_parquet('{world.home / 'runs' / run.run_id / 'features.parquet'}') ORDER BY unit_id"
    ).fetchall()


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=1000)
    assert process.returncode == 0, out + err
    return out


def test_a_night_on_a_cluster_that_loses_a_worker_concludes_what_one_machine_does(
    world: World, trained: Template, spark: Cluster, tmp_path: pathlib.Path
) -> None:
    fine(world.steward("score"))
    (tmp_path / "other").mkdir()
    with copied(trained, tmp_path / "other") as other:
        with steward("run", "--engine", spark.url, **other.settings()) as night:
            spark.until(lambda state: any(app["cores"] == 2 for app in state["activeapps"]), night)
            spark.kill_a_worker()
            spark.until(lambda state: len(alive(state)) == 1, night)
            finished(night)
        assert spark.state()["completedapps"]
        assert features(other) == features(world)
        assert profiles(other) == profiles(world)
        assert len(other.profiles()) == len(profiles(world))


def test_a_worker_that_dies_while_donors_are_scored_takes_no_answer_with_it(
    world: World, trained: Template, spark: Cluster, tmp_path: pathlib.Path
) -> None:
    fine(world.steward("score"))
    (tmp_path / "other").mkdir()
    with copied(trained, tmp_path / "other") as other:
        with steward("score", "--engine", spark.url, units=5, **other.settings()) as night:
            spark.until(lambda _: len(parts(other)) >= 2, night)
            spark.kill_a_worker()
            before = len(parts(other))
            spark.until(lambda state: len(alive(state)) == 1, night)
            finished(night)
        assert features(other) == features(world)
        assert profiles(other) == profiles(world)
        assert 2 <= before < len(parts(other)) / 2, "the scoring was nearly over when the worker died"


def parts(world: World) -> list[pathlib.Path]:
    """The batches that are finished, of a run under way or done."""
    return list((world.home / "runs").glob("*/profiles/part-*.parquet"))


def test_a_cluster_that_is_not_there_is_said_in_words(world: World) -> None:
    said = world.steward("score", "--engine", "sparkle")
    assert said.code != 0
    assert "sparkle" in said.text
    assert "spark://host:port" in said.text
