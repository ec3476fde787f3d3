"""What an administrator gets ready-made: flows that are off and look only where people may, a group a user, the event's subscriber."""

from __future__ import annotations

import pathlib
import re

import pytest
from conftest import ROOT
from localorg.deploy.plan import Plan
from localorg.deploy.problems import Problems
from localorg.deploy.source import from_folder, read
from localorg.engine import Org
from metadata_checks.source import Component, Source, value
from steward.salesforce.contract import PROFILE

CAMPAIGN = "flows/AI_Likely_Donor_to_Campaign.flow-meta.xml"
BUTTON = "flows/AI_Donor_to_Campaign.flow-meta.xml"
NOTIFY = "flows/AI_Notify_of_Major_Gift_Prospect.flow-meta.xml"
OFFICERS = "permissionsetgroups/AI_Gift_Officers.permissionsetgroup-meta.xml"
MISTAKES = [
    (CAMPAIGN, "<field>Household_Lead__c", "<field>Household_Led__c", "AI_Donor_Profile__c.Household_Led__c"),
    (CAMPAIGN, "<targetReference>Find_Member", "<targetReference>Find_Members", "Find_Members that a connector"),
    (CAMPAIGN, "<object>CampaignMember", "<object>CampaignMembr", "no CustomObject named CampaignMembr"),
    (BUTTON, "<actionName>AddToCampaignAction", "<actionName>AddToCampaign", "AddToCampaign"),
    (BUTTON, "<actionName>DonorReasonsAction", "<actionName>CampaignList", "has no invocable method"),
    (NOTIFY, "<elementReference>Recipients", "<elementReference>Recipient", "no element or resource named Recipient"),
    (OFFICERS, "AI_Donor_Act<", "AI_Donor_Acts<", "AI_Donor_Acts"),
]


def flows(package: Source) -> list[Component]:
    return list(package.of("flow"))


def test_every_flow_is_off_until_somebody_activates_it(package: Source) -> None:
    assert {one.name: one.text("status") for one in flows(package)} == {one.name: "Draft" for one in flows(package)}
    assert len(flows(package)) >= 5


def test_a_flow_that_a_profile_sets_off_leaves_out_what_people_may_not_see_yet(package: Source) -> None:
    started = [one for one in flows(package) if one.text("start/object") == PROFILE.object]
    assert len(started) == 4
    for one in started:
        filters = {
            (value(f, "field"), value(f, "operator"), value(f, "value/stringValue") or value(f, "value/booleanValue"))
            for f in one.all("start/filters")
        }
        wanted = {("Mode__c", "NotEqualTo", "Shadow"), ("Needs_Review__c", "EqualTo", "false"),
                  ("Household_Lead__c", "EqualTo", "true")}  # fmt: skip
        assert filters >= wanted, one.name


def test_a_flow_of_a_person_runs_with_that_persons_rights(package: Source) -> None:
    (button,) = [one for one in flows(package) if one.text("processType") == "Flow"]
    assert button.text("runInMode") in ("", "DefaultMode")
    called = button.texts("actionCalls/actionName")
    assert set(called) == {"DonorReasonsAction", "AddToCampaignAction"}


def test_each_user_has_a_group_and_no_group_mixes_people_with_the_service(package: Source) -> None:
    groups = {one.name: set(one.texts("permissionSets")) for one in package.of("permissionsetgroup")}
    assert groups == {
        "AI_Gift_Officers": {"AI_Donor_View", "AI_Donor_Act"},
        "AI_Donor_Administrators": {"AI_Donor_View", "AI_Donor_Act", "AI_Donor_Manage"},
        "AI_Scoring_Service": {"AI_Donor_Integration"},
    }


def test_the_events_subscriber_is_our_trigger_and_names_no_user_of_some_other_org(package: Source) -> None:
    (one,) = [one for one in package.of("platformEventSubscriberConfig") if "force-app" in one.path.parts]
    trigger = ROOT / "force-app/main/default/triggers" / f"{one.text('platformEventConsumer')}.trigger"
    assert "on AI_Giving_Change__e" in trigger.read_text()
    assert 1 <= int(one.text("batchSize")) <= 2000
    assert one.text("user") == ""


def test_whatever_the_service_may_miss_is_said_in_words_in_the_set_up() -> None:
    service = (ROOT / "backend/steward/web/health.py").read_text()
    parts = re.findall(r'^        "([\w ]+)": ', service.split("checks = {")[1].split("}")[0], re.MULTILINE)
    client = (ROOT / "force-app/main/default/classes/scoring/ScoringClient.cls").read_text()
    assert len(parts) >= 3
    assert re.findall(r"'([\w ]+)' => Label\.", client) == parts


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {f"force-app/{path}": body for path, body in from_folder(ROOT / "force-app").items()}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Org:
    return Org.open(tmp_path_factory.mktemp("org"))


@pytest.mark.parametrize(("file", "old", "new", "says"), MISTAKES)
def test_a_mistake_in_a_flow_or_group_is_refused(
    org: Org, files: dict[str, bytes], file: str, old: str, new: str, says: str
) -> None:
    path = str(pathlib.PurePosixPath("force-app/main/default") / file)
    text = files[path].decode()
    assert old in text
    problems = Problems()
    changed = files | {path: text.replace(old, new, 1).encode()}
    Plan(org.schema, read(changed, problems), org.shelf, problems, {}).build()
    found = [one.message for one in (*problems.found, *problems.warnings)]
    assert any(says in one for one in found), found
