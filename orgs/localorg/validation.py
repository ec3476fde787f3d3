"""Validation rules and lookup filters: the active ones of an object, worked out on the rows as they were just written."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from localorg import formulas
from localorg.batch import Batch
from localorg.context import User
from localorg.errors import ApiError
from localorg.formulas import FormulaError
from localorg.formulas.globals import permission, record_id_sql
from localorg.model import Field, Schema, SObject, ValidationRule
from localorg.store import quote

NO_MATCH = "Value does not exist or does not match filter criteria."
_ROW, _BEFORE = "r", "b"
_ASKS_BEFORE = re.compile(r"\b(ISNEW|ISCHANGED|PRIORVALUE)\s*\(", re.IGNORECASE)


def rules(sobject: SObject) -> list[ValidationRule]:
    filtered = [_filter(field) for field in sobject if field.lookup_filter]
    return [*(rule for rule in sobject.validation_rules.values() if rule.active), *filtered]


def _filter(field: Field) -> ValidationRule:
    """A look-up that changed to a record which its filter leaves out."""
    broken = f"AND(OR(ISNEW(), ISCHANGED({field.name})), NOT(ISBLANK({field.name})), NOT({field.lookup_filter}))"
    message = field.filter_message or NO_MATCH
    return ValidationRule(field.name, broken, message, field.name, code="FIELD_FILTER_VALIDATION_EXCEPTION")


@dataclass
class Validation:
    """The rules of one object for one user and moment."""

    schema: Schema
    connection: sqlite3.Connection
    user: User
    now: datetime

    def remember(self, batch: Batch, *, creating: bool) -> None:
        """Keep the rows as they are before an update (before an insert: none), where a rule asks what changes."""
        if not any(_ASKS_BEFORE.search(rule.error_condition_formula) for rule in rules(batch.sobject)):
            return
        self.connection.execute("DROP TABLE IF EXISTS temp._before")
        keys = json.dumps([] if creating else [key for key in batch.ids if key])
        chosen = "WHERE Id IN (SELECT value FROM json_each(?))"
        self.connection.execute(
            f"CREATE TEMP TABLE _before AS SELECT * FROM {quote(batch.sobject.name)} {chosen}", (keys,)
        )

    def fail_rows(self, batch: Batch) -> bool:
        """Name every broken rule on its row; True when there was one."""
        checked = rules(batch.sobject)
        source = Source(self.schema, batch.sobject, self.user, self.now)
        conditions = [self._condition(rule, source) for rule in checked]
        broken = self._broken(source, conditions, [str(batch.ids[row]) for row in batch.live()])
        for row in list(batch.live()) if broken else ():
            for rule, holds in zip(checked, broken.get(str(batch.ids[row]), ()), strict=False):
                if holds:
                    fields = (rule.error_display_field,) if rule.error_display_field else ()
                    batch.fail(row, rule.code, rule.error_message, fields)
        return bool(broken)

    def _broken(self, source: Source, conditions: list[str], keys: list[str]) -> dict[str, Sequence[int]]:
        sql = (
            f"SELECT {_ROW}.Id, {', '.join(conditions)} FROM {source.sql} "
            f"WHERE {_ROW}.Id IN (SELECT value FROM json_each(?)) AND ({' OR '.join(conditions)})"
        )
        return {row[0]: row[1:] for row in self.connection.execute(sql, (json.dumps(keys),))}

    def _condition(self, rule: ValidationRule, source: Source) -> str:
        try:
            zone = self.user.time_zone
            return formulas.condition_sql(rule.error_condition_formula, source.resolve, self.now, zone, self.schema)
        except FormulaError as problem:
            where = f"validation rule {rule.name} of {source.sobject.name}"
            raise ApiError("UNKNOWN_EXCEPTION", f"The {where} cannot be worked out here: {problem}") from problem


@dataclass
class Source:
    """The FROM of a check: the row, the row before, and each parent that a formula names."""

    schema: Schema
    sobject: SObject
    user: User
    now: datetime
    _joins: dict[tuple[str, str], tuple[str, SObject]] = field(default_factory=dict)
    _clauses: list[str] = field(default_factory=list)

    @property
    def sql(self) -> str:
        return " ".join([f"{quote(self.sobject.name)} {_ROW}", *self._clauses])

    def resolve(self, path: tuple[str, ...]) -> tuple[str, Field]:
        if path[0] == formulas.PERMISSION and len(path) == 2:
            return permission(path[1], self.user, self.schema)
        if path[0] == formulas.PRIOR:
            return self._before(path[1])
        if path[0] in formulas.GLOBALS:
            return self._from(self._global(path[0]), path[1:])
        return self._from((_ROW, self.sobject), path)

    def _before(self, name: str) -> tuple[str, Field]:
        join = f"LEFT JOIN temp._before {_BEFORE} ON {_BEFORE}.Id = {_ROW}.Id"
        if join not in self._clauses:
            self._clauses.append(join)
        return self._field(_BEFORE, self.sobject, name)

    def _from(self, start: tuple[str, SObject], path: tuple[str, ...]) -> tuple[str, Field]:
        alias, owner = start
        for step in path[:-1]:
            alias, owner = self._parent(alias, owner, step)
        return self._field(alias, owner, path[-1])

    def _field(self, alias: str, owner: SObject, name: str) -> tuple[str, Field]:
        found = owner.get(name)
        if found is None:
            raise FormulaError(f"Field {name} does not exist. Check spelling.")
        if found.stored:
            return f"{alias}.{quote(found.name)}", found
        inner = partial(self._from, (alias, owner))
        return f"({formulas.field_sql(found, inner, self.now, self.user.time_zone, self.schema)})", found

    def _parent(self, alias: str, owner: SObject, step: str) -> tuple[str, SObject]:
        reference = owner.parent(step)
        target = self.schema.get(reference.reference_to[0]) if reference else None
        if reference is None or target is None:
            raise FormulaError(f"Field {step} does not exist. Check spelling.")
        return self._joined(f"{alias}.{quote(reference.name)}", target)

    def _global(self, name: str) -> tuple[str, SObject]:
        return self._joined(record_id_sql(name, self.user), self.schema[formulas.GLOBALS[name]])

    def _joined(self, identity: str, target: SObject) -> tuple[str, SObject]:
        key = (identity, target.name)
        if key not in self._joins:
            alias = f"p{len(self._joins)}"
            self._joins[key] = (alias, target)
            self._clauses.append(f"LEFT JOIN {quote(target.name)} {alias} ON {alias}.Id = {identity}")
        return self._joins[key]
