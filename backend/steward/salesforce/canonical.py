"""One text for one value: so that what was sent, what the org holds and what is hashed can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from steward.errors import InputError
from steward.salesforce.terms import Write, WriteField

NUMBERS = frozenset({"double", "currency", "percent", "int"})
BETWEEN = "\x1e"  # two fields' texts in what is hashed
_PLUS_ZERO = "+0000"
_SPACES = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
                            0x202F, 0x205F, 0x3000)))  # fmt: skip  # what str.strip takes away


def render(field: WriteField, value: Any) -> str:
    """The canonical text of a value, "" for null: fixed decimals, ISO dates, UTC to the second, `true` and `false`."""
    if value is None or value == "" or value != value:  # noqa: PLR0124 NaN
        return ""
    if field.type in NUMBERS:
        return _number(field, value)
    if field.type == "boolean":
        return "true" if str(value).lower() in ("true", "1") else "false"
    if field.type == "datetime":
        return _moment(field, value)
    if field.type == "date":
        return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _number(field: WriteField, value: Any) -> str:
    try:
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    except InvalidOperation:
        raise InputError(f"{field.name} is {value!r}, not a number.", "Correct the value.") from None
    return format(abs(exact) if exact.is_zero() else exact, "f")


def _moment(field: WriteField, value: Any) -> str:
    if not isinstance(value, datetime):
        text = str(value).removesuffix(_PLUS_ZERO)
        value = datetime.fromisoformat(text if text == str(value) else f"{text}+00:00")
    if value.tzinfo is None:
        raise InputError(f"{field.name} is {value}, without a time zone.", "Give it in UTC.")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def json_value(field: WriteField, value: Any) -> Any:
    """The value for a REST body: null, a boolean, a number, or canonical text."""
    text = render(field, value)
    if not text:
        return None
    if field.type in NUMBERS:
        return float(text) if field.scale else int(text)
    return text == "true" if field.type == "boolean" else text


def content_hash(write: Write, row: Mapping[str, Any]) -> str:
    """32 hexadecimal digits over the hashed fields of a row, in the contract's order; an absent field counts as null.

    What is said is hashed by itself, and once more with whom it is said of: many donors are told the same.
    """
    whose, said = ([render(field, row.get(field.name)) for field in some] for some in parted(write))
    return _digest([*whose, _digest(said)])


def parted(write: Write) -> tuple[list[WriteField], list[WriteField]]:
    """Of what is hashed: the references, and what is said."""
    return [field for field in write.hashed if field.to], [field for field in write.hashed if not field.to]


def _digest(cells: Sequence[str]) -> str:
    return hashlib.md5(BETWEEN.join(cells).encode(), usedforsecurity=False).hexdigest()


def hash_sql(write: Write, named: Mapping[str, str]) -> str:
    """`content_hash` as a DuckDB expression over columns named as the fields, or as `named` says: the same digits."""
    whose, said = ([render_sql(field, named) for field in some] for some in parted(write))
    return _digest_sql([*whose, _digest_sql(said)])


def _digest_sql(cells: Sequence[str]) -> str:
    return f"md5(concat_ws(chr({ord(BETWEEN)}), {', '.join(cells)}))"


def render_sql(field: WriteField, named: Mapping[str, str]) -> str:
    """`render` in SQL, for values as profiles are kept (night/scored.py) and as the org's own CSV says them; times are text."""
    column = named.get(field.name, f'"{field.name}"')
    if field.type in NUMBERS:
        number, exact = f"CAST({column} AS DOUBLE)", f"CAST(CAST({column} AS VARCHAR) AS DECIMAL(38, {field.scale}))"
        # By way of text, as in `_number`: 2.675 is meant, not the binary fraction a little below it. Most numbers have no more
        # places than the field; up to 15 digits the way over binary is exact, and a quarter as dear.
        short = f"TRY_CAST({column} AS DECIMAL(15, {field.scale}))"
        return (
            f"coalesce(CASE WHEN CAST({short} AS DOUBLE) = {number} THEN CAST({short} AS VARCHAR) "
            f"WHEN NOT isnan({number}) THEN CAST({exact} AS VARCHAR) END, '')"
        )
    if field.type == "boolean":
        return f"coalesce(CAST({column} AS VARCHAR), '')"
    if field.type == "date":
        return f"coalesce(left({column}, 10), '')"
    # Few texts have anything to mend, and looking is ten times as cheap as mending.
    mended = f"trim(replace(replace({column}, chr(13) || chr(10), chr(10)), chr(13), chr(10)), '{_SPACES}')"
    edges = " OR ".join(f"contains('{_SPACES}', ({column})[{end}])" for end in (1, -1))
    return f"coalesce(CASE WHEN {edges} OR contains({column}, chr(13)) THEN {mended} ELSE {column} END, '')"


def with_references(row: Mapping[str, Any]) -> dict[str, Any]:
    """A profile row of the core with the fields that name its donor and giving unit, still as pseudonyms."""
    fields = {name: value for name, value in row.items() if name not in ("contact_id", "unit_id")}
    contact, unit = row["contact_id"], row["unit_id"]
    alone = unit == contact  # a Contact without an Account is a unit of its own
    return fields | {"Donor_Id__c": contact, "Contact__c": contact, "Giving_Unit__c": None if alone else unit}
