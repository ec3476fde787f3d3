"""A night on a real Spark cluster of three workers: the same profiles, also where two of them die on the way."""

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


WORKERS = 3


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return learnt(tmp_path_factory)


@pytest.fixture
def spark(tmp_path: pathlib.Path) -> Iterator[Cluster]:
    with cluster(tmp_path, WORKERS) as made:
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


def test_a_night_on_a_cluster_that_loses_two_workers_concludes_what_one_machine_does(
    world: World, trained: Template, spark: Cluster, tmp_path: pathlib.Path
) -> None:
    """One dies while facts are gathered, another while donors are scored; the third ends the night."""
    fine(world.steward("score"))
    (tmp_path / "other").mkdir()
    with copied(trained, tmp_path / "other") as other:
        with steward("run", "--engine", spark.url, units=8, **other.settings()) as night:
            spark.until(lambda state: any(app["cores"] == WORKERS for app in state["activeapps"]), night)
            spark.kill_a_worker()
            spark.until(lambda state: len(alive(state)) == WORKERS - 1, night)
            assert not parts(other)
            spark.until(lambda _: len(parts(other)) >= 2, night)
            spark.kill_a_worker()
            before = len(parts(other))
            spark.until(lambda state: len(alive(state)) == WORKERS - 2, night)
            finished(night)
        assert spark.state()["completedapps"]
        assert features(other) == features(world)
        assert profiles(other) == profiles(world)
        assert len(other.profiles()) == len(profiles(world))
        assert before < len(parts(other)) / 2, "the scoring was nearly over when the second worker died"


def parts(world: World) -> list[pathlib.Path]:
    """The batches that are finished, of a run under way or done."""
    return list((world.home / "runs").glob("*/profiles/part-*.parquet"))


def test_a_cluster_that_is_not_there_is_said_in_words(world: World) -> None:
    said = world.steward("score", "--engine", "sparkle")
    assert said.code != 0
    assert "sparkle" in said.text
    assert "spark://host:port" in said.text
