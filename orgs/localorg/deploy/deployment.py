"""One deployment from files to effect: read, plan, check, and carry out all of it or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from localorg.apex.testing import TestReport
from localorg.deploy import (
    apex_step,
    custom_permissions,
    kinds,
    manifest,
    permission_sets,
    profiles,
    record_types,
    records,
    standard_values,
)
from localorg.deploy.plan import Plan
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import Files, Part, Source, read
from localorg.deploy.world import Key, key
from localorg.errors import Problem
from localorg.schema import components
from localorg.store import quote

if TYPE_CHECKING:
    from localorg.engine import Org


@dataclass(frozen=True)
class Options:
    """What the caller of a deployment may choose, with the platform's names and defaults."""

    check_only: bool = False
    rollback_on_error: bool = True
    single_package: bool = True
    ignore_warnings: bool = True
    compile_apex: bool = False  # takes some seconds when the org has not run Apex yet
    test_level: str = "NoTestRun"
    run_tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one component."""

    component: Component
    id: str = ""
    created: bool = False
    changed: bool = False
    deleted: bool = False


@dataclass
class Result:
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    not_emulated: list[str] = field(default_factory=list)
    tests: TestReport | None = None

    @property
    def succeeded(self) -> bool:
        return not self.problems and (self.tests is None or self.tests.passed)


class _UndoError(Exception):
    """Ends the transaction of a deployment whose changes are not to stay: a dry run, or one that failed."""


def deploy(org: Org, files: Files, options: Options, user_id: str) -> Result:
    """Never raises for what is wrong with the components: the result says it, and nothing has changed then."""
    result = Result()
    try:
        with org.store.write() as connection:  # from the first look on, so that no other deployment comes between
            problems = Problems()
            given = _given(files, options, problems)
            plan = _plan(org, given.source, given.removed, problems)
            for part in given.source.of("Profile"):
                profiles.check(part, problems, connection)
            if problems.found and not options.rollback_on_error:
                plan = _sound_part(org, given.removed, plan)
            if _refused(result, given, problems, options):
                return result
            result.outcomes = _carry_out(org, plan, given.packages, connection, user_id)
            if options.compile_apex and not _apex_is_sound(org, plan, options, result):
                result.outcomes = []
                raise _UndoError
            if options.check_only:
                raise _UndoError
    except _UndoError:
        return result
    org.schema_replaced(plan.schema)
    return result


def _apex_is_sound(org: Org, plan: Plan, options: Options, result: Result) -> bool:
    problems = Problems()
    with apex_step.as_it_would_be(org, plan.schema):
        apex_step.compiles(org, plan.source, problems)
        if not problems.found:
            result.tests = apex_step.run_tests(org, options.test_level, options.run_tests)
    result.problems = result.problems + problems.found
    return not problems.found and (result.tests is None or result.tests.passed)


def _refused(result: Result, given: _Given, problems: Problems, options: Options) -> bool:
    result.problems, result.warnings = problems.found, problems.warnings
    result.not_emulated = given.source.not_emulated
    if problems.warnings and not options.ignore_warnings:
        result.problems, result.warnings = problems.found + problems.warnings, []
        return True
    return bool(problems.found) and options.rollback_on_error


def _plan(org: Org, source: Source, removed: Mapping[Key, Component], problems: Problems) -> Plan:
    plan = Plan(org.schema, source, org.shelf, problems, removed)
    plan.build()
    return plan


def _sound_part(org: Org, removed: Mapping[Key, Component], plan: Plan) -> Plan:
    """Leave out what has problems until the rest has none."""
    while plan.problems.found:
        wrong = {key(found.component_type, found.full_name) for found in plan.problems.found}
        kept = Source()
        for part in plan.source:
            if key(part.kind, part.name) not in wrong:
                kept.add(part)
        removed = {name: component for name, component in removed.items() if name not in wrong}
        if not kept.parts and not removed:
            return _plan(org, kept, removed, Problems())
        if sum(map(len, kept.parts.values())) == sum(map(len, plan.source.parts.values())) and len(removed) == len(
            plan.removed
        ):
            return _plan(org, Source(), {}, Problems())  # problems of the package itself
        plan = _plan(org, kept, removed, Problems())
    return plan


@dataclass
class _Given:
    """What the files ask for: components to add, components to delete, and those that go into a package by name."""

    source: Source = field(default_factory=Source)
    removed: dict[Key, Component] = field(default_factory=dict)
    packages: dict[str, list[Part]] = field(default_factory=dict)


def _given(files: Files, options: Options, problems: Problems) -> _Given:
    """Every package in the files: those beside a package.xml, or all files where there is none (source format)."""
    roots = sorted(path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == manifest.PACKAGE)
    if not roots:
        return _Given(read(files, problems))
    given = _Given()
    in_one_folder = len(roots) == 1 and "/" not in roots[0]  # where clients may put the one package
    if options.single_package and not in_one_folder and roots[0] != "":
        problems.add(Component("", manifest.PACKAGE, PurePosixPath(manifest.PACKAGE)), "No package.xml found")
        return given
    for root in roots[:1] if options.single_package else roots:
        own = {path: body for path, body in files.items() if path.startswith(f"{root}/" if root else "")}
        path = f"{root}/{manifest.PACKAGE}".lstrip("/")
        found = manifest.read(path, own[path], problems)
        if found is None:
            continue
        parts = list(manifest.agree(found, read(own, problems), problems))
        for part in parts:
            given.source.add(part)
        if found.full_name:
            given.packages.setdefault(found.full_name, []).extend(parts)
        given.removed |= _removals(own, root, problems)
    return given


def _removals(files: Files, root: str, problems: Problems) -> dict[Key, Component]:
    removed: dict[Key, Component] = {}
    for name in manifest.DESTRUCTIVE:
        path = f"{root}/{name}".lstrip("/")
        found = manifest.read(path, files[path], problems) if path in files else None
        for kind, members in (found.members if found else {}).items():
            for member, line in members.items():
                component = Component(kind, member, PurePosixPath(path), line)
                if member == "*":
                    problems.add(component, "Wildcards are not supported in destructiveChanges.xml", line)
                removed[key(kind, member)] = component
    return removed


def _carry_out(
    org: Org, plan: Plan, packages: Mapping[str, list[Part]], connection: sqlite3.Connection, user_id: str
) -> list[Outcome]:
    now = org.clock.stamp()
    known = {(stored.kind, stored.name.lower()): stored for stored in org.shelf.all()}
    parts_first = sorted(plan.removed.items(), key=lambda item: not kinds.is_part(item[1].kind))
    outcomes = [_remove(org, plan, name, component, connection) for name, component in parts_first]
    org.store.create_tables(plan.schema)
    components.save(org.store, plan.objects, plan.kept_fields())
    org.store.set_meta("sharing", org.store.meta("sharing", {}) | plan.sharing)
    given = org.shelf.put((part for part in plan.source if part.kind != "Profile"), now, user_id)
    for name, parts in packages.items():
        org.shelf.add_to_package(name, (part for part in parts if (part.kind, part.name) in given))
    writer = permission_sets.Rows(org.store, plan.schema, now, user_id, connection)
    custom_permissions.write(plan.source, org.shelf, writer)
    ids = {(stored.kind, stored.name.lower()): stored.id for stored in org.shelf.all()}
    for found in plan.permission_sets:
        identity = permission_sets.write(found, org.store, plan.schema, org.clock, user_id, connection, ids)
        org.shelf.same_id("PermissionSet", found.name, identity)
    permission_sets.write_groups(org.shelf, org.store, plan.schema, now, user_id, connection)
    profiles.write(plan.source.of("Profile"), plan.schema, writer, connection)
    standard_values.write(plan.source.of("StandardValueSet"), writer)
    records.write(plan.records, org.store, plan.schema, now, user_id)
    record_types.write(plan.source, org.store, plan.schema, now, user_id, connection)
    for part in plan.source:
        before = known.get(key(part.kind, part.name))
        changed = before is None or not part.same_as(before.part())
        existed = before is not None or _is_standard(plan, part)
        outcomes.append(Outcome(part.component, given.get((part.kind, part.name), ""), not existed, changed))
    return outcomes


def _is_standard(plan: Plan, part: Part) -> bool:
    """A field or object that the org had without any deployment."""
    owner = plan.before.get(part.owner)
    own = part.name.partition(".")[2]
    if part.kind in ("CustomObject", "Profile"):
        return owner is not None or part.kind == "Profile"
    if part.kind == "StandardValueSet":
        return True
    return part.kind == "CustomField" and owner is not None and owner.get(own) is not None


def _remove(org: Org, plan: Plan, name: Key, component: Component, connection: sqlite3.Connection) -> Outcome:
    stored = org.shelf.find(*name)
    if stored is None:
        plan.problems.warn(component, f"No {component.kind} named: {component.name} found")
        return Outcome(component)
    kind, owner, own = component.kind, component.name.partition(".")[0], component.name.partition(".")[2]
    if kind == "CustomObject":
        connection.execute(f"DROP TABLE IF EXISTS {quote(owner)}")
        connection.execute("DELETE FROM _recycle WHERE sobject = ?", (owner,))
        connection.execute("DELETE FROM _components WHERE name = ? OR name LIKE ? || '.%'", (owner, owner))
        connection.execute("DELETE FROM _metadata WHERE name LIKE ? || '.%' OR name LIKE ? || '-%'", (owner, owner))
    elif kind == "CustomField":
        connection.execute("DELETE FROM _components WHERE kind = 'field' AND name = ?", (component.name,))
        field = plan.before[owner].get(own) if plan.before.get(owner) else None
        if field is not None and field.stored:
            connection.execute(f"DROP INDEX IF EXISTS {quote(f'{plan.before[owner].name}.{field.name}')}")
            connection.execute(f"ALTER TABLE {quote(owner)} DROP COLUMN {quote(field.name)}")
    elif kind == "CustomMetadata":
        records.remove(component.name, plan.before, connection)
    elif kind in ("PermissionSet", "PermissionSetGroup"):
        permission_sets.remove(kind, component.name, connection)
    elif kind == "RecordType":
        connection.execute("DELETE FROM RecordType WHERE SobjectType = ? AND DeveloperName = ?", (owner, own))
    org.shelf.remove(kind, component.name)
    return Outcome(component, stored.id, deleted=True)
