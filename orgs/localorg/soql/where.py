"""Conditions → SQL. A missing value makes a comparison false, and its negation true, as on the platform."""

# ruff: noqa: S608 (names come from the schema, values are bound)

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from localorg.errors import QueryError
from localorg.model import COMPOUND_TYPES
from localorg.soql import ast, geography, refusals, values
from localorg.soql.scope import Column, Scope
from localorg.soql.sqlfunctions import FOLD

MAX_SEMI_JOINS = 2
_LONG_LIST = 500
_LONG_CHAIN = 120

Expressions = Callable[[ast.Expression], Column]
SemiJoins = Callable[[ast.SemiJoin, Column], str]


class Conditions:
    """Compiles WHERE and HAVING. `columns` resolves the left sides, `semi_join` compiles a subselect."""

    def __init__(self, scope: Scope, columns: Expressions, semi_join: SemiJoins | None = None) -> None:
        self.scope = scope
        self.text = scope.text
        self.columns = columns
        self.semi_join = semi_join
        self.semi_joins = 0

    def compile(self, condition: ast.Condition, *, top: bool = True) -> str:
        match condition:
            case ast.Comparison():
                return self.comparison(condition)
            case ast.Membership():
                return self.membership(condition)
            case ast.SemiJoin():
                return self.subselect(condition, top)
            case ast.Not():
                return f"({self.compile(condition.term, top=False)}) IS NOT 1"
            case ast.Logical():
                return self.logical(condition, top=top and condition.operator == "AND")

    def logical(self, condition: ast.Logical, *, top: bool) -> str:
        """Nested terms go first and long chains in groups, which keeps SQLite's parser and trees shallow."""
        terms = sorted(condition.terms, key=lambda term: not isinstance(term, ast.Logical | ast.Not))
        parts = [self.compile(term, top=top and not isinstance(term, ast.Logical)) for term in terms]
        joint = f" {condition.operator} "
        if len(parts) > _LONG_CHAIN:
            groups = [parts[start : start + _LONG_CHAIN] for start in range(0, len(parts), _LONG_CHAIN)]
            parts = [f"({joint.join(group)})" for group in groups]
        return f"({joint.join(parts)})"

    def subselect(self, condition: ast.SemiJoin, top: bool) -> str:
        self.semi_joins += 1
        if self.semi_join is None:
            raise refusals.malformed("Nesting of semi join sub-selects is not supported")
        if not top:
            raise refusals.malformed(
                "Semi join sub-selects are only allowed at the top level WHERE expressions "
                "and not in nested WHERE expressions.",
                self.text,
                condition.query.sources[0].at,
            )
        if self.semi_joins > MAX_SEMI_JOINS:
            raise refusals.malformed("Maximum 2 semi join sub-selects are allowed.")
        return self.semi_join(condition, self.left(condition.left))

    def left(self, expression: ast.Expression) -> Column:
        column = self.columns(expression)
        field = column.field
        if not field.filterable or field.long_text or field.type in COMPOUND_TYPES:
            message = f"field '{field.name}' can not be filtered in a query call"
            raise refusals.invalid_field(message, self.text, expression.at)
        return column

    def comparison(self, condition: ast.Comparison) -> str:
        if condition.added is not None:
            raise refusals.not_emulated("arithmetic in WHERE")
        column, operator, literal = self.left(condition.left), condition.operator, condition.value
        at = condition.left.at
        geography.check_operator(self.scope, condition)
        if operator == "LIKE":
            return self.like(column, literal, at)
        values.check(column.field, literal, self.text, at)
        kind = values.family(column.field)
        if kind == "boolean":
            return self.boolean(column, operator, literal, at)
        if literal.kind == "relative":
            return self.relative(column, operator, literal)
        if column.field.type == "multipicklist" and operator not in ("=", "!="):
            raise self.invalid_operator(at)
        value = values.sql_value(column.field, literal, self.text, at)
        if value is None:
            return {"=": f"{column.sql} IS NULL", "!=": f"{column.sql} IS NOT NULL"}.get(operator, "0")
        left, bound = self.pair(column, value)
        return f"{left} {'IS NOT' if operator == '!=' else operator} {self.scope.bind(bound)}"

    def boolean(self, column: Column, operator: str, literal: ast.Literal, at: int) -> str:
        """A checkbox is never null: it is false where the parent record is missing."""
        if operator not in ("=", "!="):
            raise self.invalid_operator(at)
        wanted = bool(literal.value) is (operator == "=")
        if wanted:
            return f"{column.sql} = 1"
        return f"{column.sql} IS NOT 1" if column.outer or column.field.calculated else f"{column.sql} = 0"

    def relative(self, column: Column, operator: str, literal: ast.Literal) -> str:
        first, after = values.span(column.field, literal, self.scope.environment, self.text)
        bind, sql = self.scope.bind, column.sql
        match operator:
            case "=":
                return f"({sql} >= {bind(first)} AND {sql} < {bind(after)})"
            case "!=":
                return f"({sql} >= {bind(first)} AND {sql} < {bind(after)}) IS NOT 1"
            case "<":
                return f"{sql} < {bind(first)}"
            case ">=":
                return f"{sql} >= {bind(first)}"
            case "<=":
                return f"{sql} < {bind(after)}"
            case _:
                return f"{sql} >= {bind(after)}"

    def like(self, column: Column, literal: ast.Literal, at: int) -> str:
        if literal.kind == "null":
            raise refusals.unexpected("NULL", self.text, literal.at)
        if column.field.type in values.ID_TYPES:
            raise refusals.invalid_filter("invalid operator on id field", self.text, at)
        if values.family(column.field) != "text" or column.field.type == "multipicklist":
            raise self.invalid_operator(at)
        values.check(column.field, literal, self.text, at)
        pattern = literal.pattern
        if column.field.case_sensitive:
            return f"{column.sql} GLOB {self.scope.bind(_glob(pattern))}"
        left, bound = self.pair(column, pattern)
        left = left.removesuffix(" COLLATE NOCASE")
        escape = " ESCAPE '\\'" if "\\" in pattern else ""
        return f"{left} LIKE {self.scope.bind(bound)}{escape}"

    def pair(self, column: Column, value: object) -> tuple[str, object]:
        """Both sides of a comparison, so that ordinary text compares without regard to case."""
        if not isinstance(value, str) or values.family(column.field) != "text" or column.field.case_sensitive:
            return column.sql, value
        if value.isascii():
            return f"{column.sql} COLLATE NOCASE", value
        return f"{FOLD}({column.sql})", value.lower()

    def membership(self, condition: ast.Membership) -> str:
        column, at = self.left(condition.left), condition.left.at
        geography.check_operator(self.scope, condition)
        for literal in condition.values:
            values.check(column.field, literal, self.text, at)
        if condition.operator in ("INCLUDES", "EXCLUDES"):
            sql = self.includes(column, condition.values, at) if condition.values else "0"
            return sql if condition.operator == "INCLUDES" else f"({sql}) IS NOT 1"
        sql = self.any_of(column, condition.values, at)
        return sql if condition.operator == "IN" else f"({sql}) IS NOT 1"

    def any_of(self, column: Column, literals: Sequence[ast.Literal], at: int) -> str:
        parts: list[str] = []
        plain: list[object] = []
        folded: list[object] = []
        for literal in literals:
            if literal.kind == "relative":
                parts.append(self.relative(column, "=", literal))
                continue
            value = values.sql_value(column.field, literal, self.text, at)
            if value is None:
                parts.append(f"{column.sql} IS NULL")
            elif self.pair(column, value)[0].startswith(FOLD):
                folded.append(value)
            else:
                plain.append(value)
        for group in (plain, folded):
            if group:
                parts.append(self.in_list(column, group))
        if not parts:  # an empty list, which only a bound variable can be
            return "0"
        return "(" + " OR ".join(parts) + ")" if len(parts) > 1 else parts[0]

    def in_list(self, column: Column, group: Sequence[object]) -> str:
        sides = [self.pair(column, value) for value in group]
        left, bound = sides[0][0], [value for _, value in sides]
        bind = self.scope.bind
        if len(bound) > _LONG_LIST:
            return f"{left} IN (SELECT value FROM json_each({bind(json.dumps(bound))}))"
        return f"{left} IN ({', '.join(map(bind, bound))})"

    def includes(self, column: Column, literals: Sequence[ast.Literal], at: int) -> str:
        """Each literal is a set of values that must all be chosen: `'AAA;BBB'`."""
        if column.field.type != "multipicklist":
            raise self.invalid_operator(at)
        return "(" + " OR ".join(self.chosen(column, str(one.value or "")) for one in literals) + ")"

    def chosen(self, column: Column, wanted: str) -> str:
        parts = [part.strip() for part in wanted.split(";") if part.strip()]
        if not parts:
            return f"{column.sql} IS NULL"
        bind = self.scope.bind
        tests = [
            f"instr({'lower' if part.isascii() else FOLD}(';' || {column.sql} || ';'), {bind(f';{part.lower()};')}) > 0"
            for part in parts
        ]
        return "(" + " AND ".join(tests) + ")"

    def invalid_operator(self, at: int) -> QueryError:
        return refusals.malformed("invalid operator", self.text, at)


def _glob(pattern: str) -> str:
    """A LIKE pattern for SQLite's GLOB, which minds the case."""
    wild = {"%": "*", "_": "?"}
    special = {"*": "[*]", "?": "[?]", "[": "[[]"}
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join(
        special.get(part[-1], part[-1]) if part[0] == "\\" else special.get(part, wild.get(part, part))
        for part in parts
    )
