"""What the benchmarks of serving share: an org with the service on it, processes and what they use, and how to tell."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import http.client
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import requests
from job_world import Template, World, copied, published
from steward import config
from steward.bootstrap import Steward
from steward.state.clients import Clients
from torture import Factory, free_port
from torture_kit import Processes, service

Client = Callable[[], Callable[[int], int]]  # who asks for the n-th donor, and is told the status
TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Place:
    """A nonprofit in a local org, the service in processes of its own, and a client with a token."""

    world: World
    folder: pathlib.Path
    steward: Steward
    processes: Processes
    url: str
    headers: dict[str, str]
    people: Sequence[str]

    @property
    def serve(self) -> int:
        return self.processes.pid("serve")

    def client(self) -> Callable[[int], int]:
        """Asks for the n-th donor's scores."""
        session = requests.Session()

        def ask(n: int) -> int:
            body = {"donor_ids": [self.people[n % len(self.people)]]}
            return session.post(f"{self.url}/v1/scores", json=body, headers=self.headers, timeout=30).status_code

        return ask

    def start_workers(self, number: int) -> int:
        self.processes.start("worker", "worker", "--workers", str(number))
        return self.processes.pid("worker")

    def send(self, n: int, session: requests.Session | None = None) -> None:
        event = {
            "event_id": f"bench:{n}", "donor_id": self.people[n % len(self.people)], "event_type": "donation_updated",
            "timestamp": dt.datetime.now(dt.UTC).isoformat(),
        }  # fmt: skip
        given = {"json": {"events": [event]}, "headers": self.headers, "timeout": 30}
        answer = (session or requests).post(f"{self.url}/v1/events", **given)
        assert answer.status_code == 202, answer.text

    def wait_until_idle(self) -> None:
        deadline = time.monotonic() + 300
        while self.steward.inbox.depth().waiting:
            assert time.monotonic() < deadline, self.steward.inbox.depth()
            time.sleep(0.05)

    def ways(self) -> list[float]:
        """Seconds from each event's arrival to its end, but for the first, which warmed the workers."""
        with self.steward.state.engine.connect() as connection:
            query = "SELECT received_at, finished_at FROM events WHERE event_id <> 'bench:0'"
            rows = connection.exec_driver_sql(query).all()
        return [
            (dt.datetime.fromisoformat(str(end)) - dt.datetime.fromisoformat(str(start))).total_seconds()
            for start, end in rows
        ]


@contextlib.contextmanager
def place(folder: pathlib.Path, template: Template | None = None) -> Iterator[Place]:
    with copied(template or published(Factory(folder / "template")), folder / "world") as world:
        port = free_port()
        unhindered = {"STEWARD_RATE_LIMIT": "1000000/minute", "STEWARD_TOKEN_MINUTES": "600"}
        settings = world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}", **unhindered)
        steward = Steward(config.load(settings))
        client = Clients(steward.state.engine, steward.now).create("bench", ["score", "events"])
        processes = Processes(settings, folder)
        try:
            with service(processes, port) as url:
                people = [row["Id"] for row in world.admin.query("SELECT Id FROM Contact LIMIT 200")]
                yield Place(world, folder, steward, processes, url, token(url, client), people)
        finally:
            processes.stop()
            steward.close()


def token(url: str, client: tuple[str, str]) -> dict[str, str]:
    answer = requests.post(f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=client, timeout=30)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def frugal(url: str, met: set[str]) -> Callable[[int], int]:
    """A client that takes little of the processor it shares with the service: gets the n-th page, gives the status.

    It goes on connecting until a process answers that no other client has `met`: two clients shall not queue at one.
    """

    def get(connection: http.client.HTTPConnection, n: int) -> http.client.HTTPResponse:
        connection.request("GET", f"/{n}")
        answer = connection.getresponse()
        answer.read()
        return answer

    for _ in range(200):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
        process = get(connection, 0).headers["Process"]
        if process not in met:
            break
        connection.close()
    met.add(process)
    return lambda n: get(connection, n).status


@dataclasses.dataclass(frozen=True)
class Served:
    url: str
    pid: int


@contextlib.contextmanager
def served_by(app: str, folder: pathlib.Path, settings: dict[str, str]) -> Iterator[Served]:
    """Another app under the service's own gunicorn settings."""
    port = free_port()
    words = ["-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}", app]
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env={**os.environ, **settings}, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            with contextlib.suppress(requests.RequestException):
                requests.get(url, timeout=2)
                break
            time.sleep(0.1)
        yield Served(url, process.pid)
    finally:
        process.terminate()
        process.wait(30)


@dataclasses.dataclass(frozen=True)
class Used:
    seconds: float
    megabytes: float


def tree_of(pid: int) -> Used:
    """What a process and those it started have used and hold."""
    seconds, pages = 0.0, 0
    for one in [pid, *_below(pid)]:
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            seconds += sum(map(int, fields[11:13])) / TICKS
            pages += int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1])
    return Used(seconds, pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def _below(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        found = [int(one) for one in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found + [below for one in found for below in _below(one)]
    return []


def cpu_seconds(worker: int, serve: int) -> dict[str, float]:
    """By process; the local org lives in the bench's own, with whoever sends the events."""
    return {
        "workers": tree_of(worker).seconds,
        "service": tree_of(serve).seconds,
        "org and sender": time.process_time(),
    }


def told(what: str, spent: Sequence[float], base: Sequence[float] | None = None) -> None:
    half, most, all_but_one = (float(np.percentile(spent, q)) * 1000 for q in (50, 95, 99))
    ratio = ""
    if base:
        ratio = f"  p50 {half / (np.percentile(base, 50) * 1000):.1f}x  p95 {most / (np.percentile(base, 95) * 1000):.1f}x bare"
    print(f"{what:78} p50 {half:8.2f}  p95 {most:8.2f}  p99 {all_but_one:8.2f} ms{ratio}", flush=True)
