"""ast.Query → Plan: puts FROM, WHERE, GROUP BY, ORDER BY and LIMIT together as SQLite statements."""

# ruff: noqa: S608 (names come from the schema, values are bound)

from __future__ import annotations

from localorg.context import Context
from localorg.errors import QueryError
from localorg.model import COMPOUND_TYPES, Field, SObject
from localorg.soql import ast, functions, refusals, values
from localorg.soql.environment import Environment, FormulaSql, Resolve
from localorg.soql.grouping import Grouping, is_grouped
from localorg.soql.plan import ChildPlan, Plan, Statement
from localorg.soql.rendering import Convert
from localorg.soql.scope import Column, Scope
from localorg.soql.selection import Selection
from localorg.soql.where import Conditions, Expressions
from localorg.store import quote

MAX_OFFSET = 2000
MAX_CHILD_DEPTH = 4
MAX_CHILDREN = 20
_UNSORTED = COMPOUND_TYPES | {"multipicklist", "base64", "encryptedstring"}
_MODES = frozenset({"USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED"})


def project_formula(sobject: SObject, field: Field, resolve: Resolve) -> str:
    """Formula fields by the org's own formula compiler."""
    from localorg import formulas  # type: ignore[attr-defined]  # noqa: PLC0415  (the formulas' room builds on this one's queries in turn)

    return str(formulas.to_sql(formulas.parse(field.formula or ""), resolve))


def compile_query(query: ast.Query, context: Context, formula_sql: FormulaSql = project_formula) -> Plan:
    """Raises QueryError where the platform would refuse the query."""
    return Compiler(context, formula_sql).root(query)


