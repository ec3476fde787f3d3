"""A deployment on its way: the schema it leads to, worked out on a copy, and everything that speaks against it."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from localorg import formulas, sharing
from localorg.deploy import (
    checks,
    fields,
    lookup_filters,
    objects,
    permission_sets,
    record_types,
    records,
    rules,
    standard_values,
    structure,
)
from localorg.deploy.checks import deletion
from localorg.deploy.problems import Component, Problems
from localorg.deploy.shelf import Shelf
from localorg.deploy.source import Part, Source
from localorg.deploy.world import Key, World, key
from localorg.model import Field, Schema, SObject
from localorg.schema.system import owner_field


class Plan:
    """`build` fills it; `problems` says whether it may be carried out."""

    def __init__(
        self, schema: Schema, found: Source, shelf: Shelf, problems: Problems, removed: Mapping[Key, Component]
    ) -> None:
        self.before = schema
        self.schema = copy.deepcopy(schema)
        self.source = found
        self.problems = problems
        self.removed = dict(removed)
        self.world = World(self.schema, found, shelf, frozenset(removed))
        self.objects: list[SObject] = []
        self.fields: list[tuple[SObject, Field]] = []
        self.permission_sets: list[permission_sets.PermissionSet] = []
        self.records: list[records.Record] = []
        self.sharing: dict[str, str] = {}  # new defaults of objects that were there without any deployment
        self._parts: dict[str, Part] = {}
        self._malformed: set[Key] = set()

    def build(self) -> None:
        for part in self.source:
            count = len(self.problems.found)
            structure.check(part, self.problems)
            if len(self.problems.found) > count:
                self._malformed.add(key(part.kind, part.name))
        self._check_twice()
        self._remove()
        self._build_schema()
        for part in self._sound("PermissionSet"):
            self.permission_sets.append(permission_sets.read(part, self.world, self.problems))
        for part in self._sound("CustomMetadata"):
            record = records.read(part, self.world, self.problems)
            if record is not None:
                self.records.append(record)
        checks.run(self.world, [part for part in self.source if self._is_sound(part)], self.problems)
        if self.removed:
            deletion.check(self.world, self.removed, self.problems)

    def _build_schema(self) -> None:
        for part in self._sound("CustomObject"):
            self._object(part)
        value_sets = fields.value_sets(self.world, self.problems)
        for part in sorted(self._sound("CustomField"), key=lambda part: part.root.get("type") == "Summary"):
            self._field(part, value_sets)  # a summary looks at the fields of its children
        self._lookup_filters()
        self._refresh_picklists(value_sets)
        for part in self._sound("StandardValueSet"):
            self.fields += standard_values.read(part, self.schema, self.problems)
        for part in self._sound("RecordType"):
            self._record_type(part)
        for part in self._sound("ValidationRule"):
            owner = self._owner(part)
            if owner is not None:
                rules.read(part, owner, self.problems)
        self._check_objects()
        self._check_formulas()
        for part in self._sound("ValidationRule"):
            rules.check(part, self.world, self.problems)

    def _is_removed(self, kind: str, name: str) -> bool:
        return key(kind, name) in self.removed

    def _is_sound(self, part: Part) -> bool:
        return key(part.kind, part.name) not in self._malformed

    def _sound(self, kind: str) -> list[Part]:
        return [part for part in self.source.of(kind) if self._is_sound(part)]

    def _check_twice(self) -> None:
        for parts in self.source.parts.values():
            seen: set[str] = set()
            for part in parts:
                if part.name.lower() in seen:
                    self.problems.add(part.component, f"Duplicate: there is already a {part.kind} named {part.name}")
                seen.add(part.name.lower())

    def _remove(self) -> None:
        for kind, name in self.removed:
            owner_name, _, own = name.partition(".")
            owner = self.schema.get(owner_name)
            if owner is None:
                continue
            if kind == "CustomObject":
                del self.schema.objects[name]
            elif kind == "CustomField":
                owner.fields.pop(own, None)
            elif kind == "ValidationRule":
                owner.validation_rules.pop(own, None)
            elif kind == "RecordType":
                owner.record_types = {one: label for one, label in owner.record_types.items() if one.lower() != own}
            if kind in ("ValidationRule", "RecordType") and owner not in self.objects:
                self.objects.append(owner)

    def _owner(self, part: Part) -> SObject | None:
        """The object a field, record type or rule is of; it is saved again with it."""
        owner = self.schema.get(part.owner)
        if owner is None:
            message = f"Entity of type 'CustomObject' named '{part.owner}' cannot be found"
            self.problems.add(part.component, message)
        elif part.kind != "CustomField" and owner not in self.objects:
            self.objects.append(owner)
        return owner

    def _object(self, part: Part) -> None:
        new = objects.read(part, self.schema, self.problems)
        if new is None:
            known = self.schema.get(part.name)
            if known is not None and part.root.get("sharingModel") in sharing.MODELS:
                known.sharing = self.sharing[known.name] = part.root.get("sharingModel")
            return
        known = self.schema.get(new.name)
        if known is not None:
            new.record_types, new.validation_rules = known.record_types, known.validation_rules
            for field in known:
                if field.custom and new.get(field.name) is None:
                    new.add(field)
        self._parts[new.name] = part
        self.schema.add(new)
        self.objects.append(new)

    def _field(self, part: Part, value_sets: fields.ValueSets) -> None:
        owner = self._owner(part)
        if owner is None:
            return
        for new in fields.read(part, owner, self.schema, value_sets, self.problems):
            self._check_change(part, owner, new)
            owner.add(new)
            self._parts[f"{owner.name}.{new.name}"] = part
            self.fields.append((owner, new))

    def _check_change(self, part: Part, owner: SObject, new: Field) -> None:
        known = owner.get(new.name)
        if known is not None and not self._is_removed("CustomField", part.name):
            change = fields.refused_change(known, new)
            if change:
                self.problems.add(part.component, change)
        for other in owner:
            same = other.child_relationship_name is None
            if same or other.name == new.name or other.reference_to != new.reference_to:
                continue
            if other.child_relationship_name == new.child_relationship_name:
                message = f"There is already a Child Relationship named {new.child_relationship_name} on the parent"
                self.problems.add(part.component, message)

    def _lookup_filters(self) -> None:
        """Once all fields are known: a filter may look at any of them."""
        for owner, field in self.fields:
            part = self._parts.get(f"{owner.name}.{field.name}")
            if part is not None and field.reference_to:
                lookup_filters.read(field, owner, part, self.schema, self.problems)

    def _refresh_picklists(self, value_sets: fields.ValueSets) -> None:
        """Fields deployed before take the new values of a shared set that is deployed now."""
        changed = {part.name for part in self._sound("GlobalValueSet")}
        if not changed:
            return
        for part in self.world.before():
            if part.kind == "CustomField" and part.root.get("valueSet/valueSetName") in changed:
                owner = self.schema.get(part.owner)
                field = owner.get(part.name.partition(".")[2]) if owner else None
                if owner is not None and field is not None:
                    field.picklist = value_sets[part.root.get("valueSet/valueSetName")]
                    self.fields.append((owner, field))

    def _record_type(self, part: Part) -> None:
        owner = self._owner(part)
        if owner is not None:
            owner.record_types[part.name.partition(".")[2]] = part.root.get("label")
            record_types.check(part, owner, self.problems)

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
            part = self._parts.get(f"{owner.name}.{field.name}")
            if part is None:
                continue
            if field.formula:
                self._check_formula(part, "formula", field, owner)
            elif field.default_formula:
                given = Field(field.name, field.type, formula=part.root.get("defaultValue"))
                self._check_formula(part, "defaultValue", given, owner)

    def _check_formula(self, part: Part, element: str, field: Field, owner: SObject) -> None:
        try:
            formulas.check(field, owner, self.schema)
        except formulas.FormulaError as problem:
            found = part.root.child(element)
            self.problems.add(part.component, str(problem), found.line if found else 1)

    def kept_fields(self) -> list[tuple[SObject, Field]]:
        """What the org must remember: the deployed fields, and of deployed objects the system fields too."""
        whole = [sobject for sobject in self.objects if sobject.name in self._parts]
        return [(sobject, field) for sobject in whole for field in sobject] + self.fields
