"""What is deployed calls what exists: commands, settings, ports and paths of units, Procfile, image and compose file."""

from __future__ import annotations

import configparser
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

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
BIN = pathlib.Path(sys.executable).parent


def understood(words: list[str]) -> bool:
    """Whether `steward` has this command with these options."""
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, words
    known = {option for param in command.params for option in param.opts}
    return {word for word in words[1:] if word.startswith("--")} <= known


def unit(path: pathlib.Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_as_a_user_without_privileges(path):
    service = unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program.endswith("/steward")
    assert understood(words)
    assert (service["User"], service["NoNewPrivileges"], service["UMask"]) == ("steward", "yes", "0077")


def test_the_units_wait_long_enough_for_work_to_end():
    service, worker = (
        unit(DEPLOY / "systemd" / f"steward-{name}.service")["Service"] for name in ("service", "worker")
    )
    assert int(service["TimeoutStopSec"]) > gunicorn_conf.graceful_timeout
    assert int(worker["TimeoutStopSec"]) >= 180
    assert "HUP" in service["ExecReload"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path):
    for path in (DEPLOY / "systemd").iterdir():  # with a program and a user that every machine has
        text = re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text.replace("User=steward", "User=root"))
    units = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_timer_belongs_to_the_night():
    assert unit(DEPLOY / "systemd" / "steward-night.timer")["Timer"]["Persistent"] == "yes"
    assert (DEPLOY / "systemd" / "steward-night.service").exists()


def test_the_procfile_starts_commands():
    lines = [line.partition(": ")[2] for line in (DEPLOY / "Procfile").read_text().splitlines()]
    assert len(lines) == 2
    for line in lines:
        words = shlex.split(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", line))
        assert words[0] == "steward"
        assert understood(words[1:])


def test_the_compose_file_starts_commands_with_settings_that_exist():
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    known = {row[0] for row in config.as_rows(config.Settings())}
    for name in ("init", "service", "worker"):
        service = compose["services"][name]
        assert service["command"][0] == "steward"
        assert understood(service["command"][1:])
        assert set(service["environment"]) <= known
        assert not any("SECRET" in key or "PASSWORD" in key for key in service["environment"])
    assert {"postgres", "redis"} <= set(compose["services"])
    assert set(compose["volumes"]) == {"home", "state"}


def test_the_image_runs_as_nobody_special_and_names_settings_that_exist():
    text = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001"]
    assert "useradd --system --uid 10001" in text
    named = set(re.findall(r"\b(STEWARD_[A-Z_]+)=", text))
    assert named <= {row[0] for row in config.as_rows(config.Settings())}
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for one in source.split():
            assert (DEPLOY.parent / one).exists(), one


def test_the_proxy_leads_to_where_the_service_listens():
    assert f"reverse_proxy {config.Settings().listen}" in (DEPLOY / "Caddyfile").read_text()


def test_the_proxy_cuts_off_who_sends_a_byte_at_a_time():
    text = (DEPLOY / "Caddyfile").read_text()
    for limit in ("read_header", "read_body", "request_buffers", "max_size"):
        assert re.search(rf"^\s*{limit} \d+\w+$", text, re.MULTILINE), limit


@pytest.mark.parametrize(
    "words",
    [
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yml"),
        ("hadolint", "--failure-threshold", "info", "Dockerfile"),
    ],
    ids=lambda words: words[0],
)
def test_their_makers_own_rules_are_kept(words):
    program, *options = words
    done = subprocess.run(
        [str(BIN / program), *options], capture_output=True, text=True, check=False, cwd=DEPLOY, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
