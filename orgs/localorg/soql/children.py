"""SELECT lists with their parent → child subqueries: one statement a relationship, whatever the number of parents."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from localorg.model import Field, SObject
from localorg.soql import ast, clauses, refusals
from localorg.soql.environment import Environment
from localorg.soql.filters import filters
from localorg.soql.grouping import is_grouped
from localorg.soql.plan import ChildPlan, Statement
from localorg.soql.scope import Scope
from localorg.soql.selection import Selection
from localorg.store import quote

MAX_DEPTH = 4
MAX_CHILDREN = 20


def select(scope: Scope, query: ast.Query, depth: int = 0) -> tuple[Selection, tuple[ChildPlan, ...]]:
    selection = Selection(scope, query)
    children: list[ChildPlan] = []
    for item in query.items:
        match item:
            case ast.Item():
                selection.item(item)
            case ast.TypeOf():
                selection.type_of(item)
            case ast.Child():
                plan = _child(scope, item.query, depth + 1)
                selection.child(plan.key)
                children.append(plan)
    if len(children) > MAX_CHILDREN:
        raise refusals.malformed(f"The number of sub-queries exceeds the limit of {MAX_CHILDREN}.")
    return selection, tuple(children)


def _child(parent: Scope, query: ast.Query, depth: int) -> ChildPlan:
    clauses.check(query)
    if query.is_count or is_grouped(query):
        raise refusals.malformed("only root queries support aggregate expressions")
    if depth > MAX_DEPTH:
        raise refusals.malformed(
            f"SOQL statements cannot query aggregate relationships more than {MAX_DEPTH} levels away "
            "from the root entity object."
        )
    sobject, reference = _relationship(parent, query)
    environment = Environment(parent.context, parent.environment.formula_sql)
    scope = Scope(sobject, environment, query)
    key = f"{scope.base.alias}.{quote(reference.name)}"
    rows = [f"{key} IN (SELECT value FROM json_each(:parents))", *filters(scope, query)]
    selection, children = select(scope, query, depth)
    order = clauses.order_by(scope, query, clauses.columns_of(scope))
    columns = [*selection.columns.sql, key]
    source = f"FROM {scope.from_sql}{clauses.where(rows)}"
    if query.limit is None and query.offset is None:
        sql = f"SELECT {', '.join(columns)} {source}{order}"
    else:
        sql = _numbered(columns, source, order, query)
    name = parent.context.shown(reference.child_relationship_name or query.sources[0].path)
    return ChildPlan(name, Statement(sql, environment.values), selection.shape, children)


def _relationship(parent: Scope, query: ast.Query) -> tuple[SObject, Field]:
    source = query.sources[0]
    name = ".".join(parent.expand(source.path))
    spellings = parent.context.spellings(name)
    found = next((one for each in spellings if (one := parent.context.schema.child(parent.sobject, each))), None)
    if found is None or not parent.context.visible(found[0]) or not parent.context.readable(*found):
        raise refusals.no_such_child(name, query.text, source.at)
    return found


def _numbered(columns: list[str], source: str, order: str, query: ast.Query) -> str:
    """LIMIT and OFFSET count for each parent, whose id is the last column, by itself."""
    named = [f"{sql} AS c{index}" for index, sql in enumerate(columns)]
    shown = ", ".join(f"c{index}" for index in range(len(columns)))
    first = query.offset or 0
    last = f" AND n <= {first + query.limit}" if query.limit is not None else ""
    numbered = f"ROW_NUMBER() OVER (PARTITION BY {columns[-1]}{order}) AS n"
    return f"SELECT {shown} FROM (SELECT {', '.join(named)}, {numbered} {source}) WHERE n > {first}{last} ORDER BY n"
