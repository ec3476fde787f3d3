"""Standard value sets: the values of the platform's own picklists, put into effect and told anew for who retrieves them."""

from __future__ import annotations

# ruff: noqa: S608 (names come from this file, values are bound)
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from lxml import etree

from localorg.deploy.permission_sets import Rows
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import NAMESPACE, Element, Part
from localorg.model import Field, PicklistValue, Schema, SObject

_FIELDS = {
    "AccountContactRole": ("AccountContactRole.Role",),
    "AccountOwnership": ("Account.Ownership",),
    "AccountRating": ("Account.Rating", "Lead.Rating"),
    "AccountType": ("Account.Type",),
    "CampaignMemberStatus": ("CampaignMember.Status",),
    "CampaignStatus": ("Campaign.Status",),
    "CampaignType": ("Campaign.Type",),
    "CaseOrigin": ("Case.Origin",),
    "CasePriority": ("Case.Priority",),
    "CaseReason": ("Case.Reason",),
    "CaseStatus": ("Case.Status",),
    "CaseType": ("Case.Type",),
    "ContactRole": ("OpportunityContactRole.Role",),
    "ContractStatus": ("Contract.Status",),
    "EventSubject": ("Event.Subject",),
    "EventType": ("Event.Type",),
    "Industry": ("Account.Industry", "Lead.Industry"),
    "LeadSource": ("Account.AccountSource", "CampaignMember.LeadSource", "Contact.LeadSource", "Lead.LeadSource",
                   "Opportunity.LeadSource"),
    "LeadStatus": ("Lead.Status",),
    "OpportunityStage": ("Opportunity.StageName",),
    "OpportunityType": ("Opportunity.Type",),
    "OrderStatus": ("Order.Status",),
    "OrderType": ("Order.Type",),
    "Product2Family": ("Product2.Family",),
    "Salutation": ("CampaignMember.Salutation", "Contact.Salutation", "Individual.Salutation", "Lead.Salutation"),
    "TaskPriority": ("Task.Priority",),
    "TaskStatus": ("Task.Status",),
    "TaskSubject": ("Task.Subject",),
    "TaskType": ("Task.Type",),
}  # fmt: skip
# What a value means stands in an object of the set's name: the element of the XML and the column.
_FLAGS = {
    "CaseStatus": {"closed": "IsClosed"},
    "LeadStatus": {"converted": "IsConverted"},
    "OpportunityStage": {"closed": "IsClosed", "forecastCategory": "ForecastCategory",
                         "probability": "DefaultProbability", "won": "IsWon"},
    "TaskPriority": {"highPriority": "IsHighPriority"},
    "TaskStatus": {"closed": "IsClosed"},
}  # fmt: skip
_CATEGORY_NAMES = {"BestCase": "Best Case", "MostLikely": "Most Likely", "Forecast": "Commit"}


class _Shown(NamedTuple):
    value: PicklistValue
    meaning: dict[str, Any]


def read(part: Part, schema: Schema, problems: Problems) -> Iterator[tuple[SObject, Field]]:
    """The standard fields of a set with its values; what a set leaves out is inactive from then on."""
    elements = part.root.all("standardValue")
    if not elements:
        problems.add(part.component, "A standard value set must have at least one value", part.root.line)
        return
    given: dict[str, PicklistValue] = {}
    for element in elements:
        name = element.get("fullName")
        if not name:
            problems.add(part.component, "A picklist value must have a fullName", element.line)
        elif name.lower() in given:
            problems.add(part.component, f"Duplicate value: {name}", element.line)
        else:
            given[name.lower()] = _value(element)
    for sobject, field in _fields(part.name, schema):
        left_out = (
            replace(old, active=False, default=False) for old in field.picklist if old.value.lower() not in given
        )
        field.picklist = (*given.values(), *left_out)
        chosen = [value.value for value in given.values() if value.default]
        if field.default is not None or chosen:
            field.default = chosen[0] if chosen else None
        yield sobject, field


