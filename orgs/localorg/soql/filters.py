"""Which rows a query sees: the recycle bin, sharing, USING SCOPE, WHERE with its semi-joins."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from localorg.errors import QueryError
from localorg.soql import ast, clauses, refusals, values
from localorg.soql.scope import Column, Scope
from localorg.soql.where import Conditions

TEAMS = frozenset({"Account", "Opportunity"})


def filters(scope: Scope, query: ast.Query, *, nested: bool = False) -> list[str]:
    """SQL conditions that all hold. A `nested` query may not hold another semi-join."""
    found = []
    context, base = scope.context, scope.base
    if scope.sobject.get("IsDeleted") and not (context.all_rows or query.all_rows):
        found.append(f'{base.alias}."IsDeleted" = 0')
    if shared := context.record_filter(scope.sobject, base.alias):
        found.append(f"({shared})")
    found.extend(_user_scope(scope, name) for name in query.scopes if name.lower() != "everything")
    if query.where:
        semi_join = None if nested else lambda condition, column: _semi_join(scope, condition, column)
        found.append(Conditions(scope, clauses.columns_of(scope), semi_join).compile(query.where))
    return found


def _user_scope(scope: Scope, name: str) -> str:
    """The records of a scope, as describe's `supportedScopes` lists them: this org has no territories and no delegation.

    Nobody is in an account team here, so a team's records are the user's own; recent ones were given FOR VIEW.
    """
    owned = scope.sobject.get("OwnerId") is not None
    wanted = name.lower()
    if wanted == "mine" or (wanted == "team" and scope.sobject.name in TEAMS):
        if owned:
            return f'{scope.base.alias}."OwnerId" = {scope.bind(scope.context.user.id)}'
    elif wanted == "mru" and scope.sobject.get("LastViewedDate") is not None:
        return f'{scope.base.alias}."LastViewedDate" IS NOT NULL'
    raise QueryError("INVALID_QUERY_SCOPE", f"The scope '{name}' is not supported for {scope.sobject.name}")


def _semi_join(outer: Scope, condition: ast.SemiJoin, left: Column) -> str:
    query = condition.query
    clauses.check(query)
    inner = clauses.open_scope(query, outer.environment)
    selected = clauses.columns_of(inner)(condition.selected)
    _check_semi_join(outer, inner, left, selected, condition.left.at)
    rows = [*filters(inner, query, nested=True), f"{selected.sql} IS NOT NULL"]
    sql = f"{left.sql} IN (SELECT {selected.sql} FROM {inner.from_sql}{clauses.where(rows)})"
    return f"({sql}) IS NOT 1" if condition.negated else sql


def _check_semi_join(outer: Scope, inner: Scope, left: Column, selected: Column, at: int) -> None:
    for column in (left, selected):
        if column.field.type not in values.ID_TYPES:
            message = f"semi join sub-selects can only query id fields, cannot use: '{column.name}'"
            raise refusals.malformed(message, outer.text, at)
    if left.field.type == selected.field.type == "id" and inner.sobject is outer.sobject:
        message = "The inner and outer selects should not be on the same object type"
        raise refusals.malformed(message, outer.text, at)
    if not _targets(left) & _targets(selected):
        message = (
            f"The selected field '{selected.name}' in the subquery and the left operand field in the where expression "
            f"in the outer query '{left.name}' should point to the same object type"
        )
        raise refusals.malformed(message, outer.text, at)


def _targets(column: Column) -> set[str]:
    """What an id may be the id of."""
    if column.field.type == "reference":
        return set(column.field.reference_to)
    return {column.table.sobject.name} if column.table.sobject else {one.name for one in column.table.targets}
