"""What a gift officer sees in each rollout mode: on the card, on the Contact, in the lists. The modes are set in the org."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import job_world
import pytest
from job_world import World, copied, fine, impatient  # noqa: F401  impatient is a fixture
from localorg.apex import process
from localorg_live import API
from steward import config
from steward.bootstrap import Steward
from steward.jobs.rescoring import Rescoring
from steward.live.realtime import Desk
from steward.state.inbox import Incoming

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(process.missing() is not None, reason=process.missing() or ""),
]
OFFICER, MANAGER = "officer@steward.example", "manager@steward.example"
RECORD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">\n'
    "    <label>{name}</label>\n    <protected>false</protected>\n    <values>\n        <field>Value__c</field>\n"
    '        <value xsi:type="xsd:string">{value}</value>\n    </values>\n</CustomMetadata>\n'
)
ON_CONTACT = "AI_Propensity_Score__c, AI_Segment__c, AI_Next_Step__c, AI_Suggested_Ask__c"
# What every list that starts work filters on, and the segment that flows and reports read.
AT_WORK = "SELECT Contact__c FROM AI_Donor_Profile__c WHERE Mode__c != 'Shadow' AND Effective_Segment__c != null"


@dataclass(frozen=True)
class Seen:
    """One donor through an officer's eyes."""

    card: dict[str, Any]
    contact: dict[str, Any]
    listed: bool


@dataclass(frozen=True)
class Rollout:
    """The world, and a household of one that has everything an officer could see."""

    world: World
    donor: str

    def set(self, **settings: str) -> None:
        """What an administrator saves under Setup → Custom Metadata Types."""
        folder = self.world.scratch / "setting"
        records = folder / "main" / "default" / "customMetadata"
        records.mkdir(parents=True, exist_ok=True)
        for name, value in settings.items():
            text = RECORD.format(name=name, value=value)
            (records / f"AI_Setting.{name}.md-meta.xml").write_text(text, encoding="utf-8")
        self.world.org.server.runtime.org.deploy(folder)

    def night(self, **environment: str) -> dict[str, Any]:
        """One run, and what the org's record of it says."""
        run = fine(self.world.steward("run", "--nightly", "--json", **environment)).json()["run_id"]
        soql = f"SELECT Mode__c, Message__c, Status__c FROM AI_Scoring_Run__c WHERE Run_Id__c = '{run}'"
        (row,) = self.world.admin.query(soql)
        return row

    def seen(self, contact: str = "") -> Seen:
        donor = contact or self.donor
        officer = self.world.org.as_user(OFFICER)
        card = officer.post("/services/localorg/apex/DonorProfileController/insightFor", json={"recordId": donor})
        assert card.status_code == 200, card.text
        (row,) = officer.query(f"SELECT {ON_CONTACT} FROM Contact WHERE Id = '{donor}'")
        row.pop("attributes")
        listed = bool(officer.query(f"{AT_WORK} AND Contact__c = '{donor}'"))
        return Seen(card.json(), row, listed)


@pytest.fixture(scope="module")
def rollout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rollout]:
    folder = tmp_path_factory.mktemp("rollout")
    with copied(job_world.published(tmp_path_factory), folder) as world:
        for username, permission_set in ((OFFICER, "AI_Donor_Act"), (MANAGER, "AI_Donor_Manage")):
            control = world.org.control()
            made = control.post("/localorg/user", json={"username": username, "profile": "Standard User"})
            assert made.status_code == 200, made.text
            given = {"username": username, "permission_set": permission_set}
            assert control.post("/localorg/assign", json=given).status_code == 200
        (donor,) = world.admin.query(
            "SELECT Contact__c FROM AI_Donor_Profile__c WHERE Household_Lead__c = true AND Propensity_Score__c != null"
            " AND Suggested_Ask__c != null ORDER BY Contact__c LIMIT 1"
        )
        yield Rollout(world, donor["Contact__c"])


@pytest.fixture(autouse=True)
def full(rollout: Rollout) -> Iterator[None]:
    """Each test leaves the org as it was: full, nobody in the trial group."""
    yield
    rollout.set(Rollout_Mode="Full", Switched_On="true")
    for row in rollout.world.admin.query("SELECT Id FROM Contact WHERE AI_Pilot__c = true"):
        rollout.world.change("Contact", row["Id"], AI_Pilot__c=False)


def sees_everything(seen: Seen) -> bool:
    return (
        seen.card["state"] == "Scored"
        and all(seen.card.get(name) for name in ("segment", "nextStep", "suggestedAsk", "outcomes"))
        and None not in seen.contact.values()
        and seen.listed
    )


def sees_nothing(seen: Seen) -> bool:
    return (
        seen.card["state"] == "OnTrial"
        and not any(seen.card.get(name) for name in ("segment", "nextStep", "suggestedAsk", "outcomes"))
        and set(seen.contact.values()) == {None}
        and not seen.listed
    )


def test_full_shows_everything(rollout: Rollout) -> None:
    assert rollout.night()["Mode__c"] == "Full"
    assert sees_everything(rollout.seen())


