"""Processes of `steward` that can be killed at a chosen moment: after so many answered calls and so many seconds more."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, Self

# Imports Steward once and forks for every command: each is a process of its own, without three seconds of imports.
STARTER = """
import json, os, sys
import steward.cli.runs, steward.pipeline
from steward.cli import main

for line in iter(sys.stdin.readline, ""):
    given = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ.update(given["env"])
        log = os.open(given["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        main(given["words"], prog_name="steward")
    print(child, flush=True)
    sys.stdin.readline()  # until asked, an ended child keeps its id
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Moment:
    """When to kill: `delay` seconds after the org has answered `calls` calls of this process."""

    calls: int
    delay: float


class Starter:
    def __init__(self) -> None:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("STEWARD_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait(60)
        self._pipe(self._process.stdout).close()

    def timeline(self, words: list[str], env: dict[str, str], log: pathlib.Path, calls: pathlib.Path) -> list[float]:
        """Lets a command end well; the seconds at which each of its calls was answered, and that of its end."""
        watch = Calls(calls)
        child, began, answered = self._start(words, env, log), time.monotonic(), []
        while not _zombie(child):
            answered += [time.monotonic() - began] * (watch.count() - len(answered))
            time.sleep(0.002)
        assert self._ended() == 0, log.read_text()
        return [*answered, time.monotonic() - began]

    def kill(
        self, words: list[str], env: dict[str, str], log: pathlib.Path, calls: pathlib.Path, moment: Moment
    ) -> bool:
        """Kills a command at a moment; whether it was still at work."""
        watch = Calls(calls)
        child = self._start(words, env, log)
        while watch.count() < moment.calls and not _zombie(child):
            time.sleep(0.001)
        time.sleep(moment.delay)
        os.kill(child, signal.SIGKILL)
        return self._ended() == -signal.SIGKILL

    def _start(self, words: list[str], env: dict[str, str], log: pathlib.Path) -> int:
        return self._ask(json.dumps({"words": words, "env": env, "log": str(log)}))

    def _ended(self) -> int:
        return self._ask("")

    def _ask(self, line: str) -> int:
        self._pipe(self._process.stdin).write(f"{line}\n")
        self._pipe(self._process.stdin).flush()
        return int(self._pipe(self._process.stdout).readline())

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


class Calls:
    """Counts the lines that a request log gains."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._from = path.stat().st_size
        self._size, self._count = self._from, 0

    def count(self) -> int:
        size = self._path.stat().st_size
        if size != self._size:
            with self._path.open("rb") as file:
                file.seek(self._from)
                self._count = file.read().count(b"\n")
            self._size = size
        return self._count


def _zombie(child: int) -> bool:
    return pathlib.Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
