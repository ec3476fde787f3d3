"""The queue that wakes workers: Huey on SQLite in the home folder, or on Redis.

It carries bells, not work: what must survive lies in the inbox. So a queue that is lost or restarted loses nothing, and
one bell is as good as a hundred.
"""

from __future__ import annotations

import datetime as dt
import json
import pathlib
from typing import Any

import huey
import huey.registry
import huey.serializer
from huey.storage import PriorityRedisStorage, SqliteStorage

from steward.config import Settings

NAME = "steward"


class PlainSerializer(huey.serializer.Serializer):  # type: ignore[misc]
    """Messages as JSON: whoever can write to the queue must not be able to run code here, as pickle would let them."""

    def _serialize(self, data: Any) -> bytes:
        fields = data._asdict() if isinstance(data, huey.registry.Message) else {"value": data}
        return json.dumps(fields, default=_moment).encode()

    def _deserialize(self, data: bytes) -> Any:
        fields = json.loads(data)
        if "value" in fields:
            return fields["value"]
        for name in ("eta", "expires_resolved"):
            if fields.get(name):
                fields[name] = dt.datetime.fromisoformat(fields[name])
        fields["args"] = tuple(fields.get("args") or ())
        return huey.registry.Message(**fields)


def _moment(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into the queue")


def build(settings: Settings) -> huey.Huey:
    """The queue these settings name; nothing is connected before it is used."""
    shared = {"name": NAME, "results": False, "serializer": PlainSerializer(), "utc": True}
    if settings.queue_url:
        return huey.Huey(storage_class=PriorityRedisStorage, url=settings.queue_url, **shared)
    path = pathlib.Path(settings.home) / "queue.db"
    return huey.Huey(storage_class=SqliteStorage, filename=str(path), **shared)
