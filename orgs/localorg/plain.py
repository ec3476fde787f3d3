"""A column of CSV read as a whole, where nothing in it is out of the ordinary; bulk loads are made of such columns."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from localorg.batch import UNSET
from localorg.model import Field

NULL = "#N/A"
EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]+@[^@\s.,;<>()\[\]\"]+(?:\.[^@\s.,;<>()\[\]\"]+)+$")
EARLIEST, LATEST = "1700-01-01", "4000-12-31"
Column = list[Any]


def column(field: Field, values: Column) -> Column | None:
    """What the table will hold; None when some value has to be looked at by itself."""
    return _READ.get(field.type, _text)(field, values)


def _one_by_one(_: Field, values: Column) -> Column | None:
    return None


def _text(field: Field, values: Column) -> Column | None:
    try:
        stripped = list(map(str.strip, values))
    except TypeError:
        return None
    if max(map(len, stripped), default=0) > field.length:
        return None
    if "" in stripped or NULL in stripped:
        return [None if text == NULL else text or UNSET for text in stripped]
    return stripped


def _email(field: Field, values: Column) -> Column | None:
    texts = _text(field, values)
    if texts is None or UNSET in texts or None in texts or not all(map(EMAIL.match, texts)):
        return None
    return texts


def _reference(_: Field, values: Column) -> Column | None:
    """Ids of 18 characters are taken as they are; whether there is such a record is asked next."""
    try:
        together = "".join(values)
    except TypeError:
        return None
    return values if set(map(len, values)) == {18} and together.isalnum() and together.isascii() else None


def _number(field: Field, values: Column) -> Column | None:
    try:
        together, numbers = "".join(values), list(map(float, values))
    except (TypeError, ValueError):
        return None
    places = scale(field)
    if "_" in together or max(map(abs, numbers), default=0.0) >= min(bound(field), sys.float_info.max):
        return None
    return numbers if [round(number, places) for number in numbers] == numbers else None


def _date(_: Field, values: Column) -> Column | None:
    try:
        days = list(map(_plain_day, values))
    except TypeError:
        return None
    return None if None in days else days


_READ: Mapping[str, Callable[[Field, Column], Column | None]] = {
    "email": _email,
    "reference": _reference,
    "id": _reference,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
} | dict.fromkeys(("boolean", "datetime", "int", "multipicklist", "picklist"), _one_by_one)


def scale(field: Field) -> int:
    """Standard amounts keep their cents."""
    return field.scale or (2 if field.type == "currency" else 0)


def bound(field: Field) -> float:
    return 10.0 ** (field.precision - field.scale) if field.precision else math.inf


@lru_cache(maxsize=1 << 15)  # a load names the same days again and again
def _plain_day(text: str) -> str | None:
    """A day in the years the platform knows, written as it is stored; None for anything else."""
    return text if len(text) == 10 and EARLIEST <= text <= LATEST and day(text) else None


def day(text: str) -> date | None:
    """The day of a date, or of a moment that begins with one; None when it is neither."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        if len(text) > 10:
            datetime.fromisoformat(text)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
