"""CumulusCI, in its own environment, accepts the project; a twin with a mistake shows that it would say so."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

import pytest
from conftest import ROOT

CHECKER = pathlib.Path(__file__).parent / "metadata_checks" / "cumulusci_project.py"


@pytest.fixture(scope="module")
def cci_home(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    if not (ROOT / ".venv-cci" / ".ready").exists():
        pytest.fail("CumulusCI's environment is missing. Run: python3.11 scripts/setup.py cci")
    return tmp_path_factory.mktemp("home")


def environment(home: pathlib.Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "CUMULUSCI_KEY": "0123456789abcdef", "LANG": "C.UTF-8"}


def problems(project: pathlib.Path, home: pathlib.Path) -> list[str]:
    python = ROOT / ".venv-cci" / "bin" / "python"
    done = subprocess.run(
        [python, "-P", CHECKER, project],
        capture_output=True,
        text=True,
        check=False,
        env=environment(home),
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of what CumulusCI reads, as a Git repository of its own."""
    shutil.copy(ROOT / "cumulusci.yml", tmp_path)
    for folder in ("orgs", "metadata", "force-app"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("localorg"))
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_cumulusci_accepts_the_project(project: pathlib.Path, cci_home: pathlib.Path) -> None:
    assert problems(project, cci_home) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("source_format: sfdx", "source_format: dfx", "source_format"),
        ("    group: Steward\n", "", "no group or no description"),
        ("salesforce.Deploy\n", "salesforce.Deploi\n", "task deploy_volunteers"),
        ("metadata/config/volunteers", "metadata/config/volunteer", "no folder metadata/config/volunteer"),
        ("3: {task: assign_manager}", "3: {task: assign_manger}", "flow config_dev"),
        ("path: force-app", "path: force-ap", "no folder force-ap"),
        ("orgs/qa.json", "orgs/qas.json", "org qa: no file orgs/qas.json"),
        ("1: {task: deploy,", "1: {task: deplooy,", "plan install: no task deplooy"),
    ],
)
def test_a_mistake_in_the_project_is_found(
    project: pathlib.Path, cci_home: pathlib.Path, old: str, new: str, says: str
) -> None:
    path = project / "cumulusci.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = problems(project, cci_home)
    assert any(says in one for one in found), found


@pytest.mark.parametrize("command", [["task", "list"], ["flow", "list"], ["flow", "info", "dev_org"]])
def test_ccis_own_commands_work_on_the_project(
    project: pathlib.Path, cci_home: pathlib.Path, command: list[str]
) -> None:
    cci = ROOT / ".venv-cci" / "bin" / "cci"
    env = environment(cci_home) | {"COLUMNS": "200"}
    done = subprocess.run(
        [cci, *command], cwd=project, capture_output=True, text=True, check=False, env=env, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deploy" in done.stdout
