"""Literals against field types: what the platform accepts, and the value SQLite compares with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import cast

from localorg import ids
from localorg.model import NUMBER_TYPES, Field
from localorg.soql import ast, dates, refusals
from localorg.soql.environment import Environment

# How the platform names a field's type in its refusals.
_TYPE_NAMES = {"datetime": "dateTime", "id": "ID", "reference": "ID"}
ID_TYPES = frozenset({"id", "reference"})
_LITERALS = {
    "date": frozenset({"date", "relative", "null"}),
    "datetime": frozenset({"datetime", "relative", "null"}),
    "time": frozenset({"time", "null"}),
    "boolean": frozenset({"boolean", "null"}),
}
_NUMBER_LITERALS = frozenset({"number", "null"})
_MONEY_LITERALS = frozenset({"number", "currency", "null"})
_TEXT_LITERALS = frozenset({"string", "null"})


def family(field: Field) -> str:
    """text, id, number, boolean, date, datetime or time."""
    if field.type in ID_TYPES:
        return "id"
    if field.type in NUMBER_TYPES:
        return "number"
    return field.type if field.type in _LITERALS else "text"


def check(field: Field, literal: ast.Literal, text: str, at: int) -> None:
    """Refuses a literal that is not of the field's type, as the platform does."""
    kind = family(field)
    if kind == "number":
        allowed = _MONEY_LITERALS if field.type == "currency" else _NUMBER_LITERALS
    else:
        allowed = _LITERALS.get(kind, _TEXT_LITERALS)
    if literal.kind in allowed:
        return
    quotes = "should be enclosed" if kind in ("text", "id") else "should not be enclosed"
    type_name = "string" if kind == "text" else _TYPE_NAMES.get(field.type, field.type)
    message = f"value of filter criterion for field '{field.name}' must be of type {type_name} and {quotes} in quotes"
    raise refusals.invalid_field(message, text, at)


def sql_value(field: Field, literal: ast.Literal, text: str, at: int) -> str | int | float | None:
    """The stored form of a checked literal; None for null and for the empty text, which the platform does not keep."""
    value = literal.value
    if literal.kind == "null" or value == "":
        return None
    if literal.kind == "string":
        return record_id(str(value), text, at) if field.type in ID_TYPES else str(value)
    if literal.kind == "currency":
        value = Decimal(str(value)[3:].rstrip(".") or 0)
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < 2**63
        return int(value) if whole else float(value)
    if isinstance(value, dt.datetime):
        return dates.stored(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else str(value)


def record_id(value: str, text: str, at: int) -> str:
    """The 18-character form of a 15- or 18-character id."""
    normalized = ids.normalized(value)
    if normalized is None:
        raise refusals.invalid_filter(f"invalid ID field: {value}", text, at)
    return normalized


def span(field: Field, literal: ast.Literal, environment: Environment, text: str) -> tuple[str, str]:
    """The stored forms of a relative date's start and of the moment after its end, in the user's time zone."""
    relative = cast(ast.RelativeDate, literal.value)
    try:
        first, after = dates.days(relative.name, relative.n, environment.calendar)
        if field.type == "date":
            return first.isoformat(), after.isoformat()
        return dates.stored(environment.midnight(first)), dates.stored(environment.midnight(after))
    except ValueError:
        raise refusals.malformed(f"unexpected token: '{relative.name}'", text, literal.at) from None
    except OverflowError:
        written = relative.name if relative.n is None else f"{relative.name}:{relative.n}"
        raise refusals.malformed(f"Invalid date: {written}", text, literal.at) from None
