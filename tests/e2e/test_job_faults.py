"""A run on the org's bad day: it ends as a clean run, or says that it did not and the next one completes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import job_world
import pytest
from job_world import CONTACTS, World, copied, fine, impatient
from steward.decide.policy import Policy

__all__ = ["impatient"]
pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("impatient")]

FAULTS: dict[str, dict[str, Any]] = {
    "rows locked": {"kind": "row_lock", "share": 0.15, "seed": 3},
    "session expired in the middle": {"kind": "session_expired", "path": "/services/data/", "after": 8, "times": 2},
    "session expired in a job": {"kind": "session_expired", "path": "/jobs/ingest/", "after": 1, "times": 2},
    "503 with a page": {"kind": "unavailable", "share": 0.25, "seed": 4},
    "429": {"kind": "too_many_requests", "share": 0.25, "seed": 5},
    "bodies cut short": {"kind": "truncated", "share": 0.2, "seed": 6},
    "answers lost": {"kind": "disconnect_after", "path": "/jobs/", "share": 0.3, "seed": 7},
    "a job fails": {"kind": "job_failed", "times": 1},
}
LASTING: dict[str, dict[str, Any]] = {
    "always locked": {"kind": "row_lock", "share": 1.0},
    "results never whole": {"kind": "disconnect_after", "path": "AI_Donor_Profile__c|/jobs/ingest/.*/batches"},
    "calls used up": {"kind": "request_limit", "path": "/jobs/ingest"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(job_world.published(tmp_path_factory), tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture
def news(world: World, request: pytest.FixtureRequest) -> Iterator[str]:
    """A next step that every donor's profile must show anew, so that every profile is written."""
    text = str(request.node.callspec.id)
    lines = "".join(f'"{segment}" = "{text}"\n' for segment in Policy().next_steps)
    (world.home / "policy.toml").write_text(f"[next_steps]\n{lines}")
    yield text
    world.heal()


def assert_complete(world: World, news: str) -> None:
    """Every profile says the new thing, as the state remembers it; nothing is left to do on either side."""
    state, held = world.state(), world.profiles()
    assert len(held) == CONTACTS
    assert {row["Next_Step__c"] for row in held.values() if row["Method__c"] != "Excluded"} == {news}
    assert {key: one.content_hash for key, one in state.written().items()} == {
        world.donor_key(contact): row["Content_Hash__c"] for contact, row in held.items()
    }
    assert state.dead_letters() == [] and state.open_jobs() == [] and state.interrupted_runs() == []
    state.close()
    assert world.admin.query("SELECT Id FROM AI_Scoring_Run__c WHERE Status__c = 'Running'") == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_rides_out_what_passes(world: World, news: str, fault: str) -> None:
    world.fault(**FAULTS[fault])
    said = world.steward("run", "--json")
    assert world.faults()[0]["fired"] > 0, "the fault never struck"
    world.heal()
    assert fine(said).json()["counts"]["profiles_changed"] > CONTACTS * 0.9
    assert_complete(world, news)


@pytest.mark.parametrize("fault", LASTING)
def test_what_does_not_pass_is_said_and_mended_by_the_next_run(world: World, news: str, fault: str) -> None:
    world.fault(**LASTING[fault])
    said = world.steward("run")
    assert said.code == (3 if fault == "calls used up" else 4)
    assert "again" in said.text or "replay" in said.text, said.text
    world.heal()
    fine(world.steward("run"))
    assert_complete(world, news)


def test_after_all_that_a_run_finds_nothing_to_write_and_nothing_different(world: World) -> None:
    counts = fine(world.steward("run", "--json")).json()["counts"]
    assert (counts["profiles_changed"], counts["profiles_unchanged"], counts["mismatches"]) == (0, CONTACTS, 0)
