"""The gateway under fire: a mix of every fault at once, and whether the org then holds exactly what a clean run writes."""

from __future__ import annotations

from typing import Any

from job_world import PROFILE, World, all_records, fine

SAME = [name for name in PROFILE.replace(",", "").split() if name not in (
    "Id", "LastModifiedDate", "SystemModstamp", "Scoring_Run__r.Run_Id__c",
)]  # fmt: skip
# Every refusal says one of these: what one command takes the run up again.
WHAT_TO_DO = ("steward run", "run again", "Run again", "run later", "again later", "Run after", "replay")


def rows(world: World) -> dict[str, dict[str, Any]]:
    """Every profile by its Contact, without what differs from run to run."""
    found = all_records(world.admin, f"SELECT {PROFILE} FROM AI_Donor_Profile__c")
    made = {row["Contact__c"]: {name: row[name] for name in SAME} for row in found}
    assert len(made) == len(found), "a Contact has two profiles"
    return made


def under_fire(world: World, seed: int, share: float) -> str:
    """One run in a mix of faults and, where it stopped, one more in peace; what the first one said."""
    answer = world.org.control().post("/localorg/faults", json={"mix": {"seed": seed, "share": share}})
    assert answer.status_code == 200, answer.text
    said = world.steward("run")
    struck = sum(rule["fired"] for rule in world.faults())
    world.heal()
    assert struck > 0, "no fault struck"
    if said.code != 0:
        assert any(words in said.text for words in WHAT_TO_DO), said.text
        fine(world.steward("run"))
    return f"{struck} faults, exit {said.code}"


def assert_whole(world: World, expected: dict[str, dict[str, Any]]) -> None:
    """The org holds the rows of a clean run, as the state remembers them, and nothing is left to do."""
    held, state = rows(world), world.state()
    different = [contact for contact in expected if held.get(contact) != expected[contact]]
    assert (held.keys() - expected.keys(), different[:3]) == (set(), [])
    assert {key: one.content_hash for key, one in state.written().items()} == {
        world.donor_key(contact): row["Content_Hash__c"] for contact, row in held.items()
    }
    assert state.dead_letters() == [] and state.open_jobs() == [] and state.interrupted_runs() == []
    state.close()
    assert world.admin.query("SELECT Id FROM AI_Scoring_Run__c WHERE Status__c = 'Running'") == []
