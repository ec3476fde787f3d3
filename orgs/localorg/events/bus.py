"""The event bus of one org: stage inside a transaction, tell subscribers when it has ended."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from localorg.clock import Clock
from localorg.events import messages
from localorg.events.delivery import Callback, Subscription
from localorg.events.messages import Event
from localorg.model import SObject
from localorg.store import Store

NEW, ALL = -1, -2  # as in the replay extension: from now on, or everything that is kept
PAGE = 2_000  # what an event trigger takes at once


class EventBus:
    """Publish-after-commit events live and die with the transaction; immediate ones outlive a rollback."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._news = threading.Condition()
        self._immediate: list[Event] = []  # published in the running transaction, whatever becomes of it
        self._staged = False
        self._subscriptions: list[Subscription] = []
        with store.write() as connection:
            for statement in messages.TABLE.split(";"):
                connection.execute(statement)
        store.transaction_ended.append(self._transaction_ended)

    def close(self) -> None:
        for subscription in list(self._subscriptions):
            subscription.cancel()

    # Publishing

    def stage(self, sobject: SObject, payloads: Sequence[Mapping[str, Any]]) -> list[str]:
        """Publish with the transaction this thread is in; gives the messages' UUIDs back."""
        uuids = [str(uuid.uuid4()) for _ in payloads]
        events = [Event(sobject.name, 0, key, dict(payload)) for key, payload in zip(uuids, payloads, strict=True)]
        with self._store.write():
            if sobject.publish_behavior == "PublishImmediately":
                self._immediate += events
            else:
                self._keep(events)
        return uuids

    def _keep(self, events: Sequence[Event]) -> None:
        now = self._clock.now()
        with self._store.write() as connection:
            first = self._store.take_numbers(connection, "replay", len(events))
            numbered = [
                Event(event.name, first + place, event.uuid, event.payload) for place, event in enumerate(events)
            ]
            messages.expire(connection, now)
            messages.keep(connection, numbered, now)
        self._staged = True

    def _transaction_ended(self, committed: bool) -> None:
        """Called with the write lock held: what was immediate is kept now, and waiting subscribers look again."""
        immediate, self._immediate = self._immediate, []
        if immediate:
            self._keep(immediate)
        if self._staged:
            self._staged = False
            with self._news:
                self._news.notify_all()

    # Reading

    def after(self, position: int, names: Sequence[str] | None = None, limit: int = PAGE) -> list[Event]:
        """Messages behind a replay id. Inside a transaction, those it has published too."""
        with self._store.read() as connection:
            return messages.after(connection, position, names, limit)

    @property
    def newest(self) -> int:
        with self._store.read() as connection:
            return messages.newest(connection)

    def published_last_hour(self) -> int:
        with self._store.read() as connection:
            return messages.published_since(connection, self._clock.now() - timedelta(hours=1))

    def start_of(self, replay: int) -> int:
        """The position a subscriber starts from: NEW, ALL, or behind a replay id of its own."""
        return self.newest if replay == NEW else 0 if replay == ALL else replay

    def wait(
        self, look: Callable[[], list[Event]], timeout: float, ended: Callable[[], bool] = lambda: False
    ) -> list[Event]:
        """What `look` finds, as soon as it finds something; nothing when time is up or the wait has `ended`."""
        deadline = time.monotonic() + timeout
        with self._news:
            while not (found := look()) and not ended() and (left := deadline - time.monotonic()) > 0:
                self._news.wait(left)
        return found

    def wake(self) -> None:
        """Let everyone who waits look again: a subscription has ended, or the server is stopping."""
        with self._news:
            self._news.notify_all()

    # Subscribers inside the org

    def subscribe(self, name: str, callback: Callback, *, replay: int = NEW, durable: str = "") -> Subscription:
        """Call back with each page of an event's messages, in order, on a thread of the subscription's own.

        A `durable` name remembers the position over restarts: then `replay` counts for the first time only.
        """
        stored = self._store.meta(f"subscription:{durable}") if durable else None
        position = self.start_of(replay) if stored is None else int(stored)
        remember = partial(self._store.set_meta, f"subscription:{durable}") if durable else None
        if remember is not None:
            remember(position)
        subscription = Subscription(self, name, callback, position, remember)
        self._subscriptions.append(subscription)
        subscription.start()
        return subscription

    def forget(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def wait_until_delivered(self, timeout: float = 30.0) -> bool:
        """Wait until every subscriber has seen all that is published, also what it published itself meanwhile."""
        deadline = time.monotonic() + timeout
        while any(not subscription.up_to(self.newest) for subscription in list(self._subscriptions)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True