def test_shadow_writes_where_nobody_looks(rollout: Rollout) -> None:
    rollout.set(Rollout_Mode="Shadow")
    assert rollout.night()["Mode__c"] == "Shadow"
    assert sees_nothing(rollout.seen())
    (row,) = rollout.world.admin.query(
        f"SELECT Propensity_Score__c FROM AI_Donor_Profile__c WHERE Contact__c = '{rollout.donor}'"
    )
    assert row["Propensity_Score__c"] is not None  # there to be checked


def test_a_pilot_shows_the_trial_group_and_nobody_else(rollout: Rollout) -> None:
    rollout.set(Rollout_Mode="Pilot")
    rollout.world.change("Contact", rollout.donor, AI_Pilot__c=True)
    assert rollout.night()["Mode__c"] == "Pilot"
    assert sees_everything(rollout.seen())
    home = f"SELECT AccountId FROM Contact WHERE Id = '{rollout.donor}'"
    (account,) = rollout.world.admin.query(home)
    shown = {one["Contact__c"] for one in rollout.world.org.as_user(OFFICER).query(AT_WORK)}
    members = rollout.world.admin.query(f"SELECT Id FROM Contact WHERE AccountId = '{account['AccountId']}'")
    assert rollout.donor in shown
    assert shown <= {one["Id"] for one in members}
    (other,) = rollout.world.admin.query(
        f"SELECT Id FROM Contact WHERE AccountId != '{account['AccountId']}' AND AI_Donor_Profile__c != null"
        " AND AI_Opt_Out__c = false AND npsp__Deceased__c = false LIMIT 1"
    )
    assert sees_nothing(rollout.seen(other["Id"]))


def test_guided_waits_for_a_persons_approval(rollout: Rollout) -> None:
    rollout.set(Rollout_Mode="Guided")
    assert rollout.night()["Mode__c"] == "Guided"
    waiting = rollout.seen()
    assert (waiting.card["state"], waiting.card["needsReview"]) == ("Scored", True)
    assert not any(waiting.card.get(name) for name in ("segment", "nextStep", "suggestedAsk", "talkingPoints"))
    assert waiting.contact["AI_Propensity_Score__c"] is not None  # how likely may be seen, what to do waits
    assert [waiting.contact[name] for name in ("AI_Segment__c", "AI_Next_Step__c", "AI_Suggested_Ask__c")] == [None] * 3
    assert not waiting.listed
    manager = rollout.world.org.as_user(MANAGER)
    (row,) = manager.query(f"SELECT Id, Segment__c FROM AI_Donor_Profile__c WHERE Id = '{waiting.card['profileId']}'")
    path = f"{API}/sobjects/AI_Donor_Profile__c/{row['Id']}"
    done = manager.send("PATCH", path, json={"Reviewed_Segment__c": row["Segment__c"]})
    assert done.status_code == 204, done.text
    assert sees_everything(rollout.seen())


def test_the_switch_hides_the_card_at_once_and_everything_with_the_next_run(rollout: Rollout) -> None:
    rollout.night()
    rollout.set(Switched_On="false")
    assert rollout.seen().card["state"] == "SwitchedOff"
    row = rollout.night()
    assert row["Mode__c"] == "Shadow"
    assert "Switched off in the org" in row["Message__c"]
    off = rollout.seen()
    assert set(off.contact.values()) == {None}
    assert not off.listed
    rollout.set(Switched_On="true")
    rollout.night()
    assert sees_everything(rollout.seen())


@pytest.mark.parametrize(("service", "org"), [("Shadow", "Full"), ("Full", "Shadow")])
def test_the_more_careful_of_org_and_service_counts(rollout: Rollout, service: str, org: str) -> None:
    rollout.set(Rollout_Mode=org)
    assert rollout.night(STEWARD_MODE=service)["Mode__c"] == "Shadow"
    assert sees_nothing(rollout.seen())


def test_a_mode_that_is_none_hides_everything_and_the_run_says_so(rollout: Rollout) -> None:
    rollout.set(Rollout_Mode="Everybody")
    row = rollout.night()
    assert (row["Mode__c"], row["Status__c"]) == ("Shadow", "Completed")
    assert "none of Full, Pilot, Guided, Shadow" in row["Message__c"]
    assert sees_nothing(rollout.seen())


@pytest.mark.usefixtures("impatient")
def test_an_event_follows_the_orgs_mode_too_and_calls_nobody_to_what_is_hidden(rollout: Rollout) -> None:
    rollout.set(Rollout_Mode="Shadow")
    with contextlib.closing(Steward(config.load(rollout.world.settings()))) as steward:
        key = rollout.world.donor_key(rollout.donor)
        steward.inbox.accept([Incoming("event", key, rollout.donor, "donation_created", steward.now(), "trace")])
        done = Rescoring(steward, Desk(steward), time.perf_counter).round()

    assert done is not None
    assert (len(done.answered), done.failed, done.major) == (1, [], set())
    soql = f"SELECT Mode__c, Answer_Source__c FROM AI_Donor_Profile__c WHERE Contact__c = '{rollout.donor}'"
    (row,) = rollout.world.admin.query(soql)
    assert (row["Mode__c"], row["Answer_Source__c"]) == ("Shadow", "Real-time")
    assert sees_nothing(rollout.seen())
