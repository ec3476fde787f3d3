"""ast.Query → Plan. Raises QueryError where the platform would refuse the query."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from localorg import formulas
from localorg.context import Context
from localorg.errors import QueryError
from localorg.model import Field, SObject
from localorg.soql import aggregates, ast, children, clauses, refusals
from localorg.soql.environment import Environment, FormulaSql, Resolve
from localorg.soql.filters import filters
from localorg.soql.grouping import is_grouped
from localorg.soql.plan import Plan, Statement
from localorg.soql.scope import Scope


def org_formulas(context: Context) -> FormulaSql:
    """Formula fields by the org's own formula compiler, at the query's own time."""

    def sql(sobject: SObject, field: Field, resolve: Resolve) -> str:
        return formulas.field_sql(field, resolve, context.now, context.user.time_zone, context.schema)

    return sql


def compile_query(query: ast.Query, context: Context, formula_sql: FormulaSql | None = None) -> Plan:
    clauses.check(query)
    if context.bulk:
        _check_bulk(query)
    scope = clauses.open_scope(query, Environment(context, formula_sql or org_formulas(context)))
    rows = filters(scope, query)
    if query.is_count:
        return _counted(scope, query, rows)
    if is_grouped(query):
        return aggregates.plan(scope, query, rows)
    return _plain(scope, query, rows)


def _check_bulk(query: ast.Query) -> None:
    if any(isinstance(item, ast.Child) for item in query.items):
        raise QueryError("API_ERROR", "Aggregate Relationships not supported in Bulk V2 Query with CSV content type")
    refused = {
        "Aggregate queries": query.is_count or is_grouped(query),
        "OFFSET": query.offset is not None,
        "TYPEOF": any(isinstance(item, ast.TypeOf) for item in query.items),
    }
    for what, found in refused.items():
        if found:
            raise QueryError("API_ERROR", f"{what} not supported in Bulk Query")


def _counted(scope: Scope, query: ast.Query, rows: list[str]) -> Plan:
    if query.grouping or query.order:
        clause = "GROUP BY" if query.grouping else "ORDER BY"
        raise refusals.malformed(f"{clause} is not allowed with COUNT(); use COUNT(Id)")
    counting = _counting(scope, query, rows)
    return Plan(scope.sobject, (), counting, counting, counting, None, is_count=True)


def _counting(scope: Scope, query: ast.Query, rows: list[str]) -> Statement:
    """How many rows there are. Compiled before SELECT adds its joins, so that only WHERE's parents are joined."""
    source = f"FROM {scope.from_sql}{clauses.where(rows)}"
    if query.limit is None and query.offset is None:
        return Statement(f"SELECT COUNT(*) {source}", scope.environment.values)
    return Statement(f"SELECT COUNT(*) FROM (SELECT 1 {source}{clauses.window(query)})", scope.environment.values)


def _plain(scope: Scope, query: ast.Query, rows: list[str]) -> Plan:
    counting = _counting(scope, query, rows)
    selection, subqueries = children.select(scope, query)
    order = clauses.order_by(scope, query, clauses.columns_of(scope))
    rest = f"FROM {scope.from_sql}{clauses.where(rows)}{order}{clauses.window(query)}"
    bound = scope.environment.values
    return Plan(
        scope.sobject,
        tuple(selection.headers),
        Statement(f"SELECT {', '.join(selection.columns.sql)} {rest}", bound),
        Statement(f"SELECT {', '.join(selection.flat) or 'NULL'} {rest}", bound),
        counting,
        selection.shape,
        children=subqueries,
        tracking=query.tracking,
    )