class Compiler:
    def __init__(self, context: Context, formula_sql: FormulaSql) -> None:
        self.context = context
        self.formula_sql = formula_sql

    def root(self, query: ast.Query) -> Plan:
        self.check(query)
        environment = Environment(self.context, self.formula_sql)
        scope = self.scope(query, environment)
        filters = self.filters(scope, query)
        if query.is_count:
            return self.counted(scope, query, filters)
        if is_grouped(query):
            return self.grouped(scope, query, filters)
        return self.plain(scope, query, filters)

    # FROM and WHERE

    def check(self, query: ast.Query) -> None:
        if query.offset is not None and query.offset > MAX_OFFSET:
            raise QueryError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        for number in (query.limit, query.offset):
            if number is not None and not 0 <= number < 2**31:
                raise refusals.malformed(f"numeric value out of range: {number}")
        if query.data_categories:
            raise refusals.not_emulated("WITH DATA CATEGORY")
        for mode in query.modes:
            if mode not in _MODES:
                raise refusals.unexpected(mode, query.text, 0)
        if self.context.bulk:
            self.check_bulk(query)

    def check_bulk(self, query: ast.Query) -> None:
        if any(isinstance(item, ast.Child) for item in query.items):
            raise QueryError(
                "API_ERROR", "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
            )
        refused = {
            "Aggregate queries": query.is_count or is_grouped(query),
            "OFFSET": query.offset is not None,
            "TYPEOF": any(isinstance(item, ast.TypeOf) for item in query.items),
        }
        for what, found in refused.items():
            if found:
                raise QueryError("API_ERROR", f"{what} not supported in Bulk Query")

    def scope(self, query: ast.Query, environment: Environment) -> Scope:
        source, *others = query.sources
        sobject = self.context.schema.get(source.path)
        if sobject is None or not sobject.queryable or not self.context.visible(sobject):
            raise refusals.no_such_object(source.path, query.text, source.at)
        scope = Scope(sobject, environment, source, query.text)
        for other in others:
            scope.add_source(other)
        return scope

    def filters(self, scope: Scope, query: ast.Query, *, nested: bool = False) -> list[str]:
        base, sobject = scope.base, scope.sobject
        found = []
        if sobject.get("IsDeleted") and not (self.context.all_rows or query.all_rows):
            found.append(f'{base.alias}."IsDeleted" = 0')
        if shared := self.context.record_filter(sobject, base.alias):
            found.append(f"({shared})")
        found.extend(self.user_scope(scope, name) for name in query.scopes if name.lower() != "everything")
        if query.where:
            semi_join = None if nested else lambda condition, column: self.semi_join(scope, condition, column)
            conditions = Conditions(scope, self.where_columns(scope), semi_join)
            found.append(conditions.compile(query.where))
        return found

    def user_scope(self, scope: Scope, name: str) -> str:
        owner = scope.sobject.get("OwnerId")
        if name.lower() != "mine" or owner is None:
            raise refusals.not_emulated(f"USING SCOPE {name} on {scope.sobject.name}")
        return f'{scope.base.alias}."OwnerId" = {scope.bind(self.context.user.id)}'

    def where_columns(self, scope: Scope) -> Expressions:
        def column(expression: ast.Expression) -> Column:
            if isinstance(expression, ast.FieldRef):
                return scope.resolve(expression)
            if isinstance(expression, ast.Distance):
                raise refusals.not_emulated("DISTANCE")
            return functions.apply(scope, expression)

        return column

    def semi_join(self, outer: Scope, condition: ast.SemiJoin, left: Column) -> str:
        query = condition.query
        self.check(query)
        inner = self.scope(query, outer.environment)
        selected = self.where_columns(inner)(
            next(item.expression for item in query.items if isinstance(item, ast.Item))
        )
        self.check_semi_join(outer, inner, left, selected, condition)
        filters = [*self.filters(inner, query, nested=True), f"{selected.sql} IS NOT NULL"]
        subselect = f"SELECT {selected.sql} FROM {inner.from_sql} WHERE {' AND '.join(filters)}"
        sql = f"{left.sql} IN ({subselect})"
        return f"({sql}) IS NOT 1" if condition.negated else sql

    def check_semi_join(
        self, outer: Scope, inner: Scope, left: Column, selected: Column, condition: ast.SemiJoin
    ) -> None:
        at, text = condition.left.at, outer.text
        for column in (left, selected):
            if column.field.type not in values.ID_TYPES:
                raise refusals.malformed(
                    f"semi join sub-selects can only query id fields, cannot use: '{column.name}'", text, at
                )
        if left.field.type == "id" and selected.field.type == "id" and inner.sobject is outer.sobject:
            raise refusals.malformed("The inner and outer selects should not be on the same object type", text, at)
        if not _targets(left) & _targets(selected):
            raise refusals.malformed(
                f"The selected field '{selected.name}' in the subquery and the left operand field in the where "
                f"expression in the outer query '{left.name}' should point to the same object type",
                text,
                at,
            )

    # SELECT

    def counted(self, scope: Scope, query: ast.Query, filters: list[str]) -> Plan:
        if query.grouping:
            raise refusals.malformed("COUNT() cannot be used with GROUP BY; use COUNT(Id)")
        if query.order:
            raise refusals.malformed("ORDER BY is not allowed with COUNT()")
        counting = self.counting(scope, query, filters)
        return Plan(scope.sobject, (), counting, counting, counting, None, is_count=True)

    def counting(self, scope: Scope, query: ast.Query, filters: list[str]) -> Statement:
        source = f"FROM {scope.from_sql}{_where(filters)}"
        if query.limit is None and query.offset is None:
            return Statement(f"SELECT COUNT(*) {source}", scope.environment.values)
        return Statement(f"SELECT COUNT(*) FROM (SELECT 1 {source}{_window(query)})", scope.environment.values)

    def plain(self, scope: Scope, query: ast.Query, filters: list[str]) -> Plan:
        counting = self.counting(scope, query, filters)
        selection, children = self.selection(scope, query, depth=0)
        order = self.order_by(scope, query, self.where_columns(scope))
        rest = f"FROM {scope.from_sql}{_where(filters)}{order}{_window(query)}"
        bound = scope.environment.values
        return Plan(
            scope.sobject,
            tuple(selection.headers),
            Statement(f"SELECT {', '.join(selection.columns.sql)} {rest}", bound),
            Statement(f"SELECT {', '.join(selection.flat) or 'NULL'} {rest}", bound),
            counting,
            selection.shape,
            children=tuple(children),
        )

    def selection(self, scope: Scope, query: ast.Query, depth: int) -> tuple[Selection, list[ChildPlan]]:
        selection = Selection(scope, query)
        children: list[ChildPlan] = []
        for item in query.items:
            match item:
                case ast.Item():
                    selection.item(item)
                case ast.TypeOf():
                    selection.type_of(item)
                case ast.Child():
                    plan = self.child(scope, item, depth + 1)
                    selection.child(plan.key)
                    children.append(plan)
        if len(children) > MAX_CHILDREN:
            raise refusals.malformed(f"The number of sub-queries exceeds the limit of {MAX_CHILDREN}.")
        return selection, children

    def order_by(self, scope: Scope, query: ast.Query, columns: Expressions) -> str:
        terms = [self.order(scope, one, columns(one.expression)) for one in query.order]
        return " ORDER BY " + ", ".join(terms) if terms else ""

    def order(self, scope: Scope, order: ast.Order, column: Column) -> str:
        """Missing values come first unless the query says otherwise, in either direction (SOQL Reference)."""
        field = column.field
        if field.type in _UNSORTED or field.long_text:
            message = f"field '{field.name}' can not be sorted in a query call"
            raise refusals.invalid_field(message, scope.text, order.expression.at)
        direction = " DESC" if order.descending else ""
        nulls = f" NULLS {order.nulls or 'FIRST'}" if order.descending or order.nulls == "LAST" else ""
        folded = " COLLATE NOCASE" if values.family(field) == "text" and not field.case_sensitive else ""
        return f"{column.sql}{folded}{direction}{nulls}"

    # children

    def child(self, parent: Scope, item: ast.Child, depth: int) -> ChildPlan:
        query = item.query
        self.check(query)
        if query.is_count or is_grouped(query):
            raise refusals.malformed("only root queries support aggregate expressions")
        if depth > MAX_CHILD_DEPTH:
            raise refusals.malformed(
                "SOQL statements cannot query aggregate relationships more than "
                f"{MAX_CHILD_DEPTH} levels away from the root entity object."
            )
        sobject, reference = self.relationship(parent, query)
        environment = Environment(self.context, self.formula_sql)
        scope = Scope(sobject, environment, query.sources[0], query.text)
        for other in query.sources[1:]:
            scope.add_source(other)
        key = f"{scope.base.alias}.{quote(reference.name)}"
        filters = [f"{key} IN (SELECT value FROM json_each(:parents))", *self.filters(scope, query)]
        selection, children = self.selection(scope, query, depth)
        order = self.order_by(scope, query, self.where_columns(scope))
        columns = [*selection.columns.sql, key]
        source = f"FROM {scope.from_sql}{_where(filters)}"
        sql = f"SELECT {', '.join(columns)} {source}{order}"
        if query.limit is not None or query.offset is not None:
            sql = self.numbered(columns, source, order, key, query)
        name = reference.child_relationship_name or query.sources[0].path
        return ChildPlan(name, Statement(sql, environment.values), selection.shape, tuple(children))

    def numbered(self, columns: list[str], source: str, order: str, key: str, query: ast.Query) -> str:
        """LIMIT and OFFSET count for each parent by itself."""
        named = [f"{sql} AS c{index}" for index, sql in enumerate(columns)]
        number = f"ROW_NUMBER() OVER (PARTITION BY {key}{order}) AS n"
        outer = ", ".join(f"c{index}" for index in range(len(columns)))
        first = query.offset or 0
        wanted = f"n > {first}" + (f" AND n <= {first + query.limit}" if query.limit is not None else "")
        return f"SELECT {outer} FROM (SELECT {', '.join(named)}, {number} {source}) WHERE {wanted} ORDER BY n"

    def relationship(self, parent: Scope, query: ast.Query) -> tuple[SObject, Field]:
        source = query.sources[0]
        name = parent.expand(source.path)[-1] if source.path.count(".") <= 1 else source.path
        found = self.context.schema.child(parent.sobject, name)
        if found is None or not self.context.visible(found[0]) or not self.context.readable(*found):
            raise refusals.no_such_child(source.path, query.text, source.at)
        return found

    # aggregates

    def grouped(self, scope: Scope, query: ast.Query, filters: list[str]) -> Plan:
        if query.grouping is None and query.limit is not None:
            raise refusals.malformed("LIMIT cannot be used with an aggregate function without GROUP BY")
        grouping = Grouping(scope, query)
        results = grouping.results()
        keys = tuple((one.key, one.convert) for one in results)
        selects = []
        for active in grouping.sets():
            grouping.active = set(active)
            columns = [f"{grouping.select(one)} AS c{index}" for index, one in enumerate(results)]
            ordered = [grouping.column(one.expression).sql for one in query.order]
            columns += [f"{sql} AS o{index}" for index, sql in enumerate(ordered)]
            tail = f" GROUP BY {', '.join(active)}" if active else (" HAVING 1" if query.grouping else "")
            having = grouping.having()
            if having:
                tail = f" GROUP BY {', '.join(active)} HAVING {having}" if active else f" HAVING {having}"
            selects.append((columns, tail))
        grouping.active = set(grouping.sql)
        return self.aggregate_plan(scope, query, filters, grouping, selects, keys)

    def aggregate_plan(
        self,
        scope: Scope,
        query: ast.Query,
        filters: list[str],
        grouping: Grouping,
        selects: list[tuple[list[str], str]],
        keys: tuple[tuple[str, Convert | None], ...],
    ) -> Plan:
        source = f"FROM {scope.from_sql}{_where(filters)}"
        union = " UNION ALL ".join(f"SELECT {', '.join(columns)} {source}{tail}" for columns, tail in selects)
        shown = ", ".join(f"c{index}" for index in range(len(keys)))
        terms = []
        for index, order in enumerate(query.order):
            column = grouping.column(order.expression)
            terms.append(self.order(scope, order, Column(f"o{index}", column.field, column.table, column.name)))
        ordering = " ORDER BY " + ", ".join(terms) if terms else ""
        sql = f"SELECT {shown} FROM ({union}){ordering}{_window(query)}"
        statement = Statement(sql, scope.environment.values)
        counting = Statement(f"SELECT COUNT(*) FROM ({sql})", scope.environment.values)
        return Plan(scope.sobject, tuple(key for key, _ in keys), statement, statement, counting, None, keys)


def _where(filters: list[str]) -> str:
    return " WHERE " + " AND ".join(filters) if filters else ""


def _window(query: ast.Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    offset = f" OFFSET {query.offset}" if query.offset else ""
    return f" LIMIT {-1 if query.limit is None else query.limit}{offset}"


def _targets(column: Column) -> set[str]:
    """What an id may be the id of."""
    if column.field.type == "reference":
        return set(column.field.reference_to)
    return {column.table.sobject.name} if column.table.sobject else {one.name for one in column.table.targets}
