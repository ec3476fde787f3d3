"""CumulusCI, unmodified, runs our Apex tests in the local org: what passes passes, what fails is told with its place."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from localorg.apex import process
from localorg_live import ADMIN, LiveOrg

REPOSITORY = Path(__file__).parents[2]
CCI = REPOSITORY / ".venv-cci" / "bin" / "cci"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
META = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<apiVersion>62.0</apiVersion><status>Active</status></ApexClass>\n"
)
BAD = """@IsTest private class Bad_TEST {
    @IsTest static void fails() {
        Assert.areEqual(1, 2, 'sums');
    }
}"""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(not CCI.exists(), reason="CumulusCI is not installed in .venv-cci"),
    pytest.mark.skipif(process.missing() is not None, reason=process.missing() or ""),
]


def run_tests(org: LiveOrg, folder: Path, *options: str) -> tuple[int, str, list[dict[str, Any]]]:
    """The exit code, what was printed, and the results."""
    client, runtime = org.as_user(), org.server.runtime
    user = runtime.find_user(ADMIN)
    assert user is not None
    told = {
        "instance_url": org.url,
        "access_token": client.token,
        "id": f"{org.url}/id/{runtime.org_id}/{user.id}",
        "username": ADMIN,
        "org_type": "Developer Edition",
    }
    environment = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES} | {
        "HOME": str(folder),
        "CUMULUSCI_DISABLE_REFRESH": "1",
        "CUMULUSCI_KEY": "0123456789abcdef",
        "CUMULUSCI_ORG_local": json.dumps(told),
        "REQUESTS_CA_BUNDLE": org.ca,
        "COLUMNS": "200",
    }
    out = folder / "results.json"
    files = ["--json_output", str(out), "--junit_output", str(folder / "results.xml")]
    command = [str(CCI), "task", "run", "run_tests", "--org", "local", *files, *options]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    return done.returncode, done.stdout + done.stderr, json.loads(out.read_text()) if out.exists() else []


def test_our_tests_pass_and_cover_what_cumulusci_asks_for(live_org: LiveOrg, tmp_path: Path) -> None:
    code, printed, results = run_tests(live_org, tmp_path)

    assert code == 0, printed
    assert {result["Outcome"] for result in results} == {"Pass"}


def test_a_test_that_fails_fails_the_task_with_class_and_line(live_org: LiveOrg, tmp_path: Path) -> None:
    folder = tmp_path / "source" / "main" / "default" / "classes"
    folder.mkdir(parents=True)
    (folder / "Bad_TEST.cls").write_text(BAD)
    (folder / "Bad_TEST.cls-meta.xml").write_text(META)
    live_org.server.runtime.org.deploy(tmp_path / "source")

    code, printed, results = run_tests(live_org, tmp_path, "--test_name_match", "Bad_TEST")

    assert code != 0, printed
    (result,) = results
    assert result["Outcome"] == "Fail"
    assert result["Message"] == "System.AssertException: Assertion Failed: sums: Expected: 1, Actual: 2"
    assert result["StackTrace"] == "Class.Bad_TEST.fails: line 3, column 9"
