"""CumulusCI, unmodified, sets up the local org by its flows as it would a real one, and takes everything out again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from localorg import cumulusci
from localorg.server.serve import LocalOrgServer
from localorg_live import ADMIN, API, Client, LiveOrg

REPOSITORY = Path(__file__).parents[2]
CCI = REPOSITORY / ".venv-cci" / "bin"
LEFT_OUT = ("http_proxy", "https_proxy", "all_proxy")
Cci = Callable[..., str]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(not (CCI / "cci").exists(), reason="CumulusCI is not installed in .venv-cci"),
]


@pytest.fixture(scope="module")
def live_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    """A new org: NPSP and nothing else."""
    folder = tmp_path_factory.mktemp("org")
    with LocalOrgServer(folder) as server:
        yield LiveOrg(server, folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project's Salesforce half, as CumulusCI writes into the folder it works in."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("cumulusci.yml", "sfdx-project.json", ".forceignore"):
        shutil.copy(REPOSITORY / name, folder)
    for name in ("force-app", "metadata", "datasets", "orgs", "robot"):
        shutil.copytree(
            REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("localorg", "__pycache__", "results")
        )
    git = ["git", "-C", str(folder), "-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def cci(live_org: LiveOrg, project: Path) -> Cci:
    """What a developer types, with `cci` on the PATH; returns what CumulusCI printed."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in LEFT_OUT}
    kept |= {"PATH": f"{Path(sys.executable).parent}:{CCI}:/usr/bin:/bin", "COLUMNS": "200"}
    point = f'eval "$(localorg cci-env --folder {live_org.folder})"'

    def run(*words: str) -> str:
        command = f"{point} && cci {' '.join(words)} --org local"
        done = subprocess.run(
            ["bash", "-c", command], cwd=project, env=kept, capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout + done.stderr

    return run


def test_dev_org_completes_and_the_org_is_ready_for_development(cci: Cci, admin: Client) -> None:
    printed = cci("flow", "run", "dev_org", "--no-prompt")
    assert "Completed flow 'dev_org' on org local successfully!" in printed
    assert "Source was converted to Metadata API format" in printed
    soql = "SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName LIKE 'AI_%'"
    entities = admin.get(f"{API}/tooling/query", params={"q": soql}).json()["records"]
    assert {"AI_Donor_Profile__c", "AI_Scoring_Run__c"} <= {one["QualifiedApiName"] for one in entities}
    soql = f"SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE Assignee.Username = '{ADMIN}'"
    assert "AI_Donor_Manage" in {one["PermissionSet"]["Name"] for one in admin.query(soql)}
    field = "AI_Donor_Profile__c.Next_Step__c"
    soql = f"SELECT PermissionsEdit FROM FieldPermissions WHERE Field = '{field}' AND Parent.IsOwnedByProfile = true"
    assert [one["PermissionsEdit"] for one in admin.query(soql)] == [True]  # as update_admin_profile says


def test_qa_org_completes(cci: Cci) -> None:
    assert "Completed flow 'qa_org' on org local successfully!" in cci("flow", "run", "qa_org", "--no-prompt")


def test_set_up_tasks_find_what_they_ask_for(cci: Cci, project: Path) -> None:
    shape = {
        "settings": {"opportunitySettings": {"enableOpportunityTeam": True}},
        "objectSettings": {"lead": {"defaultRecordType": "default", "sharingModel": "private"}},
    }
    (project / "shape.json").write_text(json.dumps(shape))
    assert "Succeeded" in cci("task", "run", "org_settings", "--definition_file", "shape.json")
    asked = "--settings_type OpportunitySettings --settings_field IsOpportunityTeamEnabled --value True"
    assert "with result True" in cci("task", "run", "check_org_settings_value", asked)
    assert "Lead" in cci("task", "run", "get_existing_record_types")
    cci("task", "run", "create_bulk_data_permission_set")


def test_ci_feature_runs_every_apex_test_and_asks_for_its_coverage(cci: Cci) -> None:
    printed = cci("flow", "run", "ci_feature", "--no-prompt")
    assert "Completed flow 'ci_feature' on org local successfully!" in printed
    assert "Fail: 0" in printed
    assert "Organization-wide code coverage of" in printed


def test_the_smoke_test_knows_its_keywords_and_its_api_half_passes(cci: Cci) -> None:
    printed = cci("task", "run", "robot", "-o", "options", "dryrun:True")
    assert "5 tests, 5 passed, 0 failed" in printed
    printed = cci("task", "run", "robot", "--include", "api", "--vars", "BROWSER_WANTED:False")
    assert "3 tests, 3 passed, 0 failed" in printed


def test_the_volunteers_bundle_deploys_where_volunteers_is_installed(cci: Cci, admin: Client) -> None:
    assert "Succeeded" in cci("task", "run", "deploy_volunteers")
    soql = "SELECT COUNT(Id) n FROM PermissionSet WHERE Name = 'AI_Donor_Integration_Volunteers'"
    assert admin.query(soql)[0]["n"] == 1


def test_the_events_subscriber_gets_the_user_who_deploys_it(cci: Cci, live_org: LiveOrg) -> None:
    assert "Succeeded" in cci("task", "run", "deploy_subscriber")
    stored = live_org.server.runtime.org.shelf.find("PlatformEventSubscriberConfig", "GivingChangeTrigger")
    assert stored is not None
    assert stored.part().root.get("user") == ADMIN


def test_the_plans_checks_pass_with_npsp_and_warn_of_a_missing_license(live_org: LiveOrg, project: Path) -> None:
    said = preflight(live_org, project)
    assert [one["status"] for one in said] == ["warn"]
    assert "API-only user" in said[0]["message"]


def test_the_plans_checks_refuse_an_org_with_an_older_npsp(live_org: LiveOrg, project: Path) -> None:
    path = project / "cumulusci.yml"
    kept = path.read_text()
    path.write_text(kept.replace("'3.200'", "'9.0'"))
    said = preflight(live_org, project)
    path.write_text(kept)
    assert [one["status"] for one in said] == ["error", "warn"]
    assert "Upgrade NPSP" in said[0]["message"]


def preflight(org: LiveOrg, project: Path) -> list[dict[str, str]]:
    runtime = org.server.runtime
    user = runtime.find_user(ADMIN)
    assert user is not None
    found = {"tls_url": org.url, "ca_bundle": org.ca}
    session = {"access_token": org.as_user().token, "organization_id": runtime.org_id, "user_id": user.id,
               "username": ADMIN, "apex": True}  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name.lower() not in LEFT_OUT}
    done = subprocess.run(
        [CCI / "python", Path(__file__).with_name("cumulusci_preflight.py"), "install"],
        cwd=project, env=kept | cumulusci.environment(org.folder, "local", found, session),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    result: list[dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_what_left_the_project_leaves_the_org_with_the_next_deployment(cci: Cci, project: Path, admin: Client) -> None:
    view = project / "force-app/main/default/objects/AI_Donor_Profile__c/listViews/Overridden.listView-meta.xml"
    kept = view.read_text()
    view.unlink()
    printed = cci("flow", "run", "deploy_unmanaged", "--no-prompt")
    view.write_text(kept)
    assert "ListView: AI_Donor_Profile__c.Overridden" in printed
    listed = admin.get(f"{API}/tooling/query", params={"q": "SELECT Status FROM DeployRequest ORDER BY Id"}).json()
    assert {one["Status"] for one in listed["records"]} == {"Succeeded"}


def test_deploy_says_what_is_wrong_with_a_component_and_where(cci: Cci, project: Path) -> None:
    path = project / "force-app/main/default/objects/AI_Donor_Profile__c/fields/Helps__c.field-meta.xml"
    sound = path.read_text()
    path.write_text(sound.replace("<length>255", "<length>256"))
    with pytest.raises(AssertionError, match="Field length must be between 1 and 255, not 256"):
        cci("task", "run", "deploy")
    path.write_text(sound)
    assert "Succeeded" in cci("task", "run", "deploy")


def test_permission_sets_are_assigned_by_name(cci: Cci, admin: Client) -> None:
    cci("task", "run", "assign_permission_sets", "--api_names", "AI_Donor_View")
    soql = "SELECT COUNT(Id) n FROM PermissionSetAssignment WHERE PermissionSet.Name = 'AI_Donor_View'"
    assert admin.query(soql)[0]["n"] == 1


def test_uninstall_takes_everything_out_again(cci: Cci, admin: Client) -> None:
    cci("flow", "run", "uninstall", "--no-prompt")
    soql = "SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName LIKE 'AI_Donor%'"
    assert admin.get(f"{API}/tooling/query", params={"q": soql}).json()["records"] == []
