"""What the compiler hands around: a piece of SQL and the formula type of what it yields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from localorg.formulas.ast import FormulaError
from localorg.model import Field

Resolve = Callable[[tuple[str, ...]], tuple[str, Field]]

TEXT, NUMBER, BOOLEAN, DATE, DATETIME, PICKLIST, MULTIPICKLIST, ID, NULL = (
    "Text", "Number", "Boolean", "Date", "DateTime", "Picklist", "Multi-Select Picklist", "Id", "Null",
)  # fmt: skip
_FIELD_TYPES = {
    "boolean": BOOLEAN,
    "int": NUMBER,
    "double": NUMBER,
    "currency": NUMBER,
    "percent": NUMBER,
    "date": DATE,
    "datetime": DATETIME,
    "picklist": PICKLIST,
    "combobox": TEXT,
    "multipicklist": MULTIPICKLIST,
    "id": ID,
    "reference": ID,
}


@dataclass(frozen=True)
class Value:
    sql: str
    type: str

    @property
    def is_text(self) -> bool:
        return self.type in (TEXT, ID)


@dataclass(frozen=True)
class Moment:
    """Now (UTC) and the calendar of the user who asks."""

    now: datetime
    time_zone: str = "UTC"

    @property
    def today(self) -> str:
        return self.now.astimezone(ZoneInfo(self.time_zone)).date().isoformat()

    @property
    def stamp(self) -> str:
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def type_of(field: Field) -> str:
    """A formula field of a picklist type cannot exist: formulas yield text."""
    return _FIELD_TYPES.get(field.type, TEXT) if not (field.formula and field.type == "picklist") else TEXT


def text_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def as_text(value: Value) -> str:
    """SQL of a text in which a blank is the empty text; an id shows as its 15 characters."""
    sql = f"substr({value.sql}, 1, 15)" if value.type == ID else value.sql
    return f"coalesce({sql}, '')"


def as_condition(value: Value) -> str:
    return f"coalesce({value.sql}, 0)"


def expect(where: str, value: Value, *allowed: str) -> Value:
    """Refuse a parameter of another type. Null fits everywhere, an id wherever a text does."""
    fits = value.type in allowed or value.type == NULL or (value.type == ID and TEXT in allowed)
    if not fits:
        wanted = " or ".join(allowed) if len(allowed) <= 2 else ", ".join(allowed)
        raise FormulaError(f"Incorrect parameter type for {where}. Expected {wanted}, received {value.type}")
    return value
