"""The shape of an org: objects and fields as `describe` reports them; everything else in the local org reads these.

Storage rule: one SQLite table per sObject, named by its API name, one column per stored field, named by its API name.
`id`/`reference` are 18-character TEXT, text types TEXT, `boolean` INTEGER 0/1, `int` INTEGER, `double`, `currency` and
`percent` REAL rounded to the field's scale, `date` TEXT `YYYY-MM-DD`, `datetime` TEXT `YYYY-MM-DDTHH:MM:SS.mmmZ` (UTC),
`multipicklist` TEXT with `;`. Null is NULL; the platform has no empty string. Formula fields have no column: their
formula is compiled to SQL where they are read. Compound fields (`address`, `location`) have none either: their parts do
(`Field.compound` names the whole; a part's own name is the whole's with the ending replaced, `MailingAddress` → `MailingCity`).
Text columns are declared COLLATE NOCASE (ids, dates and case-sensitive fields BINARY), as the platform compares text.
Roll-up summaries are formulas too: `ROLLUP("child", "its reference field", "sum", "field", "only if this formula of the child's")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

TEXT_TYPES = frozenset({
    "string", "textarea", "picklist", "multipicklist", "email", "phone", "url", "combobox", "encryptedstring", "anyType",
})  # fmt: skip
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
COMPOUND_TYPES = frozenset({"address", "location"})


@dataclass(frozen=True)
class PicklistValue:
    value: str
    label: str
    default: bool = False
    active: bool = True
    valid_for: tuple[str, ...] = ()  # of a dependent picklist: the controlling values it goes with


@dataclass
class Field:
    """One field. `type` is the REST describe type (`string`, `currency`, `reference`, …); lengths are in characters."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    controller: str = ""  # the field whose value decides which of these are offered
    picklist: tuple[PicklistValue, ...] = ()
    reference_to: tuple[str, ...] = ()
    definition: str = ""  # of a text that names an entity or a field: EntityDefinition, FieldDefinition …
    relationship_name: str | None = None  # child → parent, as written in SOQL: `Account`, `Contact__r`
    child_relationship_name: str | None = None  # parent → child subquery: `Contacts`, `AI_Donor_Profiles__r`
    master_detail: bool = False
    cascade_delete: bool = False
    formula: str | None = None
    default: object = None  # a constant of the field's type, or None
    auto_number: str | None = None  # display format, e.g. `RUN-{000000}`
    long_text: bool = False
    name_field: bool = False
    description: str = ""
    help: str = ""
    compound: str | None = None  # the compound field this is a part of: `Name`, `MailingAddress`
    blanks_as_zero: bool = False  # formula numbers: a blank counts as 0
    default_formula: str | None = None  # a default that is computed: `TODAY()`
    reparentable: bool = False  # master-detail whose parent may change
    restrict_delete: bool = False  # the parent cannot be deleted while this child points at it
    lookup_filter: str = ""  # a formula that must hold of a record whose look-up changes
    filter_message: str = ""

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def calculated(self) -> bool:
        return self.formula is not None

    @property
    def summary(self) -> bool:
        """Whether it sums up children."""
        return self.formula is not None and self.formula.startswith("ROLLUP(")

    @property
    def stored(self) -> bool:
        """Whether the table has a column for it."""
        return self.formula is None and self.type not in COMPOUND_TYPES


@dataclass(frozen=True)
class ValidationRule:
    """A condition that must not hold of a saved row; `error_display_field` is empty for the top of the page."""

    name: str
    error_condition_formula: str
    error_message: str
    error_display_field: str = ""
    active: bool = True
    description: str = ""
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@dataclass
class SObject:
    """One object. Field look-up is case-insensitive, as on the platform; iteration keeps declaration order."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    custom: bool = False
    fields: dict[str, Field] = field(default_factory=dict)  # by lower-cased API name
    record_types: dict[str, str] = field(default_factory=dict)  # DeveloperName → label
    queryable: bool = True
    createable: bool = True
    description: str = ""
    sharing: str = "ReadWrite"
    updateable: bool = True
    deletable: bool = True
    setting: str = ""  # custom setting: `Hierarchy` or `List`
    public: bool = False  # everyone may read it, no object permission exists (User, RecordType, Task …)
    setup: bool = False  # read and written by administrators only (PermissionSet …)
    follows: str | None = None  # the object whose permissions apply instead (OpportunityContactRole → Opportunity)
    validation_rules: dict[str, ValidationRule] = field(default_factory=dict)  # by lower-cased name
    publish_behavior: str = "PublishAfterCommit"  # platform events; the other is PublishImmediately

    @property
    def is_event(self) -> bool:
        """A platform event: its records are messages on the bus, never rows."""
        return self.name.endswith("__e")

    def get(self, name: str) -> Field | None:
        return self.fields.get(name.lower())

    def add(self, new: Field) -> None:
        self.fields[new.name.lower()] = new

    def parent(self, relationship: str) -> Field | None:
        """The reference field whose child → parent relationship has this name."""
        wanted = relationship.lower()
        for candidate in self.fields.values():
            if candidate.relationship_name and candidate.relationship_name.lower() == wanted:
                return candidate
        return None

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())


@dataclass
class Schema:
    """All objects of the org. Look-up by API name is case-insensitive."""

    objects: dict[str, SObject] = field(default_factory=dict)  # by lower-cased API name

    def get(self, name: str) -> SObject | None:
        return self.objects.get(name.lower())

    def __getitem__(self, name: str) -> SObject:
        """An object that every org has; KeyError otherwise."""
        return self.objects[name.lower()]

    def add(self, new: SObject) -> None:
        self.objects[new.name.lower()] = new

    def child(self, parent: SObject, relationship: str) -> tuple[SObject, Field] | None:
        """The child object and its reference field behind a parent → child relationship name, if any."""
        wanted = relationship.lower()
        for sobject in self.objects.values():
            for candidate in sobject:
                if (
                    candidate.child_relationship_name
                    and candidate.child_relationship_name.lower() == wanted
                    and parent.name in candidate.reference_to
                ):
                    return sobject, candidate
        return None

    def __iter__(self) -> Iterator[SObject]:
        return iter(self.objects.values())
