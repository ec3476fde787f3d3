"""The SELECT list of a plain query: SQL columns, the shape of a record, and the header of a flat row."""

from __future__ import annotations

from dataclasses import dataclass, field

from localorg.errors import QueryError
from localorg.model import COMPOUND_TYPES, SObject
from localorg.soql import ast, functions, geography, refusals, rendering
from localorg.soql.records import Blob, ChildList, Choice, Compound, Parent, Value
from localorg.soql.scope import Column, Scope, Table

MAX_FIELDS_LIMIT = 200
_ADDRESS_PARTS = ("city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street")
_FUNCTIONS = frozenset({"TOLABEL", "CONVERTCURRENCY", "FORMAT"})


@dataclass
class SqlList:
    """SQL expressions in order, each once."""

    sql: list[str] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def add(self, sql: str) -> int:
        if sql not in self._places:
            self._places[sql] = len(self.sql)
            self.sql.append(sql)
        return self._places[sql]


class Selection:
    def __init__(self, scope: Scope, query: ast.Query) -> None:
        self.scope = scope
        self.query = query
        self.text = scope.text
        self.bulk = scope.context.bulk
        self.columns = SqlList()
        self.shape = Parent(scope.sobject.name, self.columns.add(scope.base.id_sql))
        self.unnamed = 0  # expressions without an alias so far
        self.headers: list[str] = []
        self.flat: list[str] = []
        self.nodes: dict[str, Parent] = {scope.base.alias: self.shape}

    def item(self, item: ast.Item) -> None:
        expression = item.expression
        match expression:
            case ast.FieldRef():
                if item.alias:
                    raise refusals.malformed("only aggregate expressions use field aliasing")
                column = self.scope.resolve(expression)
                self.value(column, column.name, ".".join(self.scope.expand(expression.path)))
            case ast.Call("FIELDS", ast.FieldRef() as which):
                self.all_fields(which)
            case ast.Call() if expression.name in _FUNCTIONS:
                column = functions.apply(self.scope, expression)
                self.value(column, item.alias or column.name, item.alias or column.name, own=item.alias is not None)
            case ast.Call():
                functions.apply(self.scope, expression)  # refuses what is no function at all
                raise ungrouped(expression, self.text)
            case ast.Distance():
                key = item.alias or f"expr{self.unnamed}"
                self.unnamed += item.alias is None
                self.value(geography.distance(self.scope, expression), key, key, own=True)

    def value(self, column: Column, key: str, header: str, *, own: bool = False) -> None:
        """Adds a column under its record; with an alias (`own`) under the base record itself."""
        node = self.shape if own else self.node(column.table)
        if key in node.entries:
            raise QueryError("INVALID_FIELD", f"duplicate field selected: {header}")
        if column.field.type in COMPOUND_TYPES:
            node.entries[key] = self.compound(column)
            return
        node.entries[key] = self.entry(column)
        self.headers.append(header)
        self.flat.append(rendering.csv_sql(column.sql, column.field))

    def entry(self, column: Column) -> Value | Blob:
        if column.field.type == "base64":
            return Blob(self.columns.add(column.sql))
        index = self.columns.add(rendering.json_sql(column.sql, column.field))
        return Value(index, rendering.converter(column.field))

    def node(self, table: Table) -> Parent:
        if table.parent is None or table.alias in self.nodes:
            return self.nodes[table.alias]
        above = self.node(table.parent)
        types: dict[str, str] | str = table.sobject.name if table.sobject else prefixes(table.targets)
        node = Parent(types, self.columns.add(table.id_sql))
        if table.key in above.entries:
            raise QueryError("INVALID_FIELD", f"duplicate field selected: {table.key}")
        above.entries[table.key] = self.nodes[table.alias] = node
        return node

    def compound(self, column: Column) -> Compound:
        if self.bulk:
            raise QueryError("API_ERROR", "Selecting compound data not supported in Bulk Query")
        parts: dict[str, int] = {}
        owner = column.table.sobject or self.scope.sobject
        for part in owner:
            if part.compound == column.field.name and self.scope.context.readable(owner, part):
                stored = self.scope.column(column.table, part.name, 0)
                parts[geography.part_key(column.field, part)] = self.columns.add(stored.sql)
        wanted = _ADDRESS_PARTS if column.field.type == "address" else ("latitude", "longitude")
        return Compound({key: parts.get(key, self.columns.add("NULL")) for key in sorted({*wanted, *parts})})

    def all_fields(self, which: ast.FieldRef) -> None:
        """FIELDS(ALL | STANDARD | CUSTOM)."""
        group = which.path.upper()
        if group not in ("ALL", "STANDARD", "CUSTOM"):
            raise refusals.unexpected(which.path, self.text, which.at)
        limit = self.query.limit
        if group != "STANDARD" and (limit is None or limit > MAX_FIELDS_LIMIT):
            raise refusals.malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
        base, sobject = self.scope.base, self.scope.sobject
        for one in sobject:
            if group != "ALL" and one.custom is (group == "STANDARD"):
                continue
            if self.bulk and one.type in COMPOUND_TYPES:
                continue
            if self.scope.context.readable(sobject, one):
                self.value(self.scope.column(base, one.name, which.at), one.name, one.name)

    def type_of(self, item: ast.TypeOf) -> None:
        if self.bulk:
            raise QueryError("API_ERROR", "TYPEOF not supported in Bulk Query")
        table = self.scope.relationship(item.relationship)
        branches: dict[str, Parent] = {}
        for branch in item.branches:
            target = self.target(table, branch.type)
            joined = self.scope.join(target, table.id_sql)
            branches[target.key_prefix] = self.branch(joined, target.name, branch.fields)
        otherwise = self.otherwise(table, item.otherwise) if item.otherwise else None
        above, key = self.node(table.parent or self.scope.base), item.alias or table.key
        if key in above.entries:
            raise QueryError("INVALID_FIELD", f"duplicate field selected: {key}")
        above.entries[key] = Choice(self.columns.add(table.id_sql), branches, otherwise)

    def target(self, table: Table, kind: ast.FieldRef) -> SObject:
        for one in table.targets:
            if one.name.lower() == kind.path.lower():
                return one
        raise refusals.no_such_object(kind.path, self.text, kind.at)

    def otherwise(self, table: Table, refs: tuple[ast.FieldRef, ...]) -> Parent:
        names = Table(table.alias, None, table.id_sql, table.key, table.parent, table.targets)
        return self.branch(names, prefixes(table.targets), refs)

    def branch(self, table: Table, types: dict[str, str] | str, refs: tuple[ast.FieldRef, ...]) -> Parent:
        node = Parent(types, self.columns.add(table.id_sql))
        for ref in refs:
            column = self.scope.column(table, ref.path, ref.at)
            node.entries[column.name] = self.entry(column)
        return node

    def child(self, key: str) -> None:
        if key in self.shape.entries:
            raise QueryError("INVALID_FIELD", f"duplicate field selected: {key}")
        self.shape.entries[key] = ChildList()


def prefixes(targets: tuple[SObject, ...]) -> dict[str, str]:
    return {one.key_prefix: one.name for one in targets}


def ungrouped(expression: ast.FieldRef | ast.Call, text: str) -> QueryError:
    ref: ast.FieldRef | ast.Call = expression
    while isinstance(ref, ast.Call):
        ref = ref.argument
    return refusals.malformed(f"Field must be grouped or aggregated: {ref.path.rpartition('.')[2]}", text, ref.at)
