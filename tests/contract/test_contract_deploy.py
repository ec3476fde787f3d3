"""What lies in deploy/ is what Docker, Compose and systemd take, and what Steward is: its commands, settings, files, paths."""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import click
import pytest
import yaml
from steward import config
from steward.cli import main
from steward.web import gunicorn_conf

ROOT = pathlib.Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BIN = pathlib.Path(sys.executable).parent
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
SETTINGS = {variable for variable, _, _ in config.as_rows(config.Settings())}


def accepted(*command):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_file_fits_the_specification():
    accepted(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yml")


def test_hadolint_has_nothing_to_say_of_the_image():
    accepted(BIN / "hadolint", "--failure-threshold", "info", DEPLOY / "Dockerfile")


def test_the_image_copies_what_there_is_and_is_nobodys_root():
    copied = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()[:-1]]
    assert names and [name for name in names if not (ROOT / name).exists()] == []
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert "--require-hashes" in DOCKERFILE


def commands():
    """Every command line of Steward in the deployment, as words after `steward`."""
    lines = [service["command"] for service in COMPOSE["services"].values() if service.get("image") == "steward"]
    lines += [re.findall(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)[0].replace('"', "").split(", ")]
    lines += [line.split(": ", 1)[1].split() for line in (DEPLOY / "Procfile").read_text().splitlines()]
    for unit in UNITS:
        lines += [shlex.split(line) for line in re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)]
    return [words[1:] for words in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_of_the_deployment_is_one_of_stewards(words):
    command = main.get_command(click.Context(main), words[0])
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_setting_of_the_deployment_is_known():
    text = "".join(path.read_text() for path in (DEPLOY / "Dockerfile", DEPLOY / "compose.yml", *UNITS))
    assert set(re.findall(r"\bSTEWARD_[A-Z_]+\b", text)) <= SETTINGS


def test_whoever_stops_the_service_waits_longer_than_it_needs_to_end():
    assert COMPOSE["services"]["service"]["stop_grace_period"] == "45s"
    unit = (DEPLOY / "systemd" / "steward-service.service").read_text()
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) == 45 > gunicorn_conf.graceful_timeout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_takes_every_unit(tmp_path):
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/steward/bin/steward", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    accepted("systemd-analyze", "verify", *(tmp_path / unit.name for unit in UNITS))
