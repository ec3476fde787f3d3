"""What a run writes: only what changed. One gift is one unit's profiles; a choice of a person empties or restores one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import job_world
import pytest
from job_world import World, copied, fine
from localorg_live import API

pytestmark = pytest.mark.e2e
SCORES = ("Propensity_Score__c", "Lapse_Risk_Score__c", "Upgrade_Score__c", "Major_Gift_Score__c")
ANSWERS = (*SCORES, "Propensity_Band__c", "Suggested_Ask__c", "Helps__c", "Holds_Back__c", "Reasons__c")
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(job_world.published(tmp_path_factory), tmp_path_factory.mktemp("changes")) as made:
        yield made


def run(world: World) -> dict[str, int]:
    """One more night; its counts."""
    return dict(fine(world.steward("run", "--nightly", "--json")).json()["counts"])


def touched(before: Rows, after: Rows) -> set[str]:
    """Contacts whose profile was written, and never anything the org itself did not notice."""
    stamped = {one for one in after if after[one]["SystemModstamp"] != before[one]["SystemModstamp"]}
    changed = {one for one in after if after[one]["Content_Hash__c"] != before[one]["Content_Hash__c"]}
    assert after.keys() == before.keys()
    assert stamped == changed
    return stamped


def couple(world: World) -> tuple[str, list[str]]:
    """A household of two whose scores stand, and its Contacts."""
    scored = {one for one, row in world.profiles().items() if row["Propensity_Score__c"] is not None}
    homes: dict[str, list[str]] = {}
    people = "SELECT Id, AccountId FROM Contact WHERE Account.npe01__SYSTEMIsIndividual__c = true ORDER BY Id"
    for one in job_world.all_records(world.admin, people):
        homes.setdefault(one["AccountId"], []).append(one["Id"])
    return next((home, members) for home, members in homes.items() if len(members) == 2 and set(members) <= scored)


def test_a_second_run_with_nothing_changed_writes_no_profile(world: World) -> None:
    before = world.profiles()
    counts = run(world)
    assert (counts["profiles_changed"], counts["profiles_unchanged"]) == (0, job_world.CONTACTS)
    assert (counts["contacts_linked"], counts["mismatches"], counts["profiles_failed"]) == (0, 0, 0)
    assert world.profiles() == before


@pytest.mark.parametrize("credited", [True, False], ids=["with contact role", "without contact role"])
def test_one_gift_changes_the_profiles_of_its_household_and_no_other(world: World, credited: bool) -> None:
    home, members = couple(world)
    before = world.profiles()
    day = (job_world.today() - timedelta(days=1)).isoformat()
    giver = {"npsp__Primary_Contact__c": members[0]} if credited else {}
    gift = world.admin.create(
        "Opportunity", Name="A gift", AccountId=home, Amount=4321.5, CloseDate=day, StageName="Closed Won", **giver
    )
    if credited:
        world.admin.create(
            "OpportunityContactRole", OpportunityId=gift, ContactId=members[0], Role="Donor", IsPrimary=True
        )
    counts = run(world)
    after = world.profiles()
    assert touched(before, after) == set(members)
    assert counts["profiles_changed"] == 2
    assert len({str([after[one][name] for name in ANSWERS]) for one in members}) == 1, "members share their answer"
    assert run(world)["profiles_changed"] == 0


@pytest.mark.parametrize(
    ("field", "reason"),
    [("AI_Opt_Out__c", "Opted out of AI scoring"), ("npsp__Deceased__c", "Deceased")],
    ids=["opted out", "deceased"],
)
def test_an_excluded_donor_has_no_scores_until_the_mark_is_taken_back(world: World, field: str, reason: str) -> None:
    _, (person, partner) = couple(world)
    before = world.profiles()
    world.change("Contact", person, **{field: True})
    run(world)
    excluded = world.profiles()
    assert {name: excluded[person][name] for name in ANSWERS} == dict.fromkeys(ANSWERS)
    assert (excluded[person]["Method__c"], excluded[person]["Excluded_Reason__c"]) == ("Excluded", reason)
    assert touched(before, excluded) - {partner} == {person}
    shown = world.admin.query(f"SELECT AI_Propensity_Score__c, AI_Suggested_Ask__c FROM Contact WHERE Id = '{person}'")
    assert (shown[0]["AI_Propensity_Score__c"], shown[0]["AI_Suggested_Ask__c"]) == (None, None)
    world.change("Contact", person, **{field: False})
    run(world)
    back = world.profiles()
    assert {one: row["Content_Hash__c"] for one, row in back.items()} == {
        one: row["Content_Hash__c"] for one, row in before.items()
    }
    assert back[person]["Propensity_Score__c"] == before[person]["Propensity_Score__c"]


def test_a_persons_override_outlives_a_changed_score(world: World) -> None:
    home, (person, _) = couple(world)
    profile = world.profiles()[person]
    chosen = "Prospect"  # which nobody is who gave
    until = (job_world.today() + timedelta(days=30)).isoformat()
    own = {"Override_Segment__c": chosen, "Override_Reason__c": "Met them at the gala", "Override_Until__c": until}
    world.change("AI_Donor_Profile__c", profile["Id"], **own)
    day = (job_world.today() - timedelta(days=1)).isoformat()
    world.admin.create(
        "Opportunity", Name="Another", AccountId=home, Amount=9999, CloseDate=day, StageName="Closed Won"
    )
    run(world)
    fields = f"{', '.join(own)}, Overridden_By__c, Effective_Segment__c, Segment__c, Content_Hash__c"
    after = world.admin.get(f"{API}/sobjects/AI_Donor_Profile__c/{profile['Id']}", params={"fields": fields}).json()
    assert after["Content_Hash__c"] != profile["Content_Hash__c"], "the score should have changed"
    assert {name: after[name] for name in own} == own
    assert after["Effective_Segment__c"] == chosen != after["Segment__c"]
    contact = world.admin.query(f"SELECT AI_Segment__c FROM Contact WHERE Id = '{person}'")[0]
    assert contact["AI_Segment__c"] == chosen
    world.change("AI_Donor_Profile__c", profile["Id"], Override_Until__c="2020-01-01")
    run(world)
    ended = world.profiles()[person]
    assert ended["Effective_Segment__c"] == ended["Segment__c"] == after["Segment__c"]
