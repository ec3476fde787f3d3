"""Events under torture: duplicates, reorderings, an org that fails, workers killed with SIGKILL, the queue's store restarted.

At the end nothing is in limbo, nothing was lost or doubled, and every donor's profile is what a clean run gives.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import requests
from job_world import World
from localorg_live import API
from steward import config, pipeline
from steward.bootstrap import Steward
from steward.night import intake
from steward.salesforce import canonical, upserts
from steward.salesforce.contract import PROFILE
from steward.state.clients import Clients

START = "from steward.cli import main; main()"
FAULTS = (
    {"kind": "unavailable", "share": 0.06},
    {"kind": "server_error", "share": 0.04},
    {"kind": "disconnect_after", "share": 0.03},
    {"kind": "truncated", "share": 0.03},
    {"kind": "session_expired", "share": 0.02},
    {"kind": "too_many_requests", "share": 0.02},
    {"kind": "row_lock", "share": 0.05},
)


@dataclass
class Told:
    """What happened, for the report."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    turned_away: int = 0
    kills: int = 0
    restarts: int = 0
    gifts: int = 0
    faults: int = 0
    donors: int = 0  # whose profile was compared with what a clean run gives
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Store:
    """The queue's store as a thing that can be restarted: here SQLite's file, which is taken away."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings

    def restart(self) -> None:
        home = pathlib.Path(self.settings["STEWARD_HOME"])
        for path in home.glob("queue.db*"):
            path.unlink(missing_ok=True)


class Processes:
    """`steward serve` and `steward worker`, each in a process group of its own, so that a kill takes all of it."""

    def __init__(self, settings: dict[str, str], logs: pathlib.Path) -> None:
        clean = {name: text for name, text in os.environ.items() if not name.startswith("STEWARD_")}
        self._env = clean | settings
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *words: str) -> None:
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-c", START, *words], env=self._env, stdout=log, stderr=log, start_new_session=True
            )

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        """Ends it: with SIGKILL all of its processes, else the first, which ends the others."""
        process = self._running[name]
        with contextlib.suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                os.kill(process.pid, how)
        process.wait(120)

    def signal(self, name: str, which: int) -> None:
        os.kill(self._running[name].pid, which)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)


@contextlib.contextmanager
def service(processes: Processes, port: int) -> Iterator[str]:
    processes.start("serve", "serve", "--workers", "2")
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    while True:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{url}/livez", timeout=2).status_code == 200:
                break
        assert time.monotonic() < deadline, "the service did not start"
        time.sleep(0.2)
    yield url


class Sender:
    """A sender as Apex is one: keeps what was not taken, renews its token, sends some things twice."""

    def __init__(self, url: str, client: tuple[str, str], told: Told, chance: random.Random) -> None:
        self._url, self._client, self._told, self._chance = url, client, told, chance
        self._token = ""

    def send(self, events: list[dict[str, object]]) -> None:
        for _ in range(200):
            if not self._token:
                form = {"grant_type": "client_credentials"}
                answer = requests.post(f"{self._url}/oauth/token", data=form, auth=self._client, timeout=120)
                self._token = answer.json()["access_token"]
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = requests.post(f"{self._url}/v1/events", json={"events": events}, headers=headers, timeout=120)
            if answer.status_code == 202:
                statuses = [one["status"] for one in answer.json()["events"]]
                self._told.sent += len(events)
                self._told.accepted += statuses.count("accepted")
                self._told.duplicates += statuses.count("duplicate")
                return
            if answer.status_code == 401:
                self._token = ""
            else:
                assert answer.status_code in (429, 503), answer.text
                self._told.turned_away += 1
                time.sleep(0.5)
        raise AssertionError("the service never took the events")


FEWEST_KILLS = 3


def torture(
    world: World,
    logs: pathlib.Path,
    store: Store,
    *,
    events: int,
    port: int,
    seed: int,
    every: float,
    most: float = 900,
) -> Told:
    """Runs it all; `every` is the seconds between two kills, `most` those it may take."""
    chance, told, began = random.Random(seed), Told(), time.monotonic()
    steward = Steward(config.load(store.settings))
    client = Clients(steward.state.engine, steward.now).create("Salesforce", ["events"])
    people = [row["Id"] for row in world.admin.query("SELECT Id FROM Contact ORDER BY Id LIMIT 2000")]
    processes = Processes(store.settings, logs)
    stopped = threading.Event()
    killer = threading.Thread(target=_kill, args=(processes, store, told, stopped, every, random.Random(seed + 1)))
    try:
        for name in ("worker-1", "worker-2"):
            processes.start(name, "worker", "--workers", "1")
        with service(processes, port) as url:
            for rule in FAULTS:
                world.fault(path="/services/data", seed=chance.randrange(1 << 30), **rule)
            killer.start()
            _send_all(Sender(url, client, told, chance), world, people, events, chance, told, began + most)
            while told.kills < FEWEST_KILLS:  # a quick machine has sent everything before the first one
                time.sleep(0.05)
            stopped.set()
            killer.join(60)
            told.faults = sum(rule["fired"] for rule in world.faults())
            world.heal()
            _drain(steward, deadline=max(began + most, time.monotonic() + 300))
        told.donors, told.wrong = verdict(world, steward, people)
    finally:
        stopped.set()
        processes.stop()
        steward.close()
    told.seconds = time.monotonic() - began
    return told


def _send_all(
    sender: Sender, world: World, people: list[str], events: int, chance: random.Random, told: Told, deadline: float
) -> None:
    """Events in batches, a fifth of them twice and all in disorder, while gifts come in."""
    left: list[dict[str, object]] = []
    made = 0
    while made < events or left:
        assert time.monotonic() < deadline, f"the service took only {told.accepted:,} of {events:,} events in time"
        for _ in range(min(150, events - made)):
            made += 1
            moment = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=chance.randrange(3600))
            one = {
                "event_id": f"event:{made}", "donor_id": chance.choice(people), "event_type": "donation_updated",
                "timestamp": moment.isoformat(), "priority": chance.choice(["batch", "batch", "person"]),
            }  # fmt: skip
            left += [one, one] if chance.random() < 0.2 else [one]
        if chance.random() < 0.3:
            _gift(world, chance.choice(people), chance)
            told.gifts += 1
        chance.shuffle(left)
        batch, left = left[:150], left[150:]
        sender.send(batch)


def _gift(world: World, contact: str, chance: random.Random) -> None:
    """A gift, written past the faults: they are the service's trouble, not the fundraiser's."""
    for _ in range(20):
        with contextlib.suppress(AssertionError, requests.RequestException, KeyError, IndexError):
            (person,) = world.admin.query(f"SELECT AccountId FROM Contact WHERE Id = '{contact}'")
            record = {
                "Name": "Gift", "AccountId": person["AccountId"], "npsp__Primary_Contact__c": contact, "StageName": "Closed Won",
                "Amount": chance.randrange(10, 500), "CloseDate": dt.datetime.now(dt.UTC).date().isoformat(),
            }  # fmt: skip
            if world.admin.post(f"{API}/sobjects/Opportunity", json=record).status_code == 201:
                return


def _kill(
    processes: Processes, store: Store, told: Told, stopped: threading.Event, every: float, chance: random.Random
) -> None:
    while not stopped.wait(every * chance.uniform(0.5, 1.5)):
        name = chance.choice(["worker-1", "worker-2"])
        processes.kill(name)
        told.kills += 1
        if chance.random() < 0.3:
            store.restart()
            told.restarts += 1
        processes.start(name, "worker", "--workers", "1")


def _drain(steward: Steward, deadline: float) -> None:
    """Until nobody waits; donors that were given up in the storm are replayed, as a person would."""
    while time.monotonic() < deadline:
        dead = [one.donor_key for one in steward.inbox.waiting(10_000, "dead")]
        steward.inbox.replay(dead)
        if steward.inbox.depth().waiting == 0:
            return
        time.sleep(0.5)
    raise AssertionError(f"{steward.inbox.depth()} after the storm")


def verdict(world: World, steward: Steward, people: list[str]) -> tuple[int, list[str]]:
    """Donors compared, and what is wrong: donors in limbo, doubled or missing profiles, answers a clean run would not give."""
    wrong = []
    with steward.state.engine.connect() as connection:
        open_events = connection.exec_driver_sql(
            "SELECT count(*) FROM events WHERE status NOT IN ('done', 'gone')"
        ).scalar()
        keys = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT donor_key FROM events")}
    if open_events:
        wrong.append(f"{open_events} events are in limbo")
    held = world.profiles()  # refuses two profiles of one Contact
    snapshot = intake.extract(steward)
    tables = steward.tables(snapshot.tables())
    tomorrow = steward.now().date() + dt.timedelta(days=1)
    models = pipeline.speaking(steward)
    _, rows = pipeline.conclude(
        steward, steward.ledger(tables), tables, models, tomorrow, None, pipeline.valuing(steward)
    )
    clean = {row["contact_id"]: row for row in rows}
    accounts = snapshot.identity.ids("Account", {row["unit_id"] for row in rows})
    shown = upserts.read_back(steward.live_gateway, people)
    for contact in people:
        key = world.donor_key(contact)
        if key not in keys:
            continue
        if contact not in held:
            wrong.append(f"{key} has no profile")
            continue
        row = canonical.with_references(clean[key])
        unit = accounts.get(row["Giving_Unit__c"] or "")
        expected = row | {"Donor_Id__c": contact, "Contact__c": contact, "Giving_Unit__c": unit}
        differing = [
            one.name for one in PROFILE.hashed
            if canonical.render(one, expected.get(one.name)) != canonical.render(one, shown[contact].get(one.name))
        ]  # fmt: skip
        if differing:
            wrong.append(f"{key} differs in {', '.join(differing)}")
    return len(keys & clean.keys()), wrong
