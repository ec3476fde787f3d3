"""The statement of an aggregate query: one SELECT a grouping set, together in one result."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from localorg.soql import ast, clauses, refusals
from localorg.soql.grouping import Grouping, Result
from localorg.soql.plan import Plan, Statement
from localorg.soql.scope import Column, Scope


def plan(scope: Scope, query: ast.Query, rows: list[str]) -> Plan:
    if query.grouping is None:
        for clause, number in (("LIMIT", query.limit), ("OFFSET", query.offset)):
            if number is not None:
                raise refusals.malformed(
                    f"Non-grouped query that uses overall aggregate functions cannot also use {clause}"
                )
    grouping = Grouping(scope, query)
    results = grouping.results()
    orders = _orders(grouping, query)
    sets = [_grouping_set(grouping, active, results) for active in grouping.sets()]
    source = f"FROM {scope.from_sql}{clauses.where(rows)}"
    union = " UNION ALL ".join(f"SELECT {columns} {source}{tail}" for columns, tail in sets)
    shown = ", ".join(f"c{index}" for index in range(len(results)))
    sql = f"SELECT {shown} FROM ({union}){orders}{clauses.window(query)}"
    bound = scope.environment.values
    statement = Statement(sql, bound)
    return Plan(
        scope.sobject,
        tuple(one.key for one in results),
        statement,
        statement,
        Statement(f"SELECT COUNT(*) FROM ({sql})", bound),
        None,
        keys=tuple((one.key, one.convert) for one in results),
        types={one.key: one.type for one in results},
    )


def _grouping_set(grouping: Grouping, active: list[str], results: list[Result]) -> tuple[str, str]:
    """The columns and the tail of one grouping set's SELECT; `o0`, `o1`, … are what the whole is sorted by."""
    grouping.active = set(active)
    columns = [f"{grouping.select(one)} AS c{index}" for index, one in enumerate(results)]
    columns += [f"{grouping.column(one.expression).sql} AS o{index}" for index, one in enumerate(grouping.query.order)]
    # A total over everything is one row, and none where there are no rows.
    kept = ["COUNT(*) > 0"] if grouping.sql and not active else []
    if having := grouping.having():
        kept.append(having)
    tail = f" GROUP BY {', '.join(active)}" if active else ""
    if kept:
        tail += f" HAVING {' AND '.join(kept)}"
    return ", ".join(columns), tail


def _orders(grouping: Grouping, query: ast.Query) -> str:
    terms = []
    for index, order in enumerate(query.order):
        column = grouping.column(order.expression)
        named = Column(f"o{index}", column.field, column.table, column.name)
        terms.append(clauses.order_term(grouping.scope, order, named))
    return " ORDER BY " + ", ".join(terms) if terms else ""
