"""Killed at ten random moments (kill -9), the main job loses nothing, doubles nothing, and leaves nothing half done."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator
from itertools import pairwise

import job_world
import pytest
from job_killing import Moment, Starter
from job_world import Template, World, copied, fine

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

RUN = ["run", "--nightly"]
# The first run makes every profile; with another currency symbol most rows change, and none is new.
FIRST, CHANGED = {"STEWARD_CURRENCY_SYMBOL": "$"}, {"STEWARD_CURRENCY_SYMBOL": "£"}
# Five runs, each killed twice before it may end: a kind, and the phases in which the kills fall.
PLAN = [
    ("first", "reading", "writing"),
    ("first", "scoring", "writing"),
    ("first", "writing", "writing"),
    ("changed", "reading", "scoring"),
    ("changed", "writing", "writing"),
]
Clean = dict[str, tuple[list[float], dict[str, str]]]


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    with Starter() as running:
        yield running


@pytest.fixture(scope="module")
def clean(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[float], dict[str, str]]]:
    """By kind of run: when a run that nobody kills hears from the org, and what it leaves there."""
    made = {}
    for kind in ("first", "changed"):
        folder = tmp_path_factory.mktemp(f"clean-{kind}")
        with copied(template(kind, tmp_path_factory), folder) as world:
            timeline = starter.timeline(RUN, settings(world, kind), folder / "log", calls(world))
            made[kind] = (timeline, hashes(world))
    return made


def template(kind: str, factory: pytest.TempPathFactory) -> Template:
    return job_world.learnt(factory) if kind == "first" else job_world.published(factory)


def settings(world: World, kind: str) -> dict[str, str]:
    return world.settings(**(FIRST if kind == "first" else CHANGED))


def calls(world: World) -> pathlib.Path:
    return world.org.folder / "requests.jsonl"


def hashes(world: World) -> dict[str, str]:
    return {contact: row["Content_Hash__c"] for contact, row in world.profiles().items()}


def moments(timeline: list[float]) -> list[tuple[Moment, Moment]]:
    """The plan in seconds: seeded, one in each part of a phase. Scoring is the longest silence between two calls."""
    chance = random.Random(20261122)
    answered = [*timeline[:-1], timeline[-2] + 0.05]  # what follows the last answer is the end of a process
    gaps = [after - before for before, after in pairwise(answered)]
    silence = gaps.index(max(gaps)) + 1  # calls answered when scoring begins
    spans = {"reading": (1, silence), "scoring": (silence, silence + 1), "writing": (silence + 1, len(gaps) + 1)}
    phases = [phase for _, *pair in PLAN for phase in pair]
    parts = {phase: list(range(phases.count(phase))) for phase in spans}
    for numbers in parts.values():
        chance.shuffle(numbers)

    def moment(phase: str) -> Moment:
        first, end = spans[phase]
        at = first + (end - first) * (parts[phase].pop() + chance.random()) / phases.count(phase)
        return Moment(int(at), (at - int(at)) * gaps[int(at) - 1])

    return [(moment(one), moment(other)) for _, one, other in PLAN]


@pytest.mark.parametrize("number", range(len(PLAN)), ids=[" ".join(words) for words in PLAN])
def test_a_run_killed_twice_ends_like_one_that_never_was(
    number: int, starter: Starter, clean: Clean, tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> None:
    kind = PLAN[number][0]
    timeline, wanted = clean[kind]
    with copied(template(kind, tmp_path_factory), tmp_path) as world:
        env = settings(world, kind)
        killed = [
            starter.kill(RUN, env, tmp_path / "log", calls(world), moment) for moment in moments(timeline)[number]
        ]
        assert killed[0], "the run was over before it was killed"
        fine(job_world.command(*RUN, **env))
        assert hashes(world) == wanted
        assert_whole(world)


def assert_whole(world: World) -> None:
    """Every Contact linked to its one profile, every run closed on both sides, nothing left behind on disk."""
    people = job_world.all_records(world.admin, "SELECT Id, AI_Donor_Profile__r.Contact__c FROM Contact")
    assert [one["Id"] for one in people if (one["AI_Donor_Profile__r"] or {}).get("Contact__c") != one["Id"]] == []
    assert len(world.profiles()) == len(people)
    state = world.state()
    assert state.open_jobs() == [] and state.interrupted_runs() == [] and state.dead_letters() == []
    assert set(state.written()) == {world.donor_key(one["Id"]) for one in people}
    known = {run.run_id: run.status for run in state.runs(50)}
    state.close()
    rows = world.admin.query("SELECT Run_Id__c, Status__c FROM AI_Scoring_Run__c")
    assert sorted(row["Run_Id__c"] for row in rows) == sorted(known)
    assert {row["Run_Id__c"]: row["Status__c"] for row in rows} == known
    assert set(known.values()) == {"Completed"}
    assert not (world.home / "snapshots" / ".working").exists()
    left = [path.name for path in (world.home / "runs").iterdir() if path.name not in known]
    assert left == [], "half written scores"
    assert all((path / "manifest.json").exists() for path in (world.home / "snapshots").glob("[0-9]*"))
    assert not (world.home / "scratch").exists(), "uploads with ids of the org were left behind"
    assert list(world.scratch.iterdir()) == [], "files were left in the machine's temporary folder"


def test_a_snapshot_half_removed_is_removed_by_the_next_run(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> None:
    with copied(job_world.published(tmp_path_factory), tmp_path) as world:
        half = world.home / "snapshots" / "20200101T000000Z-aaaaaaaa"
        (half / "private").mkdir(parents=True)
        fine(world.steward("run"))
        assert not half.exists()
