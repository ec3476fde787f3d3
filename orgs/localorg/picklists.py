"""Picklist values as descriptions have them: which go with which value of the field that decides over them."""

from __future__ import annotations

import base64
from typing import Any

from localorg.model import Field, PicklistValue, SObject


def controlling(found: SObject, item: Field) -> list[str]:
    """The values of the field that decides, in the order in which dependent values count them."""
    controller = found.get(item.controller) if item.controller else None
    if controller is None:
        return []
    if controller.type == "boolean":
        return ["false", "true"]
    return [value.value for value in controller.picklist if value.active]


def _valid_for(value: PicklistValue, offered: list[str]) -> str | None:
    """A bit for each controlling value, the first at the left, in base64."""
    if not offered:
        return None
    bits = bytearray(-(-len(offered) // 8))
    for place, name in enumerate(offered):
        if name in value.valid_for:
            bits[place // 8] |= 0x80 >> place % 8
    return base64.b64encode(bits).decode()


def described(found: SObject, item: Field) -> list[dict[str, Any]]:
    offered = controlling(found, item)
    return [
        {
            "active": value.active,
            "defaultValue": value.default,
            "label": value.label,
            "validFor": _valid_for(value, offered),
            "value": value.value,
        }
        for value in item.picklist
        if value.active
    ]
