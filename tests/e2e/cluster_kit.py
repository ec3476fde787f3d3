"""A real Spark cluster on this machine: a master and workers, each a process group of its own that can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]
VENV = ROOT / ".venv-spark"
SPARK = VENV / "lib" / "python3.11" / "site-packages" / "pyspark"
PATIENCE = 600.0


def environment(**more: str) -> dict[str, str]:
    """Of a process of the cluster: its own Java and Python, on this machine only."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STEWARD_", "JAVA_", "SPARK_"))}
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "SPARK_HOME": str(SPARK), "SPARK_LOCAL_IP": "127.0.0.1", **more}


@dataclass
class Cluster:
    url: str
    page: str
    workers: list[subprocess.Popen[bytes]]

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.page}/json/", timeout=10) as reply:
            found: dict[str, Any] = json.loads(reply.read())
        return found

    def until(self, holds: Callable[[dict[str, Any]], bool], process: subprocess.Popen[str] | None = None) -> None:
        """Waits for the master to say so; a `process` that ends before it is a failure."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert process is None or process.poll() is None, process.communicate()
            # A master that begins answers nobody, then every address with a page.
            with contextlib.suppress(OSError, json.JSONDecodeError):
                if holds(self.state()):
                    return
            time.sleep(0.1)
        raise AssertionError(f"The cluster never got there: {self.state()}")

    def kill_a_worker(self) -> None:
        """As a machine that loses power: the worker and what it executes, at once."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)
        self.workers.pop(0).wait()


@contextlib.contextmanager
def cluster(folder: pathlib.Path, workers: int = 2) -> Iterator[Cluster]:
    port, page = free_port(), free_port()
    started = []
    try:
        master = ("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page))
        started.append(_start(folder / "master.log", *master))
        made = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}", [])
        made.until(lambda state: state["status"] == "ALIVE")
        for number in range(workers):
            worker = ("worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g")
            place = ("--work-dir", str(folder / f"work-{number}"), made.url)
            made.workers.append(_start(folder / f"worker-{number}.log", *worker, *place))
            started.append(made.workers[-1])
        made.until(lambda state: len(alive(state)) == workers)
        yield made
    finally:
        for process in reversed(started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def alive(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [worker for worker in state["workers"] if worker["state"] == "ALIVE"]


@contextlib.contextmanager
def steward(*words: str, units: int = 20_000, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A `steward` command from the environment that has Spark, under way; `units` make a batch."""
    start = f"from steward.night import batches; batches.UNITS = {units}; from steward.cli import main; main(prog_name='steward')"
    command = [str(VENV / "bin" / "python"), "-c", start, *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(**settings), stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _start(log: pathlib.Path, what: str, *words: str) -> subprocess.Popen[bytes]:
    command = [str(SPARK / "bin" / "spark-class"), f"org.apache.spark.deploy.{what}", *words]
    with log.open("wb") as out:
        return subprocess.Popen(command, env=environment(), stdout=out, stderr=out, start_new_session=True)
