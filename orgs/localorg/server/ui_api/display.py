"""`displayValue`: what a person reads, in the user's calendar and with labels instead of values."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from localorg.context import User
from localorg.model import Field


def display_value(field: Field, value: Any, user: User) -> str | None:
    """None where the value speaks for itself, as the platform has it."""
    if value is None:
        return None
    match field.type:
        case "currency":
            return _signed(float(value), f"{abs(float(value)):,.{field.scale}f}", "$")
        case "double":
            return f"{float(value):,.{field.scale}f}"
        case "int":
            return f"{int(value):,}"
        case "percent":
            return f"{float(value):,.{field.scale}f}%"
        case "date":
            return _day(str(value))
        case "datetime":
            return _moment(str(value), user)
        case "picklist" | "multipicklist":
            return ";".join(_label(field, part) for part in str(value).split(";"))
    return None


def _signed(number: float, text: str, unit: str) -> str:
    return f"-{unit}{text}" if number < 0 else f"{unit}{text}"


def _day(text: str) -> str:
    return f"{int(text[5:7])}/{int(text[8:10])}/{int(text[:4])}"


def _moment(text: str, user: User) -> str:
    local = datetime.fromisoformat(text.replace("+0000", "+00:00")).astimezone(ZoneInfo(user.time_zone))
    hour = local.hour % 12 or 12
    return f"{local.month}/{local.day}/{local.year} {hour}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"


def _label(field: Field, value: str) -> str:
    return next((option.label for option in field.picklist if option.value.lower() == value.lower()), value)
