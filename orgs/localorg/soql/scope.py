"""The FROM of one query: resolves field paths to SQL columns and joins parents as they are named."""

# ruff: noqa: S608 (names come from the schema, values are bound)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from localorg.formulas.globals import GLOBALS, PERMISSION, permission, record_id_sql
from localorg.model import COMPOUND_TYPES, Field, SObject
from localorg.soql import ast, definitions, refusals
from localorg.soql.environment import Environment
from localorg.store import quote

MAX_PARENTS = 5
MAX_FORMULA_DEPTH = 15
# What the platform's Name object offers through a reference that may point to several objects.
NAME_FIELDS = frozenset({
    "alias", "email", "firstname", "id", "isactive", "lastname", "name", "phone", "profileid", "title", "type",
    "username", "userroleid",
})  # fmt: skip
NAME_RELATIONSHIPS = frozenset({"profile", "userrole"})


@dataclass(frozen=True)
class Table:
    """The base object or one of its parents; `sobject` is None behind a reference to several objects."""

    alias: str
    sobject: SObject | None
    id_sql: str
    key: str = ""  # the relationship's own spelling
    parent: Table | None = None
    targets: tuple[SObject, ...] = ()

    @property
    def entity(self) -> str:
        return self.sobject.name if self.sobject else "Name"

    @cached_property
    def depth(self) -> int:
        return self.parent.depth + 1 if self.parent else 0


@dataclass(frozen=True)
class Column:
    """An SQL expression with the field whose type it has."""

    sql: str
    field: Field
    table: Table
    name: str  # the field as the platform spells it

    @property
    def outer(self) -> bool:
        """The value may be missing because the parent is."""
        return self.table.depth > 0


