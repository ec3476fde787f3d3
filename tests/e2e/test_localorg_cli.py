"""`localorg` as a person uses it: each verb a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from localorg_live import API, Client

pytestmark = pytest.mark.e2e
REPOSITORY = Path(__file__).parents[2]


def localorg(*arguments: str, folder: Path, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "localorg", *arguments, "--folder", str(folder)],
        capture_output=True, text=True, timeout=120, cwd=REPOSITORY, check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli") / "org"
    localorg("quickstart", "force-app", "--port", "0", "--tls-port", "0", folder=folder)
    yield folder
    localorg("stop", folder=folder)


def env_of(folder: Path) -> dict[str, str]:
    lines = (folder / "steward.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_quickstart_gives_an_org_that_the_integration_user_can_log_in_to(started: Path) -> None:
    import time

    import jwt

    env = env_of(started)
    assert env["STEWARD_SF_AUTH"] == "jwt"
    claims = {
        "iss": env["STEWARD_SF_CLIENT_ID"], "sub": env["STEWARD_SF_USERNAME"],
        "aud": env["STEWARD_SF_LOGIN_URL"], "exp": int(time.time()) + 60,
    }  # fmt: skip
    assertion = jwt.encode(claims, Path(env["STEWARD_SF_PRIVATE_KEY_FILE"]).read_bytes(), algorithm="RS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    client = Client(env["STEWARD_SF_LOGIN_URL"], env["STEWARD_SF_CA_BUNDLE"])
    client.token = client.send("POST", "/services/oauth2/token", data=form).json()["access_token"]
    names = [one["name"] for one in client.get(f"{API}/sobjects").json()["sobjects"]]
    assert {"Contact", "Opportunity", "AI_Donor_Profile__c"} <= set(names)
    client.http.close()


def test_the_secrets_it_writes_are_the_owners_alone(started: Path) -> None:
    for name in ("integration.key", "steward.env", "admin.token", "server.key"):
        assert (started / name).stat().st_mode & 0o077 == 0


def test_status_says_where_it_listens_and_for_programs_as_json(started: Path) -> None:
    shown = json.loads(localorg("status", "--json", folder=started))
    assert shown["server"]["tls_url"] == env_of(started)["STEWARD_SF_LOGIN_URL"]
    assert shown["records"]["User"] == 2
    assert shown["server"]["tls_url"] in localorg("status", folder=started)


def test_an_org_is_started_once(started: Path) -> None:
    assert "running already" in localorg("start", "--detach", folder=started, status=1)


def test_users_permission_sets_and_clients(started: Path) -> None:
    assert "Created donor.ops@steward.example" in localorg(
        "user", "create", "donor.ops@steward.example", folder=started
    )
    localorg("assign", "donor.ops@steward.example", "AI_Donor_Integration", folder=started)
    unknown = localorg("assign", "donor.ops@steward.example", "Nonsense", folder=started, status=1)
    assert "There is no permission set Nonsense" in unknown
    made = json.loads(localorg("client", "create", "Reports", "--run-as", "donor.ops@steward.example", folder=started))
    assert made["client_id"].startswith("3MVG9") and len(made["client_secret"]) == 64


def test_a_deployment_that_fails_says_why_and_changes_nothing(started: Path, tmp_path: Path) -> None:
    fields = tmp_path / "main/default/objects/Contact/fields"
    fields.mkdir(parents=True)
    (fields / "Broken__c.field-meta.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><CustomField xmlns="http://soap.sforce.com/2006/04/metadata">'
        "<fullName>Broken__c</fullName><label>Broken</label><type>Nonsense</type></CustomField>"
    )
    said = localorg("deploy", str(tmp_path), folder=started, status=1)
    assert "Broken__c" in said and "Traceback" not in said


def test_a_class_that_does_not_compile_is_refused_with_its_line(started: Path, tmp_path: Path) -> None:
    classes = tmp_path / "main/default/classes"
    classes.mkdir(parents=True)
    (classes / "Broken.cls").write_text("public with sharing class Broken {\n    Nonsense wrong;\n}\n")
    (classes / "Broken.cls-meta.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><ApexClass xmlns="http://soap.sforce.com/2006/04/metadata">'
        "<apiVersion>67.0</apiVersion><status>Active</status></ApexClass>"
    )
    said = localorg("deploy", str(tmp_path), folder=started, status=1)
    assert "Broken.cls:2" in said and "Nonsense" in said


def test_the_clock_travels_and_comes_back(started: Path) -> None:
    assert "2031-05-0" in localorg("clock", "--to", "2031-05-01T12:00:00Z", folder=started)
    assert "2031-05-3" in localorg("clock", "--by", "30d", folder=started)
    localorg("clock", "--now", folder=started)
    assert json.loads(localorg("status", "--json", folder=started))["now"] < "2031"
    assert "A duration is a number and a unit" in localorg("clock", "--by", "soon", folder=started, status=1)


def test_logs_and_reset(started: Path) -> None:
    assert "/services/oauth2/token" in localorg("logs", folder=started)
    localorg("reset", "--yes", folder=started)
    assert "Contact" not in json.loads(localorg("status", "--json", folder=started))["records"]


def test_verbs_work_on_an_org_that_is_not_running(tmp_path: Path) -> None:
    folder = tmp_path / "org"
    missing = localorg("assign", "x@y.z", "Set", folder=folder, status=1)
    assert "localorg init" in missing and not (folder / "org.db").exists()
    localorg("init", folder=folder)
    assert "Created a@steward.example" in localorg("user", "create", "a@steward.example", folder=folder)
    assert json.loads(localorg("status", "--json", folder=folder))["records"]["User"] == 3
    assert "No org is running" in localorg("stop", folder=folder)


def test_an_org_comes_back_with_its_data_after_a_stop(tmp_path: Path) -> None:
    folder = tmp_path / "org"
    localorg("init", folder=folder)
    localorg("user", "create", "stays@steward.example", folder=folder)
    for _ in range(2):
        localorg("start", "--detach", "--port", "0", "--tls-port", "0", folder=folder)
        assert json.loads(localorg("status", "--json", folder=folder))["records"]["User"] == 3
        assert "Stopped." in localorg("stop", folder=folder)
        assert not (folder / "server.json").exists()


def test_records_are_seeded_from_a_file(started: Path, tmp_path: Path) -> None:
    source = tmp_path / "family.json"
    source.write_text(
        json.dumps({"Account": [{"@": "home", "Name": "Seeded"}], "Contact": [{"LastName": "S", "AccountId": "@home"}]})
    )
    assert "Made 1 Account, 1 Contact." in localorg("seed", str(source), folder=started)
    source.write_text('{"Contact": [{"AccountId": "@nobody"}]}')
    said = localorg("seed", str(source), folder=started, status=1)
    assert "Contact record 1: no earlier record is named 'nobody' (AccountId)" in said
    source.write_text("{")
    assert "is no JSON" in localorg("seed", str(source), folder=started, status=1)


def test_faults_are_mixed_listed_and_ended(started: Path) -> None:
    assert "rules" in localorg("faults", "mix", "--seed", "3", "--share", "0", folder=started)
    listed = localorg("faults", "list", folder=started)
    assert "session_expired" in listed and "job_broken" in listed
    assert "rules removed" in localorg("faults", "clear", folder=started)
    assert "No faults" in localorg("faults", "list", folder=started)
