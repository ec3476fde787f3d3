"""Turn what a client sent into what the table holds, a column at a time, or say what is wrong in the platform's words.

CSV is text where an empty cell means unchanged and `#N/A` means null; JSON carries types. Each distinct value of a
column is looked at once.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from localorg import ids
from localorg.batch import UNSET, Batch
from localorg.errors import ApiError
from localorg.model import Field

NULL = "#N/A"
_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]+@[^@\s.,;<>()\[\]\"]+(?:\.[^@\s.,;<>()\[\]\"]+)+$")
_JSON_TOKENS = {
    bool: "VALUE_TRUE",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    dict: "START_OBJECT",
    list: "START_ARRAY",
}
_EARLIEST, _LATEST = "1700-01-01", "4000-12-31"


class UnfitError(Exception):
    """A value that the field does not take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def convert_csv(batch: Batch) -> None:
    for name in list(batch.columns):
        field = batch.sobject.get(name)
        if field is not None:
            batch.columns[name] = _csv_column(batch, field, batch.columns[name])
        elif "." in name:
            batch.columns[name] = [_csv_key(value) for value in batch.columns[name]]


def convert_json(batch: Batch) -> None:
    """JSON of the wrong type fails the whole request, as the platform's parser does; the rest fails its row."""
    for name, values in batch.columns.items():
        field = batch.sobject.get(name)
        if field is None:
            continue
        take = _converter(field)
        for row, value in enumerate(values):
            if value is None or value is UNSET:
                continue
            try:
                values[row] = take(field, _json_text(field, value))
            except UnfitError as unfit:
                if unfit.code == "INVALID_TYPE_ON_FIELD_IN_RECORD":
                    raise _parser_error(field, value) from None
                batch.fail(row, unfit.code, unfit.message, (field.name,))


def _csv_column(batch: Batch, field: Field, values: list[Any]) -> list[Any]:
    take = _converter(field)
    quickly = _QUICK.get(take)
    if quickly and (quick := quickly(field, values)) is not None:
        return quick
    known: dict[Any, Any] = {None: None, UNSET: UNSET, "": UNSET, NULL: None}
    unfit: dict[Any, UnfitError] = {}
    for value in set(values):
        if value not in known:
            try:
                known[value] = take(field, value) if isinstance(value, str) else take(field, _json_text(field, value))
            except UnfitError as problem:
                known[value], unfit[value] = None, problem
    if unfit:
        for row, value in enumerate(values):
            if value in unfit:
                batch.fail(row, unfit[value].code, unfit[value].message, (field.name,))
    return [known[value] for value in values]


def _csv_key(value: Any) -> Any:
    """A parent's external id, as in any other column: empty leaves the reference unchanged, `#N/A` empties it."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if text == NULL else text or UNSET


def _plain_text(field: Field, values: list[Any]) -> list[Any] | None:
    try:
        stripped = list(map(str.strip, values))
    except TypeError:
        return None
    if max(map(len, stripped), default=0) > field.length:
        return None
    if "" in stripped or NULL in stripped:
        return [None if text == NULL else text or UNSET for text in stripped]
    return stripped


def _plain_email(field: Field, values: list[Any]) -> list[Any] | None:
    texts = _plain_text(field, values)
    if texts is None or UNSET in texts or None in texts or not all(map(_EMAIL.match, texts)):
        return None
    return texts


def _plain_reference(_: Field, values: list[Any]) -> list[Any] | None:
    """Ids of 18 characters throughout; see `_reference`."""
    try:
        together = "".join(values)
    except TypeError:
        return None
    return values if set(map(len, values)) == {18} and together.isalnum() and together.isascii() else None


def _plain_number(field: Field, values: list[Any]) -> list[Any] | None:
    try:
        together, numbers = "".join(values), list(map(float, values))
    except (TypeError, ValueError):
        return None
    scale = _scale(field)
    if "_" in together or max(map(abs, numbers), default=0.0) >= min(_bound(field), sys.float_info.max):
        return None
    return numbers if [round(number, scale) for number in numbers] == numbers else None


def _plain_date(_: Field, values: list[Any]) -> list[Any] | None:
    try:
        days = list(map(_plain_day, values))
    except TypeError:
        return None
    return None if None in days else days


def _json_text(field: Field, value: Any) -> str:
    """JSON values as the text a CSV would carry, so that one set of rules serves both."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        if field.type != "boolean":
            raise _wrong_type(field, value)
        return "true" if value else "false"
    if isinstance(value, int | float) and field.type in _NUMBERS:
        return repr(value)
    raise _wrong_type(field, value)


def _parser_error(field: Field, value: Any) -> ApiError:
    kind = {"int": "int", "boolean": "boolean", "date": "date", "datetime": "datetime"}.get(field.type, "double")
    if field.type not in _CONVERTERS or field.type in ("id", "reference"):
        kind = "string"
    found = _JSON_TOKENS.get(type(value), "VALUE_STRING")
    shown = "" if isinstance(value, dict | list) else f" value {json.dumps(value).strip(chr(34))}"
    message = (
        f"Cannot deserialize instance of {kind} from {found}{shown} or request may be missing a required field "
        f"at [line:1, column:1]"
    )
    return ApiError("JSON_PARSER_ERROR", message)


