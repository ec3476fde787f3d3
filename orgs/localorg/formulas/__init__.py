"""Formula fields: parse, check as the platform does on save, compile to SQLite."""

from __future__ import annotations

from datetime import UTC, datetime

from localorg.errors import ApiError
from localorg.formulas.ast import FormulaError, Node
from localorg.formulas.compiler import PRIOR, Compiler
from localorg.formulas.globals import GLOBALS, PERMISSION
from localorg.formulas.parser import parse
from localorg.formulas.values import BOOLEAN, DATE, DATETIME, NULL, NUMBER, Moment, Resolve, Value, as_text, type_of
from localorg.model import NUMBER_TYPES, Field, Schema, SObject

__all__ = [
    "GLOBALS",
    "PERMISSION",
    "PRIOR",
    "FormulaError",
    "Node",
    "check",
    "condition_sql",
    "field_sql",
    "parse",
    "to_sql",
    "unsupported",
]

MAX_SPAN = 10
_ALIAS = "x"


def to_sql(node: Node, resolve: Resolve, now: datetime | None = None, time_zone: str = "UTC") -> str:
    """SQL of a formula. Raises FormulaError where its types do not fit."""
    return Compiler(resolve, Moment(now or datetime.now(UTC), time_zone)).compile(node).sql


def field_sql(
    field: Field, resolve: Resolve, now: datetime, time_zone: str = "UTC", schema: Schema | None = None
) -> str:
    """SQL of a formula field's value, of the field's own type; NULL for a formula that cannot be worked out here."""
    try:
        compiler = Compiler(resolve, Moment(now, time_zone), schema, blanks_as_zero=field.blanks_as_zero)
        return _shaped(compiler.compile(parse(field.formula or "")), field)
    except (FormulaError, ApiError):
        return "NULL"


def condition_sql(formula: str, resolve: Resolve, now: datetime, time_zone: str, schema: Schema) -> str:
    """SQL of a rule's condition, 0 where a blank leaves it open. Raises FormulaError."""
    value = Compiler(resolve, Moment(now, time_zone), schema).compile(parse(formula))
    return f"coalesce({value.sql}, 0)"


def _shaped(value: Value, field: Field) -> str:
    if field.type == "boolean":
        return f"coalesce({value.sql}, 0)"
    if field.type == "int":
        return f"CAST({value.sql} AS INTEGER)"
    if field.type in NUMBER_TYPES:
        return f"round({value.sql}, {field.scale})"
    if field.type in ("date", "datetime", "id", "reference"):
        return value.sql
    return f"nullif({as_text(value)}, '')" if value.is_text else f"nullif({value.sql}, '')"


def check(field: Field, sobject: SObject, schema: Schema) -> None:
    """Refuse a formula field the platform would not save: unknown names, wrong types, a wrong result, a circle."""
    resolve = _checking(schema, sobject, (f"{sobject.name}.{field.name}".lower(),), in_rule=not field.custom)
    value = Compiler(resolve, Moment(datetime.now(UTC)), schema).compile(parse(field.formula or ""))
    expected = type_of(field)
    fits = value.type in (expected, NULL) or (value.is_text and expected not in (NUMBER, BOOLEAN, DATE, DATETIME))
    if not fits:
        raise FormulaError(
            f"Formula result is data type ({value.type}), incompatible with expected data type ({expected})."
        )


def _checking(schema: Schema, sobject: SObject, seen: tuple[str, ...], *, in_rule: bool = False) -> Resolve:
    """Resolves by the schema alone and follows formulas into formulas, so that a circle is found.

    A rule (anything but a formula field) may also ask what the save changes.
    """

    def resolve(path: tuple[str, ...]) -> tuple[str, Field]:
        if path[0] == PERMISSION and len(path) == 2:
            return "0", Field(path[1], "boolean")
        if path[0] == PRIOR:
            if not in_rule:
                raise FormulaError("ISNEW(), ISCHANGED() and PRIORVALUE() may not be used in this type of formula.")
            path = path[1:]
        owner = schema[GLOBALS[path[0]]] if path[0] in GLOBALS else sobject
        for step in path[path[0] in GLOBALS : -1]:
            reference = owner.parent(step)
            found = schema.get(reference.reference_to[0]) if reference and reference.reference_to else None
            if found is None:
                raise FormulaError(f"Field {'.'.join(path)} does not exist. Check spelling.")
            owner = found
        field = owner.get(path[-1])
        if field is None or len(path) > MAX_SPAN:
            raise FormulaError(f"Field {'.'.join(path)} does not exist. Check spelling.")
        if field.formula:
            _follow(schema, owner, field, seen)
        return f'{_ALIAS}."{field.name}"', field

    return resolve


def _follow(schema: Schema, owner: SObject, field: Field, seen: tuple[str, ...]) -> None:
    name = f"{owner.name}.{field.name}".lower()
    if name in seen:
        raise FormulaError(f"Field {field.name} may not reference itself, directly or through another formula field.")
    Compiler(_checking(schema, owner, (*seen, name)), Moment(datetime.now(UTC)), schema).compile(
        parse(field.formula or "")
    )


def unsupported(schema: Schema) -> list[str]:
    """`Object.Field: why` for every formula field that reads as null because it cannot be worked out here."""
    found = []
    for sobject in schema:
        for field in sobject:
            if field.formula:
                try:
                    check(field, sobject, schema)
                except FormulaError as problem:
                    found.append(f"{sobject.name}.{field.name}: {problem}")
    return found
