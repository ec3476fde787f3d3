"""Turn what a client sent into what the table holds, a column at a time, or say what is wrong in the platform's words.

CSV is text where an empty cell means unchanged and `#N/A` means null; JSON carries types. Each distinct value of a
column is looked at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from localorg import ids, plain
from localorg.batch import UNSET, Batch
from localorg.errors import ApiError
from localorg.model import Field
from localorg.plain import EARLIEST, EMAIL, LATEST, NULL

_JSON_TOKENS = {
    bool: "VALUE_TRUE",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    dict: "START_OBJECT",
    list: "START_ARRAY",
}


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
    if (quick := plain.column(field, values)) is not None:
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
    shown = json.dumps(value)[:1] if isinstance(value, dict | list) else json.dumps(value).strip('"')
    message = (
        f"Cannot deserialize instance of {kind} from {found} value {shown} or request may be missing a required field "
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
    if text and not EMAIL.match(text):
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
    scale = plain.scale(field)
    if round(number, scale) != number:
        number = half_up(Decimal(value.strip()), scale)
    if abs(number) >= plain.bound(field):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise UnfitError("NUMBER_OUTSIDE_VALID_RANGE", message)
    return number


def half_up(number: Decimal, scale: int) -> float:
    """The platform's tie-breaking: 12.345 → 12.35, −12.345 → −12.34."""
    unit = Decimal(1).scaleb(-scale)
    return float((number / unit + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit)


def _integer(field: Field, value: str) -> int:
    number = _number(field, value)
    return int(number)


def _date(field: Field, value: str) -> str:
    moment = plain.day(value.strip())
    if moment is None:
        raise _wrong_type(field, value)
    day = moment.isoformat()
    if not EARLIEST <= day <= LATEST:
        shown = moment.strftime("%a %b %d 00:00:00 GMT ") + f"{moment.year:04d}"
        raise UnfitError("FIELD_INTEGRITY_EXCEPTION", f"{field.label}: invalid date: {shown}")
    return day


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


def _converter(field: Field) -> Callable[[Field, str], Any]:
    return _CONVERTERS.get(field.type, _text)


def distinct(values: Sequence[Any]) -> set[Any]:
    """The values that are there: neither null nor unset."""
    found = set(values)
    found.discard(None)
    found.discard(UNSET)
    return found
