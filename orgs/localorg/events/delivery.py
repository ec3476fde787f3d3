"""A subscriber inside the org: its own thread, its own position, retries when it asks for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from localorg.events.messages import Event

if TYPE_CHECKING:
    from localorg.events.bus import EventBus

logger = logging.getLogger("localorg.events")
Callback = Callable[[Sequence[Event]], None]
RETRIES = 9  # as an Apex trigger that throws EventBus.RetryableException
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
LOOK_AGAIN_SECONDS = 60.0


class RetryEvents(Exception):
    """Raised by a callback: deliver again what comes behind `done`, the last replay id it is through with."""

    def __init__(self, message: str = "", *, done: int = 0) -> None:
        super().__init__(message)
        self.done = done


class Subscription:
    """Messages of one event, delivered in order and at least once, until cancelled."""

    def __init__(
        self,
        bus: EventBus,
        name: str,
        callback: Callback,
        position: int,
        remember: Callable[[int], None] | None,
    ) -> None:
        self.name = name
        self.position = position
        self._bus, self._callback, self._remember = bus, callback, remember
        self._ended = threading.Event()
        self._attempts = 0
        self._thread = threading.Thread(target=self._run, name=f"events:{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        self._ended.set()
        self._bus.wake()
        self._bus.forget(self)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=10)

    def up_to(self, replay_id: int) -> bool:
        return self.position >= replay_id or not self._bus.after(self.position, [self.name], 1)

    def _run(self) -> None:
        while not self._ended.is_set():
            events = self._bus.wait(self._look, LOOK_AGAIN_SECONDS, self._ended.is_set)
            if events and not self._ended.is_set():
                self._deliver(events)

    def _look(self) -> list[Event]:
        return self._bus.after(self.position, [self.name])

    def _deliver(self, events: Sequence[Event]) -> None:
        try:
            self._callback(events)
        except RetryEvents as retry:
            self._again(events, retry)
        except Exception:
            logger.exception("a subscriber to %s failed; its %d messages are passed over", self.name, len(events))
            self._reached(events[-1].replay_id)
        else:
            self._reached(events[-1].replay_id)

    def _again(self, events: Sequence[Event], retry: RetryEvents) -> None:
        if retry.done > self.position:
            self._reached(retry.done)
        self._attempts += 1
        if self._attempts > RETRIES:
            logger.error("a subscriber to %s gave up after %d retries: %s", self.name, RETRIES, retry)
            self._reached(events[-1].replay_id)
            return
        self._ended.wait(min(FIRST_PAUSE * 2 ** (self._attempts - 1), LONGEST_PAUSE))

    def _reached(self, replay_id: int) -> None:
        self.position = replay_id
        self._attempts = 0
        if self._remember is not None:
            self._remember(replay_id)