class Scope:
    def __init__(self, base: SObject, environment: Environment, query: ast.Query) -> None:
        self.environment = environment
        self.context = environment.context
        self.bind = environment.bind
        self.text = query.text
        self.sobject = base
        alias = environment.alias()
        self.base = Table(alias, base, f'{alias}."Id"')
        self.joins: list[str] = []
        self.aliases: dict[str, tuple[str, ...]] = {base.name.lower(): ()}
        self._tables: dict[tuple[str, str, bool], Table] = {}
        self._formulas = 0
        first, *others = query.sources
        if first.alias:
            self.aliases[first.alias.lower()] = ()
        for other in others:
            self._add_source(other)

    def _add_source(self, source: ast.Source) -> None:
        """`FROM Contact c, c.Account a`: a name for a parent."""
        path = self.expand(source.path)
        self._walk(path, source.at)
        if source.alias:
            self.aliases[source.alias.lower()] = tuple(path)

    @property
    def from_sql(self) -> str:
        return " ".join([f"{quote(self.sobject.name)} AS {self.base.alias}", *self.joins])

    def resolve(self, ref: ast.FieldRef) -> Column:
        """The column behind a path as the user may see it. Raises QueryError."""
        parts = self.expand(ref.path)
        table = self._walk(parts[:-1], ref.at)
        return self.column(table, parts[-1], ref.at)

    def relationship(self, ref: ast.FieldRef) -> Table:
        return self._walk(self.expand(ref.path), ref.at)

    def column(self, table: Table, name: str, at: int) -> Column:
        if table.sobject is None:
            return self._name_column(table, name, at)
        found = self._first(table.sobject.get, name)
        if found is None or not self.context.readable(table.sobject, found):
            raise refusals.no_such_column(name, table.entity, self.text, at)
        if found.type in COMPOUND_TYPES:
            return Column("NULL", found, table, self.context.shown(found.name))
        return Column(self._sql(table, table.sobject, found, at), found, table, self.context.shown(found.name))

    def _first(self, look_up: Callable[[str], Field | None], name: str) -> Field | None:
        return next((found for one in self.context.spellings(name) if (found := look_up(one)) is not None), None)

    def table(self, parent: Table, name: str, at: int) -> Table:
        """The parent record behind a relationship name, as far as the user may follow it."""
        if parent.depth >= MAX_PARENTS:
            message = f"SOQL statements cannot query parents more than {MAX_PARENTS} levels away from the root object."
            raise refusals.malformed(message, self.text, at)
        if parent.sobject is None:
            return self._behind_name(parent, name, at)
        reference = self._first(parent.sobject.parent, name)
        if reference is None or not self.context.readable(parent.sobject, reference):
            raise refusals.no_such_relationship(name, self.text, at)
        found = self._parent(parent, reference, name, at)
        if not any(self.context.visible(one) for one in found.targets):
            raise refusals.no_such_relationship(name, self.text, at)
        return found

    def join(self, target: SObject, id_sql: str, *, shared_only: bool = True) -> Table:
        """A table joined by id; without the rows that sharing hides from the user, unless a formula reads it."""
        alias = self.environment.alias()
        visible = self.context.record_filter(target, alias) if shared_only else None
        also = f" AND ({visible})" if visible else ""
        self.joins.append(f'LEFT JOIN {quote(target.name)} AS {alias} ON {alias}."Id" = {id_sql}{also}')
        return Table(alias, target, f'{alias}."Id"', parent=self.base)

    def _parent(self, parent: Table, reference: Field, name: str, at: int, *, shared_only: bool = True) -> Table:
        """Joined once for the query and, where sharing makes a difference, once more for its formulas."""
        if reference.definition:
            return self._definition(parent, reference)
        targets = tuple(found for one in reference.reference_to if (found := self.context.schema.get(one)))
        if not targets:
            raise refusals.no_such_relationship(name, self.text, at)
        shared_only = shared_only or self.context.record_filter(targets[0], "t") is None
        known = self._tables.get((parent.alias, name.lower(), shared_only))
        if known is not None:
            return known
        key = self.context.shown(reference.relationship_name or name)
        id_sql = f"{parent.alias}.{quote(reference.name)}"
        if len(reference.reference_to) > 1:
            table = Table(self.environment.alias(), None, id_sql, key, parent, targets)
        else:
            joined = self.join(targets[0], id_sql, shared_only=shared_only)
            table = Table(joined.alias, targets[0], joined.id_sql, key, parent, targets)
        self._tables[parent.alias, name.lower(), shared_only] = table
        return table

    def _definition(self, parent: Table, reference: Field) -> Table:
        """What a text of custom metadata names: an entity or a field."""
        key = (parent.alias, str(reference.relationship_name).lower(), True)
        if key not in self._tables:
            target, alias = definitions.described(reference.definition), self.environment.alias()
            rows = definitions.source(self.bind(definitions.rows(self.context.schema, reference.definition)))
            named = f"{parent.alias}.{quote(reference.name)}"
            self.joins.append(f'LEFT JOIN {rows} AS {alias} ON {alias}."Id" = {named} COLLATE NOCASE')
            shown = self.context.shown(str(reference.relationship_name))
            self._tables[key] = Table(alias, target, f'{alias}."Id"', shown, parent, (target,))
        return self._tables[key]

    def expand(self, path: str) -> list[str]:
        """The parts of a path, without the object's own name or alias in front."""
        parts = path.split(".")
        if len(parts) > 1 and (prefix := self.aliases.get(parts[0].lower())) is not None:
            return [*prefix, *parts[1:]]
        return parts

    def _behind_name(self, parent: Table, name: str, at: int) -> Table:
        """`Owner.Profile`, `Owner.UserRole` where the owner may be a user or a queue."""
        known = self._tables.get((parent.alias, name.lower(), True))
        if known is not None:
            return known
        if name.lower() not in NAME_RELATIONSHIPS:
            raise refusals.no_such_relationship(name, self.text, at)
        found = [(one, reference) for one in parent.targets if (reference := one.parent(name)) is not None]
        target = self.context.schema.get(found[0][1].reference_to[0]) if found else None
        if target is None:
            raise refusals.no_such_relationship(name, self.text, at)
        joined = self.join(target, _by_prefix(parent, [_looked_up(parent, *one) for one in found]))
        table = Table(joined.alias, target, joined.id_sql, found[0][1].relationship_name or name, parent, (target,))
        self._tables[parent.alias, name.lower(), True] = table
        return table

    def _walk(self, names: list[str], at: int) -> Table:
        table = self.base
        for name in names:
            table = self.table(table, name, at)
        return table

    def _sql(self, table: Table, sobject: SObject, field: Field, at: int) -> str:
        if field.stored:
            return f"{table.alias}.{quote(field.name)}"
        if self._formulas >= MAX_FORMULA_DEPTH:
            raise refusals.too_complicated()
        self._formulas += 1
        try:
            sql = f"({self.environment.formula_sql(sobject, field, self._resolver(table, at))})"
        finally:
            self._formulas -= 1
        return f"CAST({sql} AS REAL)" if field.type in ("double", "currency", "percent") else sql

    def _resolver(self, table: Table, at: int) -> Callable[[tuple[str, ...]], tuple[str, Field]]:
        """Paths inside a formula start at the formula's object and are not subject to the user's rights."""

        def resolve(path: tuple[str, ...]) -> tuple[str, Field]:
            if path[0] == PERMISSION and len(path) == 2:
                return permission(path[1], self.context.user, self.context.schema)
            owner = self._global(path[0]) if path[0] in GLOBALS else table
            for name in path[path[0] in GLOBALS : -1]:
                reference = owner.sobject.parent(name) if owner.sobject else None
                if reference is None:
                    raise refusals.no_such_relationship(name, self.text, at)
                owner = self._parent(owner, reference, name, at, shared_only=False)
            if owner.sobject is None:
                column = self._name_column(owner, path[-1], at)
                return column.sql, column.field
            field = owner.sobject.get(path[-1])
            if field is None:
                raise refusals.no_such_column(path[-1], owner.entity, self.text, at)
            return self._sql(owner, owner.sobject, field, at), field

        return resolve

    def _global(self, name: str) -> Table:
        """The record behind `$User`, `$Profile` …, for formulas only."""
        known = self._tables.get((self.base.alias, name, False))
        if known is None:
            target = self.context.schema[GLOBALS[name]]
            known = self.join(target, record_id_sql(name, self.context.user), shared_only=False)
            self._tables[self.base.alias, name, False] = known
        return known

    def _name_column(self, table: Table, name: str, at: int) -> Column:
        """A column of the Name object: each target is looked up by the key prefix of the id."""
        wanted = name.lower()
        if wanted not in NAME_FIELDS:
            raise refusals.no_such_column(name, "Name", self.text, at)
        if wanted == "id":
            return Column(table.id_sql, Field("Id", "id"), table, "Id")
        if wanted == "type":
            cases = [f"WHEN '{one.key_prefix}' THEN '{one.name}'" for one in table.targets]
            return Column(_by_prefix(table, cases), Field("Type", "string"), table, "Type")
        owners = [(one, field) for one in table.targets if (field := one.get(name)) is not None and field.stored]
        if not owners:
            return Column("NULL", Field(name, "string"), table, name)
        cases = [_looked_up(table, *one) for one in owners]
        return Column(_by_prefix(table, cases), owners[0][1], table, owners[0][1].name)


def _looked_up(table: Table, target: SObject, field: Field) -> str:
    value = f'SELECT {quote(field.name)} FROM {quote(target.name)} WHERE "Id" = {table.id_sql}'
    return f"WHEN '{target.key_prefix}' THEN ({value})"


def _by_prefix(table: Table, cases: list[str]) -> str:
    return f"CASE substr({table.id_sql}, 1, 3) {' '.join(cases)} END"
