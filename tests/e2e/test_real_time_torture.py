"""A bounded storm in every test run; the long one is `make torture`."""

from __future__ import annotations

import pathlib
import random
import signal
import socket
import time

import pytest
from job_world import copied, published
from steward import config
from steward.bootstrap import Steward
from steward.state.clients import Clients
from torture_kit import Processes, Sender, Store, Told, service, torture

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(900)
def test_a_storm_leaves_every_profile_as_a_clean_run_gives_it(
    tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port()
    with copied(published(tmp_path_factory), tmp_path) as world:
        store = Store(world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}", STEWARD_RATE_LIMIT="1000000/minute"))
        told = torture(world, tmp_path, store, events=1500, port=port, seed=7, every=2.0)
    assert told.wrong == []
    assert told.accepted == 1500
    assert told.duplicates > 100
    assert told.kills >= 3


@pytest.mark.timeout(900)
def test_a_reload_and_an_end_lose_no_request_and_no_donor(
    tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port()
    with copied(published(tmp_path_factory), tmp_path) as world:
        settings = world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}")
        steward = Steward(config.load(settings))
        client = Clients(steward.state.engine, steward.now).create("Salesforce", ["events"])
        people = [row["Id"] for row in world.admin.query("SELECT Id FROM Contact LIMIT 60")]
        processes, told = Processes(settings, tmp_path), Told()
        try:
            with service(processes, port) as url:
                sender = Sender(url, client, told, random.Random(1))
                processes.start("worker", "worker", "--workers", "1")
                for number, person in enumerate(people):
                    if number == 20:
                        processes.signal("serve", signal.SIGHUP)
                    if number == 40:
                        processes.kill("worker", signal.SIGTERM)
                    moment = steward.now().isoformat()
                    sender.send([{
                        "event_id": f"e{number}", "donor_id": person, "event_type": "donor_updated", "timestamp": moment,
                    }])  # fmt: skip
                assert (told.accepted, told.turned_away) == (60, 0)
                assert steward.inbox.depth().leased == 0  # the worker ended its round and took no other
                processes.start("worker", "worker", "--workers", "1")
                deadline = time.monotonic() + 300
                while steward.inbox.depth().waiting:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
        finally:
            processes.stop()
            steward.close()
