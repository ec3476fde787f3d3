"""Triggers on platform events: subscriptions of the org's own bus, one for each event that has a trigger."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from localorg.events import Event, RetryEvents, Subscription

if TYPE_CHECKING:
    from localorg.apex.runner import Apex

logger = logging.getLogger("localorg.apex")
RETRY = "EventBus.RetryableException"


class Listening:
    def __init__(self, apex: Apex) -> None:
        self.apex = apex
        self._subscriptions: dict[str, Subscription] = {}

    def renew(self) -> None:
        """Listen to the events that have triggers now, and to no others."""
        if self.apex.triggered and self.apex.why_off:
            logger.warning("%s The org's triggers do not run.", self.apex.why_off)
        wanted = {name for name in self.apex.triggered if name.endswith("__e")}
        for name in set(self._subscriptions) - wanted:
            self._subscriptions.pop(name).cancel()
        for name in wanted - set(self._subscriptions):
            sobject = self.apex.org.schema.get(name)
            if sobject is not None and self.apex.available:
                self._subscriptions[name] = self.apex.org.events.subscribe(
                    sobject.name, self._deliver, durable=f"apex:{sobject.name}"
                )

    def _deliver(self, events: Sequence[Event]) -> None:
        records = [shown(event) for event in events]
        user_id = self.apex.org.administrator().user.id
        outcome = self.apex.run("deliver", user_id, "event", sobject=events[0].name, records=records)
        if not outcome["ok"] and outcome["type"] == RETRY:
            raise RetryEvents(outcome["message"], done=int(outcome.get("checkpoint") or 0))
        if not outcome["ok"]:
            raise RuntimeError(f"{outcome.get('trigger')}: {outcome['type']}: {outcome['message']}\n{outcome['trace']}")


def shown(event: Event) -> dict[str, Any]:
    return {
        "attributes": {"type": event.name},
        "ReplayId": str(event.replay_id),
        "EventUuid": event.uuid,
        **event.payload,
    }
