"""The parser's lower half: names, functions, literals and the conditions of WHERE and HAVING."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from localorg.errors import QueryError
from localorg.soql import ast, dates
from localorg.soql.lexer import Token, TokenStream, unescape
from localorg.soql.refusals import malformed, too_complicated, unexpected

# Words that are never names. All other words of the language may also name a field, an object or an alias.
RESERVED = frozenset({
    "AND", "OR", "NOT", "TRUE", "FALSE", "NULL", "WITH", "FOR", "LIMIT", "WHERE", "ELSE", "ROLLUP", "CUBE", "HAVING",
    "INCLUDES", "EXCLUDES", "IN", "BY", "ASC", "DESC", "NULLS", "SELECT", "FROM", "LOOKUP", "AS", "USING", "UPDATE",
    "FIRST", "LAST", "LIKE", "BIND",
})  # fmt: skip
MAX_DEPTH = 100
MAX_INTEGER = 2**31 - 1
_CURRENCY = re.compile(r"[A-Za-z]{3}\d+\.*\d*")
_COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">="})


# A bound value: a literal as somebody would write it, or several for IN.
Bind = ast.Literal | Sequence[ast.Literal]


class ConditionParser(TokenStream):
    depth = 0
    binds: Mapping[str, Bind] = {}

    # names and functions

    def at_name(self) -> bool:
        return self.token.kind == "name" and self.token.upper not in RESERVED

    def name(self) -> Token:
        if not self.at_name():
            raise self.unexpected()
        return self.advance()

    def field_ref(self) -> ast.FieldRef:
        token = self.name()
        return ast.FieldRef(token.text, token.at)

    def field(self) -> ast.FieldRef | ast.Call:
        """A field, or a function of a field, or a function of a function of a field."""
        token = self.name()
        if not self.take("("):
            return ast.FieldRef(token.text, token.at)
        inner = self.name()
        argument: ast.FieldRef | ast.Call = ast.FieldRef(inner.text, inner.at)
        if self.take("("):
            argument = ast.Call(inner.upper, self.field_ref(), inner.at)
            self.expect(")")
        self.expect(")")
        return ast.Call(token.upper, argument, token.at)

    def expression(self) -> ast.Expression:
        if self.at("DISTANCE") and self.peek().text == "(" and self.peek(3).text == ",":
            return self.distance()
        return self.field()

    def distance(self) -> ast.Distance:
        start = self.advance()
        self.expect("(")
        place = self.field_ref()
        self.expect(",")
        self.expect("GEOLOCATION")
        self.expect("(")
        latitude = self.number()
        self.expect(",")
        longitude = self.number()
        self.expect(")")
        self.expect(",")
        if self.token.kind != "string":
            raise self.unexpected()
        unit = self.advance().text[1:-1]
        self.expect(")")
        return ast.Distance(place, latitude, longitude, unit, start.at)

    # conditions

    def condition(self) -> ast.Condition:
        """AND and OR do not mix without parentheses, and NOT stands alone or in parentheses, as on the platform."""
        if self.take("NOT"):
            return ast.Not(self.term())
        first = self.term()
        for operator in ("AND", "OR"):
            if self.at(operator):
                terms = [first]
                while self.take(operator):
                    terms.append(self.term())
                return ast.Logical("AND" if operator == "AND" else "OR", tuple(terms))
        return first

    def term(self) -> ast.Condition:
        if not self.at("("):
            return self.comparison()
        self.advance()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_complicated()
        inner = self.condition()
        self.depth -= 1
        self.expect(")")
        return inner

    def comparison(self) -> ast.Condition:
        start = self.index
        left = self.expression()
        added = None
        if self.token.text in ("+", "-") and isinstance(left, ast.FieldRef):
            self.advance()
            added = self.field_ref()
        operator = self.operator(start)
        if operator in ("INCLUDES", "EXCLUDES", "IN", "NOT IN"):
            return self.membership(left, operator, start)
        if operator == "LIKE" and self.at(":"):
            likes = tuple(ast.Comparison(left, operator, one) for one in self.bound_list())
            return likes[0] if len(likes) == 1 else ast.Logical("OR", likes)
        return ast.Comparison(left, operator, self.literal(pattern=operator == "LIKE"), added)

    def operator(self, start: int) -> str:
        token = self.token
        if token.kind == "symbol":
            operator = "!=" if token.text == "<>" or token.text[0] == "!" else token.text
            if operator in _COMPARISONS:
                self.advance()
                if operator in ("<", ">") and self.take("="):
                    operator += "="
                return operator
        elif token.upper in ("LIKE", "IN", "INCLUDES", "EXCLUDES"):
            return self.advance().upper
        elif token.upper == "NOT" and self.peek().upper == "IN":
            self.advance()
            self.advance()
            return "NOT IN"
        raise self.no_alternative(start)

    def membership(self, left: ast.Expression, operator: str, start: int) -> ast.Condition:
        if self.at(":"):
            return ast.Membership(left, operator, tuple(self.bound_list()))
        if not self.at("("):
            raise self.no_alternative(start) if operator.endswith("IN") else self.unexpected()
        self.advance()
        if self.at("SELECT") and operator.endswith("IN"):
            selected, query = self.semi_join()
            self.expect(")")
            return ast.SemiJoin(left, operator == "NOT IN", selected, query)
        if self.at(")"):
            raise self.no_alternative(start)
        values = [self.literal()]
        while self.take(","):
            values.append(self.literal())
        self.expect(")")
        return ast.Membership(left, operator, tuple(values))

    def semi_join(self) -> tuple[ast.FieldRef | ast.Call, ast.Query]:
        raise NotImplementedError

    def no_alternative(self, start: int) -> QueryError:
        """The platform quotes everything from where it began to understand the expression."""
        first = self.tokens[start]
        if self.token.kind == "end":
            return self.unexpected()
        seen = self.text[first.at : self.token.at + len(self.token.text)]
        return unexpected(seen, self.text, self.token.at)

    # literals

    def number(self) -> Decimal:
        sign = self.advance().text if self.token.text in ("+", "-") else ""
        if self.token.kind not in ("integer", "decimal"):
            raise self.unexpected()
        value = Decimal(self.advance().text)
        return -value if sign == "-" else value

    def bound(self) -> Bind:
        """The value of `:name`."""
        self.expect(":")
        name = self.advance()
        if name.kind != "name" or name.text.lower() not in self.binds:
            raise QueryError("MALFORMED_QUERY", f"Variable does not exist: {name.text}")
        return self.binds[name.text.lower()]

    def bound_list(self) -> list[ast.Literal]:
        found = self.bound()
        return [found] if isinstance(found, ast.Literal) else list(found)

    def bound_literal(self, at: int) -> ast.Literal:
        found = self.bound()
        if isinstance(found, ast.Literal):
            return found
        if len(found) != 1:
            raise malformed("a list can be bound only where IN takes it", self.text, at)
        return found[0]

    def integer(self) -> int:
        if self.at(":"):
            value = self.bound_literal(self.token.at).value
            if not isinstance(value, Decimal):
                raise malformed("LIMIT and OFFSET take an Integer", self.text, self.token.at)
            return int(value)
        if self.token.kind != "integer" and self.peek().kind != "integer":
            raise self.unexpected()
        value = self.number()
        if abs(value) > MAX_INTEGER:
            raise malformed("numeric value out of range")
        return int(value)

    def literal(self, *, pattern: bool = False) -> ast.Literal:
        token = self.token
        if token.text == ":" and self.binds:
            return self.bound_literal(token.at)
        if token.kind == "string":
            return self.string(self.advance(), pattern)
        if token.kind in ("integer", "decimal") or token.text in ("+", "-"):
            return ast.Literal("number", self.number(), token.at)
        if token.kind in ("date", "datetime", "time"):
            return self.moment(self.advance())
        if token.upper == "NULL":
            self.advance()
            return ast.Literal("null", None, token.at)
        if token.upper in ("TRUE", "FALSE"):
            self.advance()
            return ast.Literal("boolean", token.upper == "TRUE", token.at)
        if token.upper in dates.NAMES:
            return self.relative(self.advance())
        if token.kind == "name" and _CURRENCY.fullmatch(token.text):
            self.advance()
            return ast.Literal("currency", token.text, token.at)
        raise self.unexpected()

    def string(self, token: Token, pattern: bool) -> ast.Literal:
        if pattern:
            return ast.Literal("string", token.text[1:-1], token.at, unescape(token, self.text, pattern=True))
        return ast.Literal("string", unescape(token, self.text), token.at)

    def relative(self, token: Token) -> ast.Literal:
        n = None
        if self.take(":"):
            if self.token.kind != "integer":
                raise self.unexpected()
            n = int(self.advance().text[:9])
        return ast.Literal("relative", ast.RelativeDate(token.upper, n), token.at)

    def moment(self, token: Token) -> ast.Literal:
        try:
            if token.kind == "date":
                return ast.Literal("date", dt.date.fromisoformat(token.text), token.at)
            if token.kind == "datetime":
                return ast.Literal("datetime", dates.parse_datetime(token.text), token.at)
        except ValueError:
            raise malformed(f"Invalid {token.kind}: {token.text}", self.text, token.at) from None
        return ast.Literal("time", token.text, token.at)
