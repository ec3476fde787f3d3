"""Deploys a folder of force-app source: objects, fields, value sets, record types, permission sets; all or nothing."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from localorg import formulas
from localorg.deploy import fields, objects, permission_sets, source
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part, Source
from localorg.model import Field, Schema, SObject
from localorg.schema import components
from localorg.schema.system import owner_field

if TYPE_CHECKING:
    from localorg.engine import Org


class Deployment(TypedDict):
    """What a deployment did, by full names; `not_emulated` is what this org has no use for yet."""

    created: list[str]
    changed: list[str]
    not_emulated: list[str]


class Plan:
    """A deployment on its way: the schema it leads to, worked out on a copy."""

    def __init__(self, schema: Schema, found: Source, problems: Problems) -> None:
        self.before = schema
        self.schema = copy.deepcopy(schema)
        self.source = found
        self.problems = problems
        self.objects: list[SObject] = []
        self.fields: list[tuple[SObject, Field]] = []
        self.permission_sets: list[permission_sets.PermissionSet] = []
        self._parts: dict[str, Part] = {}

    def build(self) -> None:
        self._check_twice()
        for part in self.source.of("CustomObject"):
            self._object(part)
        value_sets = {
            part.component.name: fields.values(part, part.root.all("customValue"), self.problems)
            for part in self.source.of("GlobalValueSet")
        }
        for part in self.source.of("CustomField"):
            self._field(part, value_sets)
        for part in self.source.of("RecordType"):
            self._record_type(part)
        self._check_objects()
        self._check_formulas()
        for part in self.source.of("PermissionSet"):
            self.permission_sets.append(permission_sets.read(part, self.schema, self.problems))
        self.problems.raise_any()

    def _check_twice(self) -> None:
        for parts in self.source.parts.values():
            seen: set[str] = set()
            for part in parts:
                if part.component.name.lower() in seen:
                    message = f"Duplicate: there is already a {part.component.kind} named {part.component.name}"
                    self.problems.add(part.component, message)
                seen.add(part.component.name.lower())

    def _object(self, part: Part) -> None:
        new = objects.read(part, self.schema, self.problems)
        if new is None:
            return
        known = self.schema.get(new.name)
        if known is not None:
            for field in known:
                if field.custom and new.get(field.name) is None:
                    new.add(field)
        self._parts[new.name] = part
        self.schema.add(new)
        self.objects.append(new)

    def _field(self, part: Part, value_sets: fields.ValueSets) -> None:
        owner = self.schema.get(part.component.name.partition(".")[0])
        if owner is None:
            message = f"Entity of type 'CustomObject' named '{part.component.name.partition('.')[0]}' cannot be found"
            self.problems.add(part.component, message)
            return
        new = fields.read(part, self.schema, value_sets, self.problems)
        if new is None:
            return
        self._check_change(part, owner, new)
        owner.add(new)
        self._parts[part.component.name] = part
        self.fields.append((owner, new))

    def _check_change(self, part: Part, owner: SObject, new: Field) -> None:
        known = owner.get(new.name)
        if known is not None and known.calculated != new.calculated:
            self.problems.add(part.component, "Cannot change a formula field to another field type, or back")
        for other in owner:
            same = other.child_relationship_name is None
            if same or other.name == new.name or other.reference_to != new.reference_to:
                continue
            if other.child_relationship_name == new.child_relationship_name:
                message = f"There is already a Child Relationship named {new.child_relationship_name} on the parent"
                self.problems.add(part.component, message)

    def _record_type(self, part: Part) -> None:
        owner_name, _, name = part.component.name.partition(".")
        owner = self.schema.get(owner_name)
        if owner is None:
            message = f"Entity of type 'CustomObject' named '{owner_name}' cannot be found"
            self.problems.add(part.component, message)
            return
        owner.record_types[name] = part.root.get("label") or name
        if owner not in self.objects:
            self.objects.append(owner)

    def _check_objects(self) -> None:
        for sobject in self.objects:
            part = self._parts.get(sobject.name)
            if part is None or not sobject.custom or sobject.setting:
                continue
            objects.check_relationships(part, sobject, self.problems)
            has_owner = not any(field.master_detail for field in sobject)
            if has_owner and sobject.name.endswith("__c"):
                sobject.add(owner_field())

    def _check_formulas(self) -> None:
        for owner, field in self.fields:
            if field.formula:
                try:
                    formulas.check(field, owner, self.schema)
                except formulas.FormulaError as problem:
                    part = self._parts[f"{owner.name}.{field.name}"]
                    line = next((child.line for child in part.root.children if child.name == "formula"), 1)
                    self.problems.add(part.component, str(problem), line)

    def kept_fields(self) -> list[tuple[SObject, Field]]:
        """What the org must remember: the deployed fields, and of deployed objects the system fields too."""
        whole = [sobject for sobject in self.objects if sobject.name in self._parts]
        return [(sobject, field) for sobject in whole for field in sobject] + self.fields

    def summary(self) -> Deployment:
        names = [sobject.name for sobject in self.objects]
        names += [f"{owner.name}.{field.name}" for owner, field in self.fields]
        known = [name for name in names if _known(self.before, name)]
        sets = [found.name for found in self.permission_sets]
        return {
            "created": [name for name in names if name not in known],
            "changed": known + sets,
            "not_emulated": self.source.not_emulated,
        }


def _known(schema: Schema, name: str) -> bool:
    owner, _, field = name.partition(".")
    sobject = schema.get(owner)
    return sobject is not None and (not field or sobject.get(field) is not None)


def deploy(org: Org, folder: Path) -> Deployment:
    """Raises DeployError naming every component, line and problem; then nothing has changed."""
    problems = Problems()
    plan = Plan(org.schema, source.read(folder, problems), problems)
    plan.build()
    administrator = org.administrator().user.id
    with org.store.write() as connection:
        org.store.create_tables(plan.schema)
        components.save(org.store, plan.objects, plan.kept_fields())
        for found in plan.permission_sets:
            permission_sets.write(found, org.store, plan.schema, org.clock, administrator, connection)
    org.schema_replaced(plan.schema)
    return plan.summary()
