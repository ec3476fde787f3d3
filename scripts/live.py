"""`make live`, `make live-gift`, `make live-stop`: the service on the demo's org, and a gift that turns a profile fresh."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import requests
import rich.console

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from scripts.demo import BIN, DEMO, HOME, Admin, login_of_admin

URL = "http://localhost:8800"
RUN, CLIENT = DEMO / "live.json", DEMO / "live-client.json"
FIELDS = "Answer_Source__c, Known_Until__c, Correlation_Id__c, Propensity_Score__c, Segment__c, Suggested_Ask__c"
console = rich.console.Console(highlight=False, soft_wrap=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["start", "gift", "stop"])
    verb = parser.parse_args().verb
    if not (HOME / "state.db").exists():
        sys.exit("There is no demo here yet. Run `make demo` first.")
    {"start": start, "gift": gift, "stop": stop}[verb]()


def steward(*words: str) -> str:
    done = subprocess.run([BIN / "steward", *words], env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return done.stdout


def environment() -> dict[str, str]:
    return {**os.environ, "STEWARD_HOME": str(HOME), "STEWARD_LISTEN": "127.0.0.1:8800"}


def start() -> None:
    stop()
    if not CLIENT.exists():
        CLIENT.touch(0o600)
        words = ("clients", "create", "Demo", "--scope", "score", "--scope", "events", "--scope", "ops", "--json")
        CLIENT.write_text(steward(*words))
    ids = {}
    for name in ("serve", "worker"):
        with (DEMO / f"{name}.log").open("a") as log:
            process = subprocess.Popen(
                [BIN / "steward", name], env=environment(), stdout=log, stderr=log, start_new_session=True
            )
        ids[name] = process.pid
    RUN.write_text(json.dumps(ids))
    wait_until_ready()
    client = json.loads(CLIENT.read_text())
    console.print(
        f"The service answers on [bold]{URL}[/], two workers wait for events. Logs: {DEMO}/serve.log, worker.log"
    )
    console.print(
        f"Ops page: [bold]{URL}/ops[/]\n  client id      {client['client_id']}\n  client secret  {client['client_secret']}"
    )
    console.print("Next: make live-gift")


def wait_until_ready() -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{URL}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.5)
    sys.exit(f"The service is not ready; see {DEMO}/serve.log.")


def gift() -> None:
    admin = login_of_admin()
    donor = admin.query(
        "SELECT Contact__c, Contact__r.AccountId FROM AI_Donor_Profile__c WHERE Household_Lead__c = true AND "
        "Propensity_Score__c != null AND Answer_Source__c != 'Real-time' ORDER BY Propensity_Score__c LIMIT 1"
    )[0]
    contact = str(donor["Contact__c"])
    show("before", admin, contact)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    made = admin.create("Opportunity", {
        "Name": "A gift", "AccountId": donor["Contact__r"]["AccountId"], "npsp__Primary_Contact__c": contact,  # type: ignore[index]
        "Amount": 500, "CloseDate": today, "StageName": "Closed Won",
    })  # fmt: skip
    began = time.monotonic()
    answer = send({
        "event_id": f"{made}:1", "donor_id": contact, "event_type": "donation_created", "amount": 500,
        "timestamp": dt.datetime.now(dt.UTC).isoformat(), "priority": "person", "correlation_id": f"demo-{made}",
    })  # fmt: skip
    console.print(f"A gift of 500 closed; its event was {answer}.")
    while profile(admin, contact)["Correlation_Id__c"] != f"demo-{made}":
        if time.monotonic() - began > 60:
            sys.exit(f"The profile is not fresh after a minute; see {DEMO}/worker.log and `steward jobs`.")
        time.sleep(0.1)
    console.print(f"Fresh after {time.monotonic() - began:.1f} s.")
    show("after", admin, contact)
    console.print(f"What happened: {URL}/ops/donor?id={contact}")


def send(event: dict[str, object]) -> str:
    client = json.loads(CLIENT.read_text())
    form = {"grant_type": "client_credentials"}
    token = requests.post(
        f"{URL}/oauth/token", data=form, auth=(client["client_id"], client["client_secret"]), timeout=30
    ).json()["access_token"]
    reply = requests.post(
        f"{URL}/v1/events", json={"events": [event]}, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    reply.raise_for_status()
    return str(reply.json()["events"][0]["status"])


def profile(admin: Admin, contact: str) -> dict[str, object]:
    return admin.query(f"SELECT {FIELDS} FROM AI_Donor_Profile__c WHERE Contact__c = '{contact}'")[0]  # noqa: S608


def show(when: str, admin: Admin, contact: str) -> None:
    row = profile(admin, contact)
    console.rule(f"[bold]The profile {when}[/]", align="left")
    for name in FIELDS.split(", "):
        console.print(f"  {name:22} {row[name]}")


def stop() -> None:
    """TERM: each process finishes what it is at."""
    if not RUN.exists():
        return
    for pid in json.loads(RUN.read_text()).values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            for _ in range(600):
                if ended(pid):
                    break
                time.sleep(0.1)
    RUN.unlink()


def ended(pid: int) -> bool:
    """Gone, or a zombie that nobody collects."""
    os.kill(pid, 0)
    state = pathlib.Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


if __name__ == "__main__":
    main()
