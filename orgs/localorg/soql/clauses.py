"""The pieces every statement is put together from: FROM, ORDER BY, LIMIT, and what they refuse."""

from __future__ import annotations

from localorg.context import Context
from localorg.errors import QueryError
from localorg.model import COMPOUND_TYPES, Field
from localorg.soql import ast, functions, geography, refusals, values
from localorg.soql.environment import Environment
from localorg.soql.scope import Column, Scope
from localorg.soql.where import Expressions

MAX_OFFSET = 2000
_UNSORTED = COMPOUND_TYPES | {"multipicklist", "base64", "encryptedstring"}
_MODES = frozenset({"USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED"})  # the local org always enforces the user's rights


def check(query: ast.Query) -> None:
    if query.offset is not None and query.offset > MAX_OFFSET:
        raise QueryError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
    for number in (query.limit, query.offset):
        if number is not None and number < 0:
            raise refusals.malformed(f"unexpected token: '{number}'")
    for mode in query.modes:
        if mode not in _MODES:
            raise refusals.malformed(f"unexpected token: '{mode}'")


def open_scope(query: ast.Query, environment: Environment) -> Scope:
    source = query.sources[0]
    context: Context = environment.context
    sobject = next((one for name in context.spellings(source.path) if (one := context.schema.get(name))), None)
    if sobject is None or not sobject.queryable or not context.visible(sobject):
        raise refusals.no_such_object(source.path, query.text, source.at)
    if query.data_categories:
        raise refusals.malformed(f"{sobject.name} has no data categories and no divisions to filter by")
    return Scope(sobject, environment, query)


def columns_of(scope: Scope) -> Expressions:
    """Fields and scalar functions of a query that does not group."""

    def column(expression: ast.Expression) -> Column:
        match expression:
            case ast.FieldRef():
                return scope.resolve(expression)
            case ast.Call():
                return functions.apply(scope, expression)
            case ast.Distance():
                return geography.distance(scope, expression)

    return column


def order_by(scope: Scope, query: ast.Query, columns: Expressions) -> str:
    terms = [order_term(scope, one, columns(one.expression)) for one in query.order]
    return " ORDER BY " + ", ".join(terms) if terms else ""


def order_term(scope: Scope, order: ast.Order, column: Column) -> str:
    """Missing values come first unless the query says otherwise, in either direction (SOQL Reference, ORDER BY)."""
    field = column.field
    if field.type in _UNSORTED or field.long_text:
        message = f"field '{field.name}' can not be sorted in a query call"
        raise refusals.invalid_field(message, scope.text, order.expression.at)
    direction = " DESC" if order.descending else ""
    nulls = f" NULLS {order.nulls or 'FIRST'}" if order.descending or order.nulls == "LAST" else ""
    folded = " COLLATE NOCASE" if values.family(field) == "text" and not field.case_sensitive else ""
    term = f"{column.sql}{folded}{direction}{nulls}"
    if field.type == "picklist" and field.picklist:
        return f"{_position(column.sql, field)}{direction}{nulls}, {term}"
    return term


def _position(sql: str, field: Field) -> str:
    """Picklists sort in the order of their values in setup; values that are no longer there come after those."""
    quoted = [one.value.replace("'", "''") for one in field.picklist]
    cases = " ".join(f"WHEN '{value}' THEN {position}" for position, value in enumerate(quoted))
    return f"CASE WHEN {sql} IS NOT NULL THEN CASE {sql} {cases} ELSE {len(quoted)} END END"


def where(filters: list[str]) -> str:
    return " WHERE " + " AND ".join(filters) if filters else ""


def window(query: ast.Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    offset = f" OFFSET {query.offset}" if query.offset else ""
    return f" LIMIT {-1 if query.limit is None else query.limit}{offset}"
