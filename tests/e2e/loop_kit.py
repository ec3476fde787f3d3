"""The whole loop, running: an org with NPSP's and the package's handlers, the service and a worker, and the credential between."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from job_world import World, fine
from localorg_live import ADMIN, API, Client
from steward import config
from steward.bootstrap import Steward
from torture_kit import Processes, service

OFFICER = "officer@steward.example"
EVENT = "AI_Giving_Change__e"
PATIENCE = 90.0  # seconds; a loop takes two or three, on a busy machine more
PROFILE = "Answer_Source__c, Correlation_Id__c, Content_Hash__c, Known_Until__c, Scored_At__c"
Found = TypeVar("Found")


@dataclass
class Loop:
    """Everything a test needs to set the loop off and to see where it ends."""

    world: World
    steward: Steward
    processes: Processes
    port: int

    @property
    def admin(self) -> Client:
        return self.world.admin

    def apex(self, code: str, user: str = ADMIN) -> None:
        """Anonymous Apex, as an administrator runs it in the Developer Console."""
        client = self.world.org.as_user(user)
        done = client.get(f"{API}/tooling/executeAnonymous", params={"anonymousBody": code}).json()
        assert done["success"], done

    def givers(self, number: int) -> list[str]:
        """Contacts of different households whom only the night has answered so far."""
        rows = self.admin.query(
            "SELECT Contact__c FROM AI_Donor_Profile__c WHERE Household_Lead__c = true AND Propensity_Score__c != null "
            f"AND Answer_Source__c = 'Nightly' ORDER BY Contact__c LIMIT {number}"
        )
        return [row["Contact__c"] for row in rows]

    def give(self, contact: str, amount: float) -> str:
        """A gift that closes today, saved by the org's REST API."""
        (person,) = self.admin.query(f"SELECT AccountId FROM Contact WHERE Id = '{contact}'")
        return self.admin.create(
            "Opportunity", Name="Gift", AccountId=person["AccountId"], npsp__Primary_Contact__c=contact, Amount=amount,
            CloseDate=self.steward.now().date().isoformat(), StageName="Closed Won",
        )  # fmt: skip

    def profile(self, contact: str) -> dict[str, Any]:
        (row,) = self.admin.query(f"SELECT {PROFILE} FROM AI_Donor_Profile__c WHERE Contact__c = '{contact}'")
        return row

    def published(self, contact: str) -> dict[str, str]:
        """Traces of the platform events about a donor that the org has published, by event id."""
        events = [one.payload for one in self.world.org.server.runtime.org.events.after(0, [EVENT], limit=10_000)]
        return {one["Event_Id__c"]: one["Correlation_Id__c"] for one in events if one["Donor_Id__c"] == contact}

    def received(self, contact: str) -> dict[str, str]:
        """Traces of the events about a donor that the service has taken, by event id."""
        events = self.steward.inbox.events_of(self.world.donor_key(contact))
        return {one.event_id: one.correlation_id for one in events}

    def unsent(self) -> list[dict[str, Any]]:
        return self.admin.query(
            "SELECT Event_Id__c, Donor_Id__c, Correlation_Id__c, Attempts__c, Last_Error__c FROM AI_Unsent_Change__c"
        )

    def settled(self) -> None:
        """Every event is delivered, and every job that is due has run."""
        org = self.world.org.server.runtime.org
        assert org.events.wait_until_delivered(PATIENCE), "the bus did not deliver"
        assert org.apex.jobs.wait_until_done(PATIENCE), "the org's jobs did not end"

    def travel(self, **to: Any) -> dt.datetime:
        answer = self.world.org.control().post("/localorg/clock", json=to)
        assert answer.status_code == 200, answer.text
        return dt.datetime.fromisoformat(answer.json()["now"])

    def serve(self) -> None:
        with service(self.processes, self.port):
            pass

    def end_service(self) -> None:
        """TERM: as an operator ends it."""
        self.processes.kill("serve", signal.SIGTERM)


def eventually(look: Callable[[], Found | None], what: str) -> Found:
    """What `look` finds, within bounds."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:.0f} s"
        time.sleep(0.2)
    return found


@contextlib.contextmanager
def running(world: World, port: int, logs: pathlib.Path) -> Iterator[Loop]:
    """The loop around a world that has had its first night."""
    settings = world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}")
    loop = Loop(world, Steward(config.load(settings)), Processes(settings, logs), port)
    try:
        _open_org(loop)
        loop.serve()
        loop.processes.start("worker", "worker", "--workers", "1")
        yield loop
    finally:
        loop.processes.stop()
        loop.steward.close()


def _open_org(loop: Loop) -> None:
    """What an administrator does after the deployment: NPSP on, the package started, credentials entered, an officer let in."""
    control = loop.world.org.control()
    for verb, given in (
        ("npsp", {"handlers": True}),
        ("user", {"username": OFFICER, "profile": "Standard User"}),
        ("assign", {"username": OFFICER, "permission_set": "AI_Donor_Act"}),
    ):
        answer = control.post(f"/localorg/{verb}", json=given)
        assert answer.status_code == 200, answer.text
    loop.apex("PackageInstall.start();")
    words = ("clients", "create", "Salesforce", "--scope", "score", "--scope", "events", "--json")
    _enter_credential(loop, fine(loop.world.steward(*words)).json())


def _enter_credential(loop: Loop, client: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{loop.port}"
    done = subprocess.run(
        [sys.executable, "-m", "localorg", "credential", "Steward", "--folder", str(loop.world.org.folder),
         "--url", url, "--token-url", f"{url}/oauth/token", "--client-id", client["client_id"]],
        env={**os.environ, "LOCALORG_CLIENT_SECRET": client["client_secret"]},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
