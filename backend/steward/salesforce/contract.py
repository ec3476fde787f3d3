"""The data contract: every object and field Steward reads from the org or writes to it, and why.

The SOQL, the permission check, the snapshot's columns and `docs/data-contract.md` are all made from it.
Custom names without a namespace are Steward's own; `namespaces.py` maps every name to the org at hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from steward.salesforce.reads import ROLLOUT, SETTINGS, TABLES
from steward.salesforce.terms import Column, Kind, Need, Setting, Table, Write, WriteField
from steward.salesforce.writes import LOOKUP, PROFILE, RUN, WRITES

__all__ = [
    "LOOKUP", "PROFILE", "RUN", "SETTINGS", "TABLES", "WRITES", "Column", "Kind", "Need", "Setting", "Table", "Write",
    "WriteField", "grantable", "is_forbidden", "needs", "readable", "soql", "table",
]  # fmt: skip

# Fields that the platform shows to whoever may read the object: no permission set can name them.
_SYSTEM = frozenset({"Id", "CreatedDate", "SystemModstamp", "IsDeleted", "MasterRecordId", "SetupOwnerId"})
_UNGRANTABLE = {
    "Opportunity": {"CloseDate", "IsWon", "IsClosed"},
    "OpportunityContactRole": {"OpportunityId", "ContactId", "Role", "IsPrimary"},
    "CampaignMember": {"CampaignId", "ContactId", "Status", "HasResponded", "FirstRespondedDate"},
    "Task": {"AccountId", "TaskSubtype", "IsClosed"},
    "Event": {"AccountId", "ActivityDate"},
    "npe01__OppPayment__c": {"npe01__Opportunity__c"},
    "npsp__Partial_Soft_Credit__c": {"npsp__Opportunity__c", "npsp__Contact__c"},
    "npsp__Account_Soft_Credit__c": {"npsp__Opportunity__c", "npsp__Account__c"},
    "npsp__Allocation__c": {"npsp__General_Accounting_Unit__c"},
    "npsp__General_Accounting_Unit__c": {"Name"},
    "GW_Volunteers__Volunteer_Hours__c": {"GW_Volunteers__Contact__c", "GW_Volunteers__Start_Date__c"},
    "AI_Donor_Profile__c": {"Contact__c"},
}
# Objects that no permission set can name: access comes with the parent object or with a user permission.
_UNGRANTABLE_OBJECTS = frozenset({"OpportunityContactRole", "CampaignMember", "Task", "Event"})

# Nothing that names or reaches a person, nothing written about them, nothing protected.
_FORBIDDEN = re.compile(
    r"name|salutation|title|suffix|greeting|e-?mail|phone|fax|mobile|address|street|city|state\b|postal|zip|country|"
    r"latitude|longitude|birth|gender|ethnic|religio|description|subject|note|comment|honoree|photo|ssn",
    re.IGNORECASE,
)
_ALLOWED = frozenset({
    ("Contact", "HasOptedOutOfEmail"),  # consent
    ("npsp__General_Accounting_Unit__c", "Name"),  # a fund
    ("npsp__Partial_Soft_Credit__c", "npsp__Role_Name__c"),  # a role's name
    ("Opportunity", "RecordType.DeveloperName"),  # configuration
})  # fmt: skip


def is_forbidden(sobject: str, path: str) -> bool:
    """Whether asking for this field would bring personal data into Steward."""
    return (sobject, path) not in _ALLOWED and bool(_FORBIDDEN.search(path))


def grantable(sobject: str, path: str) -> bool:
    """Whether a permission set can (and so must) grant this field."""
    return "." not in path and path not in _SYSTEM and path not in _UNGRANTABLE.get(sobject, ())


def table(name: str) -> Table:
    return next(one for one in TABLES if one.name == name)


def readable() -> Iterator[tuple[str, str]]:
    """(object, field path) of everything the contract reads."""
    for one in TABLES:
        for column in one.columns:
            for path in column.paths:
                yield one.object, path
    for setting in SETTINGS:
        yield setting.object, setting.field


def soql(one: Table, absent: Collection[str] = (), where: str = "", extra: tuple[str, ...] = ()) -> str:
    """The query of one table, without the paths that the org does not show; `extra` fields come last."""
    paths = [path for column in one.columns for path in column.paths if path not in absent]
    text = f"SELECT {', '.join([*paths, *extra])} FROM {one.object}"  # noqa: S608 the names are constants above
    return f"{text} WHERE {where}" if where else text


def needs() -> tuple[Need, ...]:
    """Every object and field permission that the integration user needs, and no other: the permission set."""
    found: dict[tuple[str, str], Need] = {}
    for one in TABLES:
        if one.object not in _UNGRANTABLE_OBJECTS:
            found[one.object, ""] = Need(one.object, optional=one.optional, why=one.why)
        for column in one.columns:
            for path in filter(lambda path: grantable(one.object, path), column.paths):
                optional = one.optional or column.optional
                found[one.object, path] = Need(one.object, path, optional=optional, why=column.why)
    for setting in SETTINGS:
        ours = setting.object == ROLLOUT
        why = "rollout mode and switch" if ours else "NPSP's settings"
        found[setting.object, ""] = Need(setting.object, optional=not ours, setting=True, why=why)
    for write in WRITES:
        found[write.object, ""] = Need(write.object, create=write.key != "Id", edit=True, why=write.why)
        for name in (field.name for field in write.fields if grantable(write.object, field.name)):
            found[write.object, name] = Need(write.object, name, edit=True, why=write.why)
    return tuple(found.values())


def as_markdown() -> str:
    """`docs/data-contract.md`."""
    lines = [_INTRODUCTION]
    for one in TABLES:
        kind = "optional object" if one.optional else "required object"
        lines += [f"## `{one.name}` ← {one.object}", "", f"{one.why.capitalize()} ({kind}).", ""]
        lines += ["| column | field | type | needed | why |", "|---|---|---|---|---|"]
        for column in one.columns:
            needed = "optional" if column.optional else "required"
            shown = " + ".join(f"`{path}`" for path in column.paths)
            lines.append(f"| {column.name} | {shown} | {_shown_type(column)} | {needed} | {column.why} |")
        lines.append("")
    lines += ["## `settings` ← NPSP's settings and ours", ""]
    lines += [f"One row; what NPSP assumes when nobody saved a setting. `{ROLLOUT}` has a record a setting.", ""]
    lines += ["| column | field | type | default | why |", "|---|---|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "none"
        shown = f"`{setting.object}.{setting.field}`"
        lines.append(f"| {setting.name} | {shown} | {setting.kind.parquet} | {default} | {setting.why} |")
    lines.append("")
    for write in WRITES:
        lines += [f"## Written: {write.object}", "", f"{write.why.capitalize()}. Matched by `{write.key}`.", ""]
        lines += ["Fields: " + ", ".join(f"`{field.name}`" for field in write.fields) + ".", ""]
        if write.people:
            lines += ["Never written, people's own: " + ", ".join(f"`{name}`" for name in write.people) + ".", ""]
    return "\n".join(lines).rstrip() + "\n"


def _shown_type(column: Column) -> str:
    return f"{column.kind.parquet}, pseudonym" if column.is_id else column.kind.parquet


_INTRODUCTION = """# Data contract

What Steward asks of the org, and what it writes there; nothing else is read or written. This page is made from
`backend/steward/salesforce/contract.py`, and a test holds it equal. No name, address, e-mail address, telephone number,
birth date or note is ever requested. Ids leave the gateway as pseudonyms only: the first 16 hexadecimal digits of a
keyed hash.

Required: without it Steward stops and says what to grant. Optional: without it the column is null, or the table empty,
and the snapshot says so. The permission set `AI_Donor_Integration` grants exactly this. Names are those of NPSP; under
the `nppatch` fork, or with a namespace of our own, they are mapped.
"""
