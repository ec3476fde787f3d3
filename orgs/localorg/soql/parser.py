"""Text → ast.Query, by recursive descent over the platform's own grammar (SOQL and SOSL Reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from localorg.errors import QueryError
from localorg.soql import ast
from localorg.soql.conditions import MAX_DEPTH, Bind, ConditionParser
from localorg.soql.lexer import Token
from localorg.soql.refusals import malformed, too_complicated

_CATEGORY_OPERATORS = frozenset({"AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"})
_WORDS = _CATEGORY_OPERATORS | {
    "CASE", "CATEGORY", "COUNT", "DATA", "DISTANCE", "END", "FIELDS", "FLAT", "GEOLOCATION", "GROUP", "OFFSET", "ORDER",
    "REFERENCE", "SCOPE", "THEN", "TYPEOF", "VIEW", "WHEN",
}  # fmt: skip


def parse(text: str, *, apex: bool = False, binds: Mapping[str, Bind] | None = None) -> ast.Query:
    """Raises QueryError. `apex` also admits what only Apex may say: ALL ROWS, FOR UPDATE and `:name`, whose values
    are `binds`, by lower-cased name."""
    return QueryParser(text, apex, binds or {}).statement()


class QueryParser(ConditionParser):
    def __init__(self, text: str, apex: bool, binds: Mapping[str, Bind]) -> None:
        super().__init__(text)
        self.apex = apex
        self.binds = binds

    def statement(self) -> ast.Query:
        if not self.at("SELECT"):
            raise malformed(f"unexpected token: {self.token.text or '<EOF>'}")
        query = self.query()
        if self.token.kind != "end":
            raise self.unexpected()
        return query

    def query(self) -> ast.Query:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_complicated()
        items = self.select()
        self.expect("FROM")
        sources, scopes = self.sources()
        where = self.condition() if self.take("WHERE") else None
        data_categories, modes = self.with_clauses()
        grouping, having = self.group_by()
        order = self.order_by()
        limit = self.integer() if self.take("LIMIT") else None
        offset = self.integer() if self.take("OFFSET") else None
        self.bind()
        all_rows = self.all_rows()
        tracking = self.tracking()
        statistics = self.statistics()
        self.depth -= 1
        return ast.Query(
            self.text, items, sources, scopes, where, data_categories, modes, grouping, having, order, limit, offset,
            tracking, statistics, all_rows,
        )  # fmt: skip

    def semi_join(self) -> tuple[ast.FieldRef | ast.Call, ast.Query]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_complicated()
        self.expect("SELECT")
        selected = self.field()
        self.expect("FROM")
        sources, scopes = self.sources()
        where = self.condition() if self.take("WHERE") else None
        data_categories = self.data_categories() or self.division()
        self.depth -= 1
        return selected, ast.Query(self.text, (ast.Item(selected, None),), sources, scopes, where, data_categories)

    # SELECT

    def select(self) -> tuple[ast.SelectItem, ...]:
        self.expect("SELECT")
        if self.at("COUNT") and self.peek().text == "(" and self.peek(2).text == ")":
            self.advance()
            self.advance()
            self.advance()
            return ()
        if not self.at_name() and not self.at("("):
            raise self.no_item()
        items = [self.item()]
        while self.take(","):
            items.append(self.item())
        return tuple(items)

    def no_item(self) -> QueryError:
        if self.token.kind == "end":
            return self.unexpected()
        return self.no_alternative(self.index - 1)

    def item(self) -> ast.SelectItem:
        if self.at("("):
            opening = self.advance()
            query = self.query()
            self.expect(")")
            return ast.Child(query, self.alias(), opening.at)
        if self.at("TYPEOF") and self.peek(2).upper == "WHEN":
            return self.type_of()
        return ast.Item(self.expression(), self.alias())

    def alias(self) -> str | None:
        return self.advance().text if self.at_name() else None

    def type_of(self) -> ast.TypeOf:
        self.advance()
        relationship = self.field_ref()
        branches = []
        while self.take("WHEN"):
            kind = self.field_ref()
            self.expect("THEN")
            branches.append(ast.TypeBranch(kind, self.field_refs()))
        otherwise = self.field_refs() if self.take("ELSE") else ()
        self.expect("END")
        return ast.TypeOf(relationship, tuple(branches), otherwise, self.alias())

    def field_refs(self) -> tuple[ast.FieldRef, ...]:
        refs = [self.field_ref()]
        while self.take(","):
            refs.append(self.field_ref())
        return tuple(refs)

    # FROM

    def sources(self) -> tuple[tuple[ast.Source, ...], tuple[str, ...]]:
        sources, scopes = [], []
        while True:
            token = self.name()
            alias = None
            self.take("AS")
            if self.at_name() and not self.opens_clause():
                alias = self.advance().text
            sources.append(ast.Source(token.text, alias, token.at))
            if self.take("USING"):
                scopes.extend(self.using())
            if not self.take(","):
                return tuple(sources), tuple(scopes)

    def opens_clause(self) -> bool:
        """OFFSET, GROUP, ORDER and ALL are also good aliases; they open a clause when its next word follows."""
        following = self.peek()
        if self.token.upper == "OFFSET":
            return following.kind == "integer" or following.text in ("+", "-")
        if self.token.upper == "ALL":
            return self.apex and following.upper == "ROWS"
        return self.token.upper in ("GROUP", "ORDER") and following.upper == "BY"

    def using(self) -> list[str]:
        scopes = []
        while True:
            if not self.take("SCOPE"):
                self.expect("LOOKUP")
            scopes.append(self.plain_name().text)
            if not (self.at(",") and self.peek().upper in ("SCOPE", "LOOKUP")):
                return scopes
            self.advance()

    # WITH

    def with_clauses(self) -> tuple[bool, tuple[str, ...]]:
        data_categories = self.data_categories() or self.division()
        modes = []
        while self.take("WITH"):
            modes.append(self.name().upper)
            if self.take("("):
                self.key_values()
        return data_categories, tuple(modes)

    def data_categories(self) -> bool:
        if not (self.at("WITH") and self.peek().upper == "DATA" and self.peek(2).upper == "CATEGORY"):
            return False
        self.advance()
        self.advance()
        self.advance()
        while True:
            self.name()
            if self.token.upper not in _CATEGORY_OPERATORS:
                raise self.unexpected()
            self.advance()
            if self.take("("):
                self.field_refs()
                self.expect(")")
            else:
                self.name()
            if not self.take("AND"):
                return True

    def division(self) -> bool:
        """`WITH Division = 'x'`: an older filter of the same kind."""
        if not (self.at("WITH") and self.peek(2).text == "="):
            return False
        self.advance()
        self.name()
        self.expect("=")
        if self.token.kind != "string":
            raise self.unexpected()
        self.advance()
        return True

    def key_values(self) -> None:
        while True:
            self.name()
            self.expect("=")
            if self.token.kind not in ("string", "integer") and self.token.upper not in ("TRUE", "FALSE"):
                raise self.unexpected()
            self.advance()
            if not self.take(","):
                break
        self.expect(")")

    # the rest

    def group_by(self) -> tuple[ast.Grouping | None, ast.Condition | None]:
        if not self.at("GROUP"):
            return None, None
        self.advance()
        self.expect("BY")
        kind: Literal["PLAIN", "ROLLUP", "CUBE"] = "PLAIN"
        if self.at("ROLLUP") or self.at("CUBE"):
            kind = "ROLLUP" if self.advance().upper == "ROLLUP" else "CUBE"
            self.expect("(")
        fields: list[ast.Expression] = [self.field()]
        while self.take(","):
            fields.append(self.field())
        if kind != "PLAIN":
            self.expect(")")
        having = self.condition() if self.take("HAVING") else None
        return ast.Grouping(kind, tuple(fields)), having

    def order_by(self) -> tuple[ast.Order, ...]:
        if not self.at("ORDER"):
            return ()
        self.advance()
        self.expect("BY")
        orders = [self.order()]
        while self.take(","):
            orders.append(self.order())
        return tuple(orders)

    def order(self) -> ast.Order:
        expression = self.expression()
        descending = self.take("DESC")
        if not descending:
            self.take("ASC")
        nulls: Literal["FIRST", "LAST"] | None = None
        if self.take("NULLS"):
            nulls = "FIRST" if self.take("FIRST") else "LAST"
            if nulls == "LAST":
                self.expect("LAST")
        return ast.Order(expression, descending, nulls)

    def bind(self) -> None:
        if not self.take("BIND"):
            return
        while True:
            self.name()
            self.expect("=")
            self.literal()
            if not self.take(","):
                return

    def all_rows(self) -> bool:
        if self.apex and self.at("ALL") and self.peek().upper == "ROWS":
            self.advance()
            self.advance()
            return True
        return False

    def tracking(self) -> Literal["VIEW", "REFERENCE", "UPDATE"] | None:
        if not self.take("FOR"):
            return None
        if self.take("VIEW"):
            return "VIEW"
        if self.take("REFERENCE"):
            return "REFERENCE"
        if self.apex and self.take("UPDATE"):
            return "UPDATE"
        raise self.unexpected()

    def statistics(self) -> tuple[str, ...]:
        if not self.take("UPDATE"):
            return ()
        names = [self.plain_name().upper]
        while self.take(","):
            names.append(self.plain_name().upper)
        return tuple(names)

    def plain_name(self) -> Token:
        """A scope or a statistic, which unlike a field or an object may not be called like a word of the language."""
        if self.token.upper in _WORDS:
            raise self.unexpected()
        return self.name()
