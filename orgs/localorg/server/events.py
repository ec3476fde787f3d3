"""Streaming API: CometD (Bayeux) long polling on /cometd/<version>, with Salesforce's replay extension."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.events import NEW, Event, EventBus
from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.routing import Access, Routes

routes = Routes("", Access.PUBLIC)  # who may do what is said in Bayeux's own words, not by status codes
Message = dict[str, Any]

HOLD_SECONDS = 25.0  # a poll is answered after this long with nothing to tell; clients ask again at once
MOST_HELD = 8  # polls that may wait at one time: the server has threads for other calls too
MOST_CLIENTS = 2_000
RETRY = {"reconnect": "retry", "interval": 0, "timeout": 110_000}
AGAIN = {"reconnect": "handshake", "interval": 0}
EXTENSIONS = {"replay": True, "payload.format": True}


@dataclass
class Client:
    user_id: str
    positions: dict[str, int] = field(default_factory=dict)  # event object → last replay id it was given
    connected: bool = False


class Streams:
    """The clients of one running org. They live as long as the server; what they missed can be replayed."""

    def __init__(self, events: EventBus) -> None:
        self.events = events
        self.clients: dict[str, Client] = {}
        self._lock = threading.Lock()
        self._held = threading.Semaphore(MOST_HELD)

    def add(self, user_id: str) -> str:
        with self._lock:
            while len(self.clients) >= MOST_CLIENTS:
                self.clients.pop(next(iter(self.clients)))
            client_id = secrets.token_hex(13)
            self.clients[client_id] = Client(user_id)
        return client_id

    def close(self) -> None:
        """Answer everyone who waits: the server is stopping."""
        for client in list(self.clients.values()):
            client.connected = False
        self.events.wake()

    def take(self, client: Client, seconds: float) -> list[Event]:
        """What is new for a client, waiting for it if it must; nobody is told the same twice."""
        if seconds <= 0 or not self._held.acquire(blocking=False):
            return self._new(client)
        try:
            return self.events.wait(lambda: self._new(client), seconds, lambda: not client.connected)
        finally:
            self._held.release()

    def _new(self, client: Client) -> list[Event]:
        found: list[Event] = []
        for name, position in list(client.positions.items()):
            events = self.events.after(position, [name])
            if events:
                client.positions[name] = events[-1].replay_id
                found += events
        return sorted(found, key=lambda event: event.replay_id)


@routes.on("POST", "/cometd/<version>")
@routes.on("POST", "/cometd/<version>/<path:step>")
def bayeux(call: Call, step: str = "") -> Reply:
    """A list of messages, answered in order; what the client subscribed to comes with the answer to its connect."""
    given = call.json()
    messages = given if isinstance(given, list) else [given]
    replies: list[Message] = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("channel"), str):
            raise ApiError("JSON_PARSER_ERROR", "A Bayeux message is a JSON object with a channel")
        replies += answer(call, message)
    return Reply(replies)


def answer(call: Call, message: Message) -> list[Message]:
    channel = message["channel"]
    reply: Message = {"channel": channel} | ({"id": message["id"]} if "id" in message else {})
    if not signed_in(call):
        return [reply | unauthorised(channel)]
    if channel == "/meta/handshake":
        return [reply | handshake(call)]
    client = call.runtime.streams.clients.get(str(message.get("clientId")))
    if client is None or client.user_id != call.user_id:
        return [reply | {"successful": False, "error": "403::Unknown client", "advice": AGAIN}]
    handler = HANDLERS.get(channel)
    if handler is None:
        return [reply | {"successful": False, "error": f"403:{channel}:Publishing to channels is not allowed"}]
    return handler(call, client, message, reply | {"clientId": message["clientId"]})


def signed_in(call: Call) -> bool:
    if not call.user_id and call.token:
        try:
            call.user_id = call.runtime.accounts.login(call.token).user_id
        except ApiError:
            return False
    return bool(call.user_id)


def unauthorised(channel: str) -> Message:
    reason = "401::Authentication invalid"
    if channel != "/meta/handshake":
        return {"successful": False, "error": reason, "advice": {"reconnect": "none", "interval": 0}}
    return {
        "successful": False,
        "error": "403::Handshake denied",
        "advice": {"reconnect": "none"},
        "ext": {"sfdc": {"failureReason": reason}} | EXTENSIONS,
    }


def handshake(call: Call) -> Message:
    return {
        "successful": True,
        "clientId": call.runtime.streams.add(call.user_id),
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "ext": EXTENSIONS,
    }


def connect(call: Call, client: Client, message: Message, reply: Message) -> list[Message]:
    """The first connect is answered at once, as the platform does; later ones when there is something to tell."""
    first, client.connected = not client.connected, True
    asked = (message.get("advice") or {}).get("timeout", RETRY["timeout"])
    seconds = 0.0 if first else min(float(asked) / 1000, HOLD_SECONDS)
    events = call.runtime.streams.take(client, seconds)
    told = reply | {"successful": True} | ({"advice": RETRY} if first else {})
    return [*(delivered(call.session, event) for event in events), told]


def subscribe(call: Call, client: Client, message: Message, reply: Message) -> list[Message]:
    wanted = message.get("subscription")
    replay = ((message.get("ext") or {}).get("replay")) or {}
    answers = []
    for channel in wanted if isinstance(wanted, list) else [wanted]:
        answers.append(reply | {"subscription": channel} | _subscribed(call, client, str(channel), replay.get(channel)))
    return answers


def _subscribed(call: Call, client: Client, channel: str, replay: Any) -> Message:
    sobject = event_object(call.session, channel)
    if sobject is None:
        message = f"400::The channel you requested to subscribe to does not exist {{{channel}}}"
        return {"successful": False, "error": message}
    events = call.runtime.org.events
    position = NEW if replay is None else replay
    if isinstance(position, bool) or not isinstance(position, int) or not -2 <= position <= events.newest:
        message = (
            f"400::The replayId {{{replay}}} you provided was invalid.  Please provide a valid ID, -2 to replay all "
            f"events, or -1 to replay only new events."
        )
        return {"successful": False, "error": message}
    client.positions[sobject.name] = events.start_of(position)
    return {"successful": True}


def unsubscribe(call: Call, client: Client, message: Message, reply: Message) -> list[Message]:
    channel = str(message.get("subscription"))
    client.positions.pop(channel.removeprefix("/event/"), None)
    return [reply | {"subscription": channel, "successful": True}]


def disconnect(call: Call, client: Client, message: Message, reply: Message) -> list[Message]:
    client.connected = False
    call.runtime.streams.clients.pop(str(message["clientId"]), None)
    call.runtime.org.events.wake()
    return [reply | {"successful": True}]


HANDLERS: dict[str, Callable[[Call, Client, Message, Message], list[Message]]] = {
    "/meta/connect": connect,
    "/meta/subscribe": subscribe,
    "/meta/unsubscribe": unsubscribe,
    "/meta/disconnect": disconnect,
}


def event_object(session: Session, channel: str) -> SObject | None:
    """The event object of a channel, in its exact spelling, when the user may read it."""
    name = channel.removeprefix("/event/")
    sobject = session.sobject(name) if channel.startswith("/event/") else None
    return sobject if sobject is not None and sobject.is_event and sobject.name == name else None


def delivered(session: Session, event: Event) -> Message:
    sobject = session.org.schema.get(event.name)
    return {
        "channel": event.channel,
        "data": {
            "schema": schema_id(sobject) if sobject else None,
            "payload": event.payload,
            "event": {"EventUuid": event.uuid, "replayId": event.replay_id},
        },
    }


def schema_id(sobject: SObject) -> str:
    """Changes with the event's fields, as the platform's fingerprint does."""
    text = ",".join(f"{field.name}:{field.type}:{field.length}" for field in sobject if field.custom)
    return hashlib.sha256(text.encode()).hexdigest()[:22]


@routes.on("GET", "/services/data/v<version>/sobjects/<name>/eventSchema")
def schema_by_name(call: Call, name: str) -> Reply:
    signed_in(call)
    sobject = call.session.sobject(name) if call.user_id else None
    if sobject is None or not sobject.is_event:
        raise ApiError("NOT_FOUND", "The requested resource does not exist", status=404)
    kinds = {"double": "double", "currency": "double", "percent": "double", "boolean": "boolean", "int": "int"}
    system = [{"name": "CreatedDate", "type": "string"}, {"name": "CreatedById", "type": "string"}]
    fields = [
        {"name": one.name, "type": ["null", kinds.get(one.type, "string")], "default": None}
        for one in sobject
        if one.custom
    ]
    return Reply(
        {
            "name": sobject.name,
            "namespace": "com.sforce.eventbus",
            "type": "expanded-record",
            "uuid": schema_id(sobject),
            "fields": system + fields,
        }
    )
