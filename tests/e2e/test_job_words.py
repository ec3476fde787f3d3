"""What `steward` says: mistakes and troubles as two sentences with an exit code, answers as JSON, reasons with a trace."""

from __future__ import annotations

import json
import pathlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import job_world
import pytest
from gateway_kit import INTEGRATION
from job_world import Said, World, copied, fine, impatient
from localorg_live import API
from steward.cli.app import COMMANDS

__all__ = ["impatient"]
pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("impatient")]
NOBODY = "003000000000000AAA"
TOMORROW = (job_world.today() + timedelta(days=2)).isoformat()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(job_world.published(tmp_path_factory), tmp_path_factory.mktemp("words")) as made:
        yield made


@pytest.fixture
def empty_home(world: World, tmp_path: pathlib.Path) -> pathlib.Path:
    """A home made by `steward init` that knows the org and has read nothing."""
    home = tmp_path / "home"
    fine(world.steward("init", STEWARD_HOME=str(home)))
    shutil.copy(world.home / "steward.env", home / "steward.env")
    return home


def refused(said: Said, code: int, *words: str) -> None:
    """Nothing on the side of answers; on the other, what happened, what to do, and the code that `--help` promises."""
    assert said.code == code, said.text
    assert said.out == ""
    assert "✗" in said.err
    for word in words:
        assert word in said.err, said.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["explain", NOBODY], 2, "Check the id"),
        (["explain", "somebody"], 2, "is not a Contact id"),
        (["run", "--donor", "Miller"], 2, "is not a Contact id"),
        (["run", "--donor", NOBODY], 2, "Check the id"),
        (["run", "--as-of", TOMORROW], 2, "lies in the future"),
        (["score", "--as-of", TOMORROW], 2, "lies in the future"),
        (["publish"], 3, "steward score"),
        (["replay"], 2, "--all"),
        (["replay", "99999"], 2, "steward dead-letters"),
        (["models", "promote", "no-such-version"], 3, "no-such-version"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_a_mistake_is_said_in_words(world: World, words: list[str], code: int, told: str) -> None:
    before = world.profiles()
    refused(world.steward(*words), code, told)
    state = world.state()
    assert state.interrupted_runs() == []
    state.close()
    assert world.profiles() == before


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"STEWARD_MODE": "Sideways"}, "Full, Guided, Shadow, Pilot"),
        ({"STEWARD_THREADS": "two"}, "STEWARD_THREADS"),
        ({"STEWARD_API_CALL_BUDGET": "-1"}, "STEWARD_API_CALL_BUDGET"),
        ({"STEWARD_COLOUR": "red"}, "STEWARD_COLOUR"),
        ({"STEWARD_SF_PRIVATE_KEY_FILE": "/nowhere/key.pem"}, "/nowhere/key.pem"),
        ({"STEWARD_SF_AUTH": "client_credentials"}, "client_secret"),
        ({"STEWARD_SF_LOGIN_URL": "http://example.org"}, "https"),
        ({"STEWARD_SF_CLIENT_ID": "not-a-client"}, "consumer key"),
        ({"STEWARD_SF_API_VERSION": "9.0"}, "STEWARD_SF_API_VERSION"),
        ({"STEWARD_API_CALL_BUDGET": "3"}, "STEWARD_API_CALL_BUDGET"),
        ({"STEWARD_DATABASE_URL": "sqlite:////proc/state.db"}, "STEWARD_DATABASE_URL"),
        ({"STEWARD_PSEUDONYM_KEY_FILE": "/nowhere/pseudonym.key"}, "steward init"),
        ({"STEWARD_HOME": "/nowhere/home"}, "steward init"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_a_wrong_setting_is_named(world: World, settings: dict[str, str], told: str) -> None:
    refused(world.steward("run", **settings), 3, told)


@pytest.mark.parametrize("words", [["run"], ["extract"]], ids=lambda words: words[0])
def test_an_org_that_does_not_answer_is_said_to_be_away(world: World, words: list[str]) -> None:
    refused(world.steward(*words, STEWARD_SF_LOGIN_URL="https://localhost:1"), 4, "again")


def test_doctor_finds_that_the_org_does_not_answer(world: World) -> None:
    said = world.steward("doctor", STEWARD_SF_LOGIN_URL="https://localhost:1")
    assert said.code == 3 and "the connection broke" in said.out


@pytest.mark.parametrize("words", [["score"], ["train"], ["publish"]], ids=lambda words: words[0])
def test_what_must_come_before_is_named(world: World, empty_home: pathlib.Path, words: list[str]) -> None:
    refused(world.steward(*words, STEWARD_HOME=str(empty_home)), 3, "Run `steward ")


def test_a_run_without_models_asks_for_training(world: World, empty_home: pathlib.Path) -> None:
    said = world.steward("run", STEWARD_HOME=str(empty_home))
    refused(said, 3, "steward train")


def test_a_policy_that_cannot_be_read_is_named(world: World) -> None:
    policy = world.home / "policy.toml"
    before = policy.read_text()
    for text in ("loyal_years = = 3", 'no_such_threshold = "x"', "recent_months = [1"):
        policy.write_text(text)
        said = world.steward("run")
        assert said.code in (2, 3) and "policy" in said.err.lower() + "no_such_threshold", said.text
    policy.write_text(before)


def test_a_lost_permission_is_named_with_what_to_grant(world: World) -> None:
    admin = world.admin
    where = f"Assignee.Username = '{INTEGRATION}' AND PermissionSet.Name = 'AI_Donor_Integration'"
    assigned = admin.query(f"SELECT Id, AssigneeId, PermissionSetId FROM PermissionSetAssignment WHERE {where}")[0]
    assert admin.send("DELETE", f"{API}/sobjects/PermissionSetAssignment/{assigned['Id']}").status_code == 204
    try:
        for command in ("run", "extract"):
            refused(world.steward(command), 3, "assign the permission set AI_Donor_Integration")
        said = world.steward("doctor")
        assert said.code == 3 and "assign the permission set AI_Donor_Integration" in said.out
    finally:
        again = {name: assigned[name] for name in ("AssigneeId", "PermissionSetId")}
        admin.create("PermissionSetAssignment", **again)
    fine(world.steward("doctor"))
    fine(world.steward("run"))


def test_a_lost_field_is_named_as_setup_names_it(world: World) -> None:
    where = "Field = 'Opportunity.Amount' AND Parent.Name = 'AI_Donor_Integration'"
    granted = world.admin.query(f"SELECT Id, ParentId, SobjectType FROM FieldPermissions WHERE {where}")[0]
    assert world.admin.send("DELETE", f"{API}/sobjects/FieldPermissions/{granted['Id']}").status_code == 204
    try:
        refused(world.steward("run"), 3, "Field Opportunity.Amount: Read", "AI_Donor_Integration")
    finally:
        again = {name: granted[name] for name in ("ParentId", "SobjectType")}
        world.admin.create("FieldPermissions", Field="Opportunity.Amount", PermissionsRead=True, **again)
    fine(world.steward("doctor"))


@pytest.mark.parametrize(
    "words",
    [
        ["status"], ["settings"], ["doctor"], ["extract"], ["dead-letters"], ["dead-letters", "--all"],
        ["evaluate"], ["models", "list"], ["replay", "--all"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_answer_is_there_as_json(world: World, words: list[str]) -> None:
    assert isinstance(fine(world.steward(*words, "--json")).json(), dict | list)


def test_scores_made_apart_are_published_apart(world: World) -> None:
    scored = fine(world.steward("score", "--json")).json()
    assert "Run `steward publish`" not in fine(world.steward("status")).out
    published = fine(world.steward("publish", "--json")).json()
    assert published["run_id"] == scored["run_id"]
    assert published["counts"]["profiles_changed"] == 0


def test_help_names_every_exit_code_and_command(world: World) -> None:
    said = fine(job_world.command("--help")).out
    codes = " ".join(said.partition("Exit codes: ")[2].split())
    assert codes.startswith(
        "0 done, 1 unexpected, 2 your input, 3 settings or permissions, 4 the org or network (run again), 5 too little data."
    )
    assert all(f"  {name} " in said for name in COMMANDS)
    unknown = job_world.command("fly")
    assert unknown.code == 2 and "No such command" in unknown.err


@pytest.fixture(scope="module")
def explained(world: World) -> tuple[dict[str, Any], dict[str, Any], Said]:
    """(what the org holds, what `explain --json` says, what `explain` prints) of the donor with the most reasons."""
    held = [row for row in world.profiles().values() if row["Helps__c"] or row["Holds_Back__c"]]
    chosen = max(held, key=lambda row: (len(row["Reasons__c"]), row["Contact__c"]))
    told = fine(world.steward("explain", chosen["Contact__c"], "--features", "--json")).json()
    return chosen, told, fine(world.steward("explain", chosen["Contact__c"]))


def test_explain_says_what_the_org_shows(explained: tuple[dict[str, Any], dict[str, Any], Said]) -> None:
    held, told, said = explained
    for name in ("Propensity_Score__c", "Segment__c", "Helps__c", "Holds_Back__c", "Reasons__c", "Suggested_Ask__c"):
        assert told["profile"][name] == held[name]
    assert told["in_org"]["content_hash"] == held["Content_Hash__c"]
    for outcome in json.loads(held["Reasons__c"]).values():
        for reason in (*outcome["helps"], *outcome["holds_back"]):
            assert reason in said.out
    assert "In the org: written" in said.out
    assert len(told["features"]) > 50


def test_the_trace_of_an_answer_is_the_run_in_the_org(
    world: World, explained: tuple[dict[str, Any], dict[str, Any], Said]
) -> None:
    _, told, said = explained
    trace = told["trace"]
    fields = "Status__c, As_Of__c, Snapshot_Id__c, Snapshot_Hash__c, Features_Version__c, Model_Versions__c"
    row = world.admin.query(f"SELECT {fields} FROM AI_Scoring_Run__c WHERE Run_Id__c = '{trace['run']}'")
    assert len(row) == 1
    assert (row[0]["Status__c"], row[0]["As_Of__c"]) == (trace["status"], trace["as_of"])
    assert (row[0]["Snapshot_Id__c"], row[0]["Snapshot_Hash__c"]) == (trace["snapshot"], trace["snapshot_hash"])
    assert row[0]["Features_Version__c"] == trace["features"]
    assert row[0]["Model_Versions__c"] == "; ".join(sorted(trace["models"].values()))
    assert trace["run"] in said.out and trace["snapshot"] in said.out


def test_the_reasons_in_the_org_are_json_that_the_card_can_read(world: World) -> None:
    wanted = {"title", "helps", "holds_back", "method", "model", "confidence"}
    scored = [row for row in world.profiles().values() if row["Method__c"] != "Excluded"]
    assert len(scored) > job_world.CONTACTS / 2
    for row in scored:
        reasons = json.loads(row["Reasons__c"] or "{}")
        for prefix, told in reasons.items():
            assert wanted <= told.keys()
            assert row[f"{prefix}_{'Rank' if prefix == 'Planned_Giving' else 'Score'}__c"] is not None
        if row["Propensity_Score__c"] is not None:
            assert "Propensity" in reasons
            main = next(iter(reasons.values()))  # a lapsed donor's reasons are about a return
            assert (row["Helps__c"] or "").split("; ")[0] in ["", *main["helps"]]
            assert row["Trend__c"].endswith(
                f":{row['Reactivation_Score__c'] if 'Reactivation' in reasons else row['Propensity_Score__c']:.1f}"
            )


def test_an_excluded_donor_is_explained_too(world: World) -> None:
    excluded = next(one for one, row in world.profiles().items() if row["Method__c"] == "Excluded")
    assert "Not scored: " in fine(world.steward("explain", excluded)).out
