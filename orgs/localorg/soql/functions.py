"""SOQL's functions of one value: parts of dates, labels, currencies. Aggregates live in `grouping`."""

from __future__ import annotations

from localorg.model import NUMBER_TYPES, Field
from localorg.soql import ast, refusals
from localorg.soql.scope import Column, Scope
from localorg.soql.sqlfunctions import FORMAT, LOCAL

_INT = Field("", "int")
_DATE = Field("", "date")
# {0} is a text that starts `YYYY-MM-DD` (and `THH` for hours).
_MONTH = "CAST(substr({0}, 6, 2) AS INTEGER)"
_YEAR = "CAST(substr({0}, 1, 4) AS INTEGER)"
_DAY = "CAST(substr({0}, 9, 2) AS INTEGER)"
_DAY_OF_YEAR = "CAST(strftime('%j', substr({0}, 1, 10)) AS INTEGER)"
DATE_PARTS = {
    "CALENDAR_MONTH": _MONTH,
    "CALENDAR_QUARTER": f"({_MONTH} + 2) / 3",
    "CALENDAR_YEAR": _YEAR,
    "DAY_IN_MONTH": _DAY,
    "DAY_IN_WEEK": "CAST(strftime('%w', substr({0}, 1, 10)) AS INTEGER) + 1",
    "DAY_IN_YEAR": _DAY_OF_YEAR,
    "DAY_ONLY": "substr({0}, 1, 10)",
    "FISCAL_MONTH": f"({_MONTH} - {{1}} + 12) % 12 + 1",
    "FISCAL_QUARTER": f"(({_MONTH} - {{1}} + 12) % 12) / 3 + 1",
    "FISCAL_YEAR": f"{_YEAR} + ({{1}} > 1 AND {_MONTH} >= {{1}})",
    "HOUR_IN_DAY": "CAST(substr({0}, 12, 2) AS INTEGER)",
    "WEEK_IN_MONTH": f"({_DAY} - 1) / 7 + 1",
    "WEEK_IN_YEAR": f"({_DAY_OF_YEAR} - 1) / 7 + 1",
}
_DATETIME_ONLY = frozenset({"HOUR_IN_DAY", "DAY_ONLY"})
LABEL_TYPES = frozenset({"picklist", "multipicklist", "combobox"})


def apply(scope: Scope, call: ast.Call) -> Column:
    """The column of a scalar function. Raises QueryError."""
    if call.name in DATE_PARTS:
        return date_part(scope, call)
    if call.name == "FORMAT":
        inner = call.argument
        return formatted(scope, apply(scope, inner) if isinstance(inner, ast.Call) else scope.resolve(inner))
    if isinstance(call.argument, ast.FieldRef):
        match call.name:
            case "TOLABEL":
                return label(scope.resolve(call.argument))
            case "CONVERTCURRENCY":
                return currency(scope, call.argument)
            case "CONVERTTIMEZONE":
                raise refusals.malformed(
                    "The convertTimezone function can only be used in a date function", scope.text, call.at
                )
    raise refusals.unexpected(scope.text[call.at : call.at + len(call.name)] + "(", scope.text, call.at)


def date_part(scope: Scope, call: ast.Call) -> Column:
    local = isinstance(call.argument, ast.Call)
    if isinstance(call.argument, ast.Call):
        if call.argument.name != "CONVERTTIMEZONE" or not isinstance(call.argument.argument, ast.FieldRef):
            raise refusals.unexpected(call.argument.name, scope.text, call.argument.at)
        inner = call.argument.argument
    else:
        inner = call.argument
    column = scope.resolve(inner)
    allowed = ("datetime",) if local or call.name in _DATETIME_ONLY else ("date", "datetime")
    if column.field.type not in allowed:
        message = f"field {column.name} does not support function {call.name}"
        raise refusals.malformed(message, scope.text, inner.at)
    argument = f"{LOCAL}({column.sql}, {_text(scope.environment.zone.key)})" if local else column.sql
    sql = DATE_PARTS[call.name].format(argument, scope.environment.calendar.fiscal_start)
    return Column(f"({sql})", _DATE if call.name == "DAY_ONLY" else _INT, column.table, call.name)


def label(column: Column) -> Column:
    """A picklist's value in the user's words."""
    relabelled = [one for one in column.field.picklist if one.label != one.value]
    if column.field.type not in LABEL_TYPES or not relabelled:
        return column
    cases = " ".join(f"WHEN {_text(one.value)} THEN {_text(one.label)}" for one in relabelled)
    sql = f"CASE {column.sql} {cases} ELSE {column.sql} END"
    return Column(sql, Field(column.name, "string"), column.table, column.name)


def currency(scope: Scope, ref: ast.FieldRef) -> Column:
    """In an org of one currency an amount is already in the user's."""
    column = scope.resolve(ref)
    if column.field.type not in NUMBER_TYPES:
        message = f"field {column.name} does not support function convertCurrency"
        raise refusals.malformed(message, scope.text, ref.at)
    return column


def formatted(scope: Scope, column: Column) -> Column:
    """FORMAT(): the value as a person reads it."""
    field = column.field
    scale = field.scale or (2 if field.type == "currency" else 0)
    sql = f"{FORMAT}({column.sql}, {_text(field.type)}, {scale}, {_text(scope.environment.zone.key)})"
    return Column(sql, Field(column.name, "string"), column.table, column.name)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
