"""Rows of an event object on their way to the bus instead of a table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from localorg.batch import UNSET, Batch, SaveResult
from localorg.clock import stamp
from localorg.errors import RecordError
from localorg.events.bus import EventBus
from localorg.model import Field

ENQUEUED_ID = "e01xx0000000001AAA"  # a high-volume message has no record: the platform answers every one with this id
ENQUEUED = "OPERATION_ENQUEUED"


def publish(batch: Batch, events: EventBus, now: datetime, user_id: str) -> list[SaveResult]:
    """Stage the good rows; success carries the message's UUID where others carry errors, as the platform does."""
    rows = list(batch.live())
    uuids = dict(zip(rows, events.stage(batch.sobject, payloads(batch, rows, now, user_id)), strict=True))
    return [
        SaveResult(ENQUEUED_ID, True, True, (RecordError(ENQUEUED, uuids[row]),))
        if row in uuids
        else SaveResult(None, False, False, tuple(batch.errors[row]))
        for row in range(batch.size)
    ]


def payloads(batch: Batch, rows: list[int], now: datetime, user_id: str) -> list[dict[str, Any]]:
    system = {"CreatedDate": f"{stamp(now)[:19]}.{now.microsecond // 1000:03d}Z", "CreatedById": user_id}
    fields = [field for field in batch.sobject if field.custom and field.stored]
    return [
        system | {field.name: _shown(field, batch.columns.get(field.name), row) for field in fields} for row in rows
    ]


def _shown(field: Field, values: list[Any] | None, row: int) -> Any:
    value = values[row] if values is not None else None
    if field.type == "boolean":
        return value not in (None, UNSET, 0)
    return None if value is UNSET else value
