"""Aggregate queries: GROUP BY with ROLLUP and CUBE, HAVING, and the keys of an AggregateResult."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from localorg.model import NUMBER_TYPES, Field
from localorg.soql import ast, functions, refusals, rendering
from localorg.soql.rendering import Convert
from localorg.soql.scope import Column, Scope
from localorg.soql.selection import ungrouped
from localorg.soql.where import Conditions

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
MAX_CUBE_FIELDS = 3
_NOT_AGGREGATED = frozenset({
    "boolean", "textarea", "multipicklist", "address", "location", "base64", "encryptedstring", "anyType",
})  # fmt: skip
_NOT_GROUPED = _NOT_AGGREGATED - {"boolean"} | {"double", "currency", "percent", "datetime"}


def is_grouped(query: ast.Query) -> bool:
    return query.grouping is not None or any(
        isinstance(item, ast.Item) and _has_aggregate(item.expression) for item in query.items
    )


def _has_aggregate(expression: ast.Expression | ast.FieldRef | ast.Call) -> bool:
    while isinstance(expression, ast.Call):
        if expression.name in AGGREGATES:
            return True
        expression = expression.argument
    return False


@dataclass(frozen=True)
class Result:
    """One key of an AggregateResult."""

    key: str
    expression: ast.FieldRef | ast.Call
    convert: Convert | None
    type: str  # of the values, as a field's; `average` for AVG


class Grouping:
    """Resolves expressions of an aggregate query. `active` are the grouped columns of the present grouping set."""

    def __init__(self, scope: Scope, query: ast.Query) -> None:
        self.scope = scope
        self.text = scope.text
        self.query = query
        self.kind = query.grouping.kind if query.grouping else "PLAIN"
        self.grouped = [self.grouped_column(one) for one in query.grouping.fields] if query.grouping else []
        self.sql = [column.sql for column in self.grouped]
        self.active = set(self.sql)
        if self.kind != "PLAIN" and len(self.grouped) > MAX_CUBE_FIELDS:
            raise refusals.malformed(f"Group By {self.kind.title()} supports at most {MAX_CUBE_FIELDS} fields")

    def sets(self) -> Iterator[list[str]]:
        """The grouping sets, finest first."""
        if self.kind == "PLAIN":
            yield self.sql
        elif self.kind == "ROLLUP":
            for size in range(len(self.sql), -1, -1):
                yield self.sql[:size]
        else:
            for size in range(len(self.sql), -1, -1):
                yield from (list(chosen) for chosen in combinations(self.sql, size))

    def grouped_column(self, expression: ast.Expression) -> Column:
        if isinstance(expression, ast.Distance):
            raise ungrouped(expression.field, self.text)
        if isinstance(expression, ast.Call):
            return functions.apply(self.scope, expression)
        column = self.scope.resolve(expression)
        field = column.field
        if field.type in _NOT_GROUPED or field.long_text or (field.calculated and field.custom):
            message = f"field '{column.name}' can not be grouped in a query call"
            raise refusals.invalid_field(message, self.text, expression.at)
        return column

    def column(self, expression: ast.Expression) -> Column:
        """A grouped or aggregated column, NULL where the present grouping set leaves it out."""
        if isinstance(expression, ast.Distance):
            raise ungrouped(expression.field, self.text)
        if isinstance(expression, ast.Call):
            if expression.name in AGGREGATES:
                return self.aggregate(expression)
            if expression.name == "GROUPING":
                return self.indicator(expression)
            if expression.name == "FORMAT":
                return functions.formatted(self.scope, self.column(expression.argument))
            if expression.name == "FIELDS":
                raise self.fields_refused(expression)
            column = functions.apply(self.scope, expression)
        else:
            column = self.scope.resolve(expression)
        if column.sql not in self.sql:
            raise ungrouped(expression, self.text)
        if column.sql in self.active:
            return column
        return Column("NULL", column.field, column.table, column.name)

    def aggregate(self, call: ast.Call) -> Column:
        inner = call.argument
        column = functions.apply(self.scope, inner) if isinstance(inner, ast.Call) else self.scope.resolve(inner)
        field, sql = column.field, column.sql
        numeric = field.type in NUMBER_TYPES
        if field.type in _NOT_AGGREGATED or field.long_text or (call.name in ("SUM", "AVG") and not numeric):
            message = f"field {column.name} does not support aggregate operator {call.name}"
            raise refusals.malformed(message, self.text, inner.at)
        if sql in self.sql:
            raise refusals.malformed(f"Grouped field should not be aggregated: {column.name}", self.text, inner.at)
        kind = field
        match call.name:
            case "COUNT":
                sql, kind = f"COUNT({sql})", Field(column.name, "int")
            case "COUNT_DISTINCT":
                sql, kind = f"COUNT(DISTINCT {sql})", Field(column.name, "int")
            case "AVG":
                sql, kind = f"AVG({sql})", Field(column.name, "double", scale=field.scale)
            case "SUM":
                sql = f"SUM({sql})" if field.type == "int" else f"ROUND(SUM({sql}), {max(field.scale, 2)})"
            case _:
                sql = f"{call.name}({sql})"
        return Column(sql, kind, column.table, column.name)

    def indicator(self, call: ast.Call) -> Column:
        """GROUPING(): 1 in a subtotal over the field."""
        inner = call.argument
        column = functions.apply(self.scope, inner) if isinstance(inner, ast.Call) else self.scope.resolve(inner)
        if column.sql not in self.sql or self.kind == "PLAIN":
            raise ungrouped(inner, self.text)
        return Column(str(int(column.sql not in self.active)), Field("", "int"), column.table, column.name)

    def fields_refused(self, call: ast.Call) -> Exception:
        grouped = {column.field.name for column in self.grouped}
        first = next((one.name for one in self.scope.sobject if one.name not in grouped), "Id")
        return refusals.malformed(f"Field must be grouped or aggregated: {first}", self.text, call.at)

    def results(self) -> list[Result]:
        results: list[Result] = []
        unnamed, seen = 0, set()
        for item in self.query.items:
            if not isinstance(item, ast.Item):
                raise refusals.malformed("Grouped queries cannot have sub-selects or TYPEOF")
            expression = item.expression
            if isinstance(expression, ast.Distance):
                raise ungrouped(expression.field, self.text)
            column = self.column(expression)
            key = item.alias or column.name
            if item.alias is None and isinstance(expression, ast.Call):
                key, unnamed = f"expr{unnamed}", unnamed + 1
            if key.lower() in seen:
                raise refusals.malformed(f"duplicate alias: {key}")
            seen.add(key.lower())
            averaged = isinstance(expression, ast.Call) and expression.name == "AVG"
            kind = "average" if averaged else column.field.type
            results.append(Result(key, expression, rendering.converter(column.field), kind))
        return results

    def select(self, result: Result) -> str:
        column = self.column(result.expression)
        return rendering.json_sql(column.sql, column.field)

    def having(self) -> str | None:
        return Conditions(self.scope, self.column).compile(self.query.having) if self.query.having else None
