"""NPSP's trigger handlers: off while data is loaded that has its own roles and payments, and on again after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from steward.salesforce.client import Gateway

from datasets import bulk

HANDLER, ACTIVE = "npsp__Trigger_Handler__c", "npsp__Active__c"


@contextmanager
def switched_off(gateway: Gateway) -> Iterator[None]:
    """Those that were active; nothing where the org has none or this user may not change them."""
    active = _active(gateway)
    _set(gateway, active, "false")
    try:
        yield
    finally:
        _set(gateway, active, "true")


def _active(gateway: Gateway) -> list[str]:
    field = gateway.fields(HANDLER).get(gateway.names.to_org(ACTIVE))
    if field is None or not field.updateable:
        return []
    return [row["Id"] for row in gateway.query(f"SELECT Id FROM {HANDLER} WHERE {ACTIVE} = true")]  # noqa: S608


def _set(gateway: Gateway, keys: list[str], value: str) -> None:
    if keys:
        bulk.send(gateway, HANDLER, "update", ("Id", ACTIVE), [(key, value) for key in keys])
