"""The org as a process: start it in the background, find it, stop it, and run control verbs in it or on its folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from localorg.errors import ApiError
from localorg.server.control import VERBS
from localorg.server.runtime import Runtime

START_SECONDS = 60.0
STOP_SECONDS = 30.0


class NotPossibleError(Exception):
    """What the caller asked for cannot be done; the message says why and what to do."""


def start_detached(folder: Path, port: int, tls_port: int, host: str = "127.0.0.1") -> dict[str, Any]:
    """Start a server process of its own and wait until it answers; returns what it says about itself."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "localorg", "start", "--folder", str(folder), "--port", str(port)]
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--tls-port", str(tls_port), "--host", host],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = running(folder)
        if found is not None:
            return found
        if process.poll() is not None:
            last = log.read_text(errors="replace").strip().splitlines()
            raise NotPossibleError(f"The org did not start: {last[-1] if last else 'no output'} (see {log})")
        time.sleep(0.1)
    raise NotPossibleError(f"The org did not answer within {START_SECONDS:.0f} s (see {log})")


def stop_server(folder: Path) -> bool:
    """Ask a running org to stop and wait for it; False when none was running."""
    found = running(folder)
    if found is None:
        return False
    control(folder, "stop", {})
    deadline = time.monotonic() + STOP_SECONDS
    while alive(found["pid"]):
        if time.monotonic() > deadline:
            os.kill(found["pid"], signal.SIGKILL)
            break
        time.sleep(0.05)
    (folder / "server.json").unlink(missing_ok=True)
    return True


def running(folder: Path) -> dict[str, Any] | None:
    """What the org of this folder says about itself, when it answers."""
    try:
        found: dict[str, Any] = json.loads((folder / "server.json").read_text())
        answer = requests.get(found["url"] + "/services/data", timeout=5)
    except (OSError, ValueError, requests.RequestException):
        return None
    return found if answer.ok else None


def control(folder: Path, verb: str, given: dict[str, Any]) -> Any:
    """Run a verb in the running org, or on the folder when none runs."""
    found = running(folder)
    if found is None:
        return offline(folder, verb, given)
    token = (folder / "admin.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{found['url']}/localorg/{verb}", json=given, headers=headers, timeout=600)
    if not answer.ok:
        raise NotPossibleError("\n".join(problem["message"] for problem in answer.json()))
    return answer.json()


def offline(folder: Path, verb: str, given: dict[str, Any]) -> Any:
    if not (folder / "admin.token").exists():
        raise NotPossibleError(f"There is no org in {folder}. Create one with: localorg init --folder {folder}")
    runtime = Runtime(folder)
    try:
        return VERBS[verb](runtime, given)
    except ApiError as problem:
        raise NotPossibleError(problem.message) from problem
    finally:
        runtime.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
