"""Killed at any instant (kill -9), an extraction leaves the old snapshots whole and the next one ends as if nothing had happened."""

from __future__ import annotations

import json
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest
from gateway_kit import INTEGRATION, Nonprofit, prepare
from localorg_live import LiveOrg
from steward.salesforce import snapshot

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

EXTRACT = """
import datetime as dt, json, pathlib, sys
from steward.salesforce import snapshot
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway
from steward.salesforce.extract import extract

given = json.loads(sys.argv[1])
folder = pathlib.Path(given.pop("folder"))
full, previous = given.pop("full"), snapshot.latest(folder)
with Gateway(Connection(auth="session", **given), rest_rows=0, page_rows=40) as gateway:
    print("reading", flush=True)
    now = dt.datetime.now(dt.UTC)
    extract(gateway, folder, bytes(range(32)), previous, now, full=full, memory_limit="300MB", threads=1)
"""


def _start(live_org: LiveOrg, folder: pathlib.Path, full: bool) -> subprocess.Popen[str]:
    token = live_org.as_user(INTEGRATION).token
    given = {
        "session_id": token,
        "instance_url": live_org.url,
        "ca_bundle": live_org.ca,
        "folder": str(folder),
        "full": full,
    }
    return subprocess.Popen([sys.executable, "-c", EXTRACT, json.dumps(given)], stdout=subprocess.PIPE, text=True)


def _finish(live_org: LiveOrg, folder: pathlib.Path, full: bool) -> None:
    with _start(live_org, folder, full) as process:
        assert process.wait() == 0


def _kill(live_org: LiveOrg, folder: pathlib.Path, full: bool, after: float) -> bool:
    """Kills an extraction some seconds after it began; whether it was still at work."""
    with _start(live_org, folder, full) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def _content(folder: pathlib.Path) -> dict[str, str]:
    newest = snapshot.latest(folder)
    assert newest is not None
    return {name: facts.hash for name, facts in newest.manifest.tables.items()}


@pytest.mark.parametrize("full", [True, False], ids=["full", "changes"])
def test_a_killed_extraction_is_taken_up_again(live_org: LiveOrg, tmp_path: pathlib.Path, full: bool) -> None:
    prepare(live_org)
    Nonprofit(live_org.as_user()).fill()
    clean, folder = tmp_path / "clean", tmp_path / "killed"
    began = time.monotonic()
    _finish(live_org, clean, full=True)
    whole = time.monotonic() - began
    if not full:
        _finish(live_org, folder, full=True)
    chance = random.Random(7)
    kills = [_kill(live_org, folder, full, chance.uniform(0, whole * 0.7)) for _ in range(5)]
    assert any(kills)
    for path in folder.glob("[0-9]*"):
        snapshot.load(path)
    _finish(live_org, folder, full)
    assert _content(folder) == _content(clean)
    assert not (folder / ".working").exists()