def _wrong_type(field: Field, value: Any) -> UnfitError:
    message = f"{field.name}: value not of required type: {value}"
    return UnfitError("INVALID_TYPE_ON_FIELD_IN_RECORD", message)


# One value


def _text(field: Field, value: str) -> str | None:
    text = value.strip()
    if len(text) > field.length > 0:
        message = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise UnfitError("STRING_TOO_LONG", message)
    return text or None


def _email(field: Field, value: str) -> str | None:
    text = _text(field, value)
    if text and not _EMAIL.match(text):
        raise UnfitError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}")
    return text


def _picklist(field: Field, value: str) -> str | None:
    text = _text(field, value)
    if text is None or not field.picklist:
        return text
    if not field.restricted:
        return text
    for option in field.picklist:
        if option.active and option.value.lower() == text.lower():
            return option.value
    message = f"{field.label}: bad value for restricted picklist field: {text}"
    raise UnfitError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message)


def _multipicklist(field: Field, value: str) -> str | None:
    parts = [_picklist(field, part) for part in value.split(";")]
    return ";".join(dict.fromkeys(part for part in parts if part)) or None


def _boolean(field: Field, value: str) -> int:
    text = value.strip().lower()
    if text in ("true", "1"):
        return 1
    if text in ("false", "0"):
        return 0
    raise _wrong_type(field, value)


def _number(field: Field, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise _wrong_type(field, value) from None
    if "_" in value or not math.isfinite(number):
        raise _wrong_type(field, value)
    scale = _scale(field)
    if round(number, scale) != number:
        number = half_up(Decimal(value.strip()), scale)
    if abs(number) >= _bound(field):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise UnfitError("NUMBER_OUTSIDE_VALID_RANGE", message)
    return number


def _scale(field: Field) -> int:
    """Standard amounts keep their cents."""
    return field.scale or (2 if field.type == "currency" else 0)


def _bound(field: Field) -> float:
    return 10.0 ** (field.precision - field.scale) if field.precision else math.inf


def half_up(number: Decimal, scale: int) -> float:
    """The platform's tie-breaking: 12.345 → 12.35, −12.345 → −12.34."""
    unit = Decimal(1).scaleb(-scale)
    return float((number / unit + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


def _integer(field: Field, value: str) -> int:
    number = _number(field, value)
    return int(number)


def _date(field: Field, value: str) -> str:
    moment = _day(value.strip())
    if moment is None:
        raise _wrong_type(field, value)
    day = moment.isoformat()
    if not _EARLIEST <= day <= _LATEST:
        shown = moment.strftime("%a %b %d 00:00:00 GMT ") + f"{moment.year:04d}"
        raise UnfitError("FIELD_INTEGRITY_EXCEPTION", f"{field.label}: invalid date: {shown}")
    return day


@lru_cache(maxsize=1 << 15)  # a load names the same days again and again
def _plain_day(text: str) -> str | None:
    """A day in the years the platform knows, written as it is stored; None for anything else."""
    return text if len(text) == 10 and _EARLIEST <= text <= _LATEST and _day(text) else None


def _day(text: str) -> date | None:
    """The day of a date, or of a moment that begins with one; None when it is neither."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        if len(text) > 10:
            datetime.fromisoformat(text)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _datetime(field: Field, value: str) -> str:
    """Whole seconds: the platform drops the rest as it saves."""
    text = value.strip()
    try:
        if len(text) < 10 or text[4] != "-":
            raise ValueError
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong_type(field, value) from None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _reference(field: Field, value: str) -> str | None:
    """18 characters are taken as they are: whether there is such a record is asked next, and only then is spelling told."""
    text = value.strip()
    if not text:
        return None
    if len(text) == 18 and text.isalnum() and text.isascii():
        return text
    found = ids.normalized(text)
    if found is None:
        raise UnfitError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}")
    return found


_NUMBERS = ("double", "currency", "percent", "int")
_CONVERTERS: dict[str, Callable[[Field, str], Any]] = {
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "int": _integer,
    "date": _date,
    "datetime": _datetime,
    "reference": _reference,
    "id": _reference,
}
# For a whole column in which nothing is out of the ordinary; None when something is.
_QUICK: dict[Callable[[Field, str], Any], Callable[[Field, list[Any]], list[Any] | None]] = {
    _text: _plain_text,
    _email: _plain_email,
    _reference: _plain_reference,
    _number: _plain_number,
    _date: _plain_date,
}


def _converter(field: Field) -> Callable[[Field, str], Any]:
    return _CONVERTERS.get(field.type, _text)


def distinct(values: Sequence[Any]) -> set[Any]:
    """The values that are there: neither null nor unset."""
    found = set(values)
    found.discard(None)
    found.discard(UNSET)
    return found