def write(parts: Iterable[Part], writer: Rows) -> None:
    """The rows that say what the values mean: which stage is won, which status is closed."""
    for part in parts:
        if part.name not in _FLAGS:
            continue
        known = dict(writer.connection.execute(f"SELECT lower(ApiName), Id FROM {part.name}").fetchall())
        for order, element in enumerate(part.root.all("standardValue"), 1):
            row = _row(part.name, element, order)
            identity = known.pop(element.get("fullName").lower(), None)
            if identity:
                writer.change(part.name, identity, row)
            else:
                writer.add(part.name, row)
        for identity in known.values():
            if part.name == "OpportunityStage":
                writer.change(part.name, identity, {"IsActive": False})
            else:
                writer.connection.execute(f"DELETE FROM {part.name} WHERE Id = ?", (identity,))


def is_known(name: str) -> bool:
    return name in _FIELDS


def described(name: str, schema: Schema, connection: sqlite3.Connection) -> Part | None:
    """A set that nobody deployed, as the org has it."""
    if not is_known(name):
        return None
    root = etree.Element(f"{{{NAMESPACE}}}StandardValueSet", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _add(root, "sorted", False)
    for value, meaning in _shown(name, schema, connection):
        node = etree.SubElement(root, f"{{{NAMESPACE}}}standardValue")
        for element, text in {
            "fullName": value.value,
            "default": value.default,
            "label": value.label,
            **meaning,
        }.items():
            _add(node, element, text)
    path = PurePosixPath(f"standardValueSets/{name}.standardValueSet")
    return Part(Component("StandardValueSet", name, path), Element(root))


def _shown(name: str, schema: Schema, connection: sqlite3.Connection) -> Iterator[_Shown]:
    flags = _FLAGS.get(name)
    if flags is None:
        field = next((field for _, field in _fields(name, schema)), None)
        yield from (_Shown(value, {}) for value in (field.picklist if field else ()) if value.active)
        return
    table = schema[name]
    default = "IsDefault" if table.get("IsDefault") else "0"
    active = "WHERE IsActive = 1" if table.get("IsActive") else ""
    columns = ", ".join(flags.values())
    sql = f"SELECT ApiName, MasterLabel, {default}, {columns} FROM {name} {active} ORDER BY SortOrder"
    for own, label, chosen, *meaning in connection.execute(sql):
        told = dict(zip(flags, meaning, strict=True))
        for element, value in told.items():
            if element not in ("probability", "forecastCategory"):
                told[element] = bool(value)
        yield _Shown(PicklistValue(own, label, bool(chosen)), told)


def _fields(name: str, schema: Schema) -> Iterator[tuple[SObject, Field]]:
    for path in _FIELDS.get(name, ()):
        owner, _, own = path.partition(".")
        sobject = schema.get(owner)
        field = sobject.get(own) if sobject else None
        if sobject is not None and field is not None:
            yield sobject, field


def _value(element: Element) -> PicklistValue:
    name = element.get("fullName")
    active = element.get("isActive", "true").lower() != "false"
    return PicklistValue(name, element.get("label") or name, element.flag("default"), active)


def _row(name: str, element: Element, order: int) -> dict[str, Any]:
    value = _value(element)
    row: dict[str, Any] = {"ApiName": value.value, "MasterLabel": value.label, "SortOrder": order}
    row |= {"IsDefault": value.default, "IsActive": value.active}
    for text, column in _FLAGS[name].items():
        if text == "probability":
            row[column] = element.number(text) or 0
        elif text == "forecastCategory":
            category = element.get(text) or "Pipeline"
            row |= {column: category, "ForecastCategoryName": _CATEGORY_NAMES.get(category, category)}
        else:
            row[column] = element.flag(text)
    return row


def _add(parent: etree._Element, name: str, value: Any) -> None:
    text = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
