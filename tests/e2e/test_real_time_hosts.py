"""Two hosts on one state and one queue: both take work, and no event is answered twice."""

import contextlib
import json
import pathlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from job_world import World, copied, published
from steward import config
from steward.bootstrap import Steward
from steward.jobs.tasks import Tasks
from steward.state.inbox import Incoming
from torture_kit import Processes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "benchmarks"))
from torture import BINARIES, Redis, postgresql

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("redis-server") or not BINARIES, reason="needs redis-server and postgresql"),
]
WAVE = 8  # donors


@contextlib.contextmanager
def hosts(world: World, folder: pathlib.Path) -> Iterator[list[dict[str, str]]]:
    """The settings of two hosts: homes of their own, one database, one queue."""
    with (
        tempfile.TemporaryDirectory(prefix="steward-hosts-") as name,  # a server of another user reaches it
        postgresql(pathlib.Path(name) / "postgresql") as database,
        Redis() as redis,
    ):
        shared = {"STEWARD_DATABASE_URL": database, "STEWARD_QUEUE_URL": f"redis://127.0.0.1:{redis.port}/0"}
        homes = [folder / name for name in ("host-1", "host-2")]
        for home in homes:
            shutil.copytree(world.home, home, ignore=shutil.ignore_patterns("state.db*", "queue.db*"))
        yield [world.settings(STEWARD_HOME=str(home), **shared) for home in homes]


def answered(log: pathlib.Path) -> Counter[str]:
    """How often each event's trace was answered, by a worker's own words."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return Counter(line["correlation_id"] for line in lines if line.get("event") == "answered")


def wait(what: str, done) -> None:
    deadline = time.monotonic() + 300
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.mark.timeout(900)
def test_two_hosts_share_the_work_and_double_none(
    tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with copied(published(tmp_path_factory), tmp_path) as world, hosts(world, tmp_path) as (one, other):
        steward = Steward(config.load(one))
        processes = Processes(one, tmp_path), Processes(other, tmp_path)
        people = [row["Id"] for row in world.admin.query("SELECT Id FROM Contact ORDER BY Id LIMIT 96")]
        try:
            for number, process in enumerate(processes):
                process.start(f"worker-{number}", "worker", "--workers", "1")
            logs = [tmp_path / f"worker-{number}.log" for number in range(2)]
            wait("both start", lambda: all(log.exists() and '"ready"' in log.read_text() for log in logs))
            send_until(world, steward, people, lambda: all(map(answered, logs)))
            wait("nobody waits", lambda: steward.inbox.depth().waiting == 0)
        finally:
            for process in processes:
                process.stop()
            steward.close()
        first, second = map(answered, logs)
        assert max((first + second).values()) == 1, "an event was answered twice"
        fresh = world.admin.query("SELECT Donor_Id__c FROM AI_Donor_Profile__c WHERE Answer_Source__c = 'Real-time'")
        assert {trace.split(":")[0] for trace in first + second} <= {row["Donor_Id__c"] for row in fresh}


def send_until(world: World, steward: Steward, people: list[str], done) -> None:
    """Waves of events until both hosts have answered some; each event's trace is its own."""
    tasks = Tasks(lambda: steward)
    for number in range(400):
        now, start = steward.now(), number * WAVE % len(people)
        steward.inbox.accept([
            Incoming(f"{donor}:{number}", world.donor_key(donor), donor, "donor_updated", now, f"{donor}:{number}")
            for donor in people[start : start + WAVE]
        ])  # fmt: skip
        tasks.ring()
        if done():
            return
        time.sleep(0.5)
    raise AssertionError("one host took no work")
