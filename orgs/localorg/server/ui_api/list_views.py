"""A deployed ListView as columns and a SOQL condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from localorg.deploy.shelf import Stored
from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.model import NUMBER_TYPES, Field, SObject

# List views name standard fields in their own way.
_COMMON = {
    "NAME": "Name", "CREATED_DATE": "CreatedDate", "CREATEDBY_USER": "CreatedBy.Name", "LAST_UPDATE": "LastModifiedDate",
    "UPDATEDBY_USER": "LastModifiedBy.Name", "OWNER.ALIAS": "Owner.Alias", "OWNER.FIRST_NAME": "Owner.FirstName",
    "OWNER.LAST_NAME": "Owner.LastName", "RECORDTYPE": "RecordType.Name", "CORE.USERS.ALIAS": "Owner.Alias",
    "FULL_NAME": "Name", "LAST_ACTIVITY": "LastActivityDate",
}  # fmt: skip
_OWN = {
    "ACCOUNT.NAME": "Account.Name", "ACCOUNT.PHONE1": "Phone", "ACCOUNT.TYPE": "Type", "CONTACT.TITLE": "Title",
    "CONTACT.EMAIL": "Email", "CONTACT.PHONE1": "Phone", "CONTACT.FIRST_NAME": "FirstName",
    "CONTACT.LAST_NAME": "LastName", "OPPORTUNITY.NAME": "Name", "OPPORTUNITY.AMOUNT": "Amount",
    "OPPORTUNITY.CLOSE_DATE": "CloseDate", "OPPORTUNITY.STAGE_NAME": "StageName", "OPPORTUNITY.TYPE": "Type",
    "OPPORTUNITY.WON": "IsWon", "OPPORTUNITY.CLOSED": "IsClosed", "CAMPAIGN.NAME": "Name",
}  # fmt: skip
_OPERATORS = {
    "equals": "= {0}", "notEqual": "!= {0}", "lessThan": "< {0}", "greaterThan": "> {0}", "lessOrEqual": "<= {0}",
    "greaterOrEqual": ">= {0}", "contains": "LIKE {0}", "notContain": "LIKE {0}", "startsWith": "LIKE {0}",
    "includes": "INCLUDES ({0})", "excludes": "EXCLUDES ({0})",
}  # fmt: skip
_PATTERNS = {"contains": "%{0}%", "notContain": "%{0}%", "startsWith": "{0}%"}
_EVERY_ROW = "Id != null"
_NONE_OF = frozenset({"notEqual", "notContain"})
_RELATIVE = re.compile(r"(TODAY|YESTERDAY|TOMORROW|(LAST|THIS|NEXT)_\w+(:\d+)?|N_\w+_AGO:\d+)$", re.IGNORECASE)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Column:
    path: str
    label: str
    field: Field
    lookup_id: str | None = None


@dataclass(frozen=True)
class Filter:
    column: Column
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ListView:
    sobject: SObject
    id: str
    name: str
    label: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    conditions: tuple[str, ...]  # of all filters, in SOQL, as `logic` counts them
    logic: str
    mine: bool


def of(session: Session, sobject: SObject) -> list[ListView]:
    """The object's list views by label; without the columns and without the filters by fields that this user may not read."""
    prefix = f"{sobject.name}."
    found = [stored for stored in session.org.shelf.of("ListView") if stored.name.startswith(prefix)]
    return sorted((_read(session, sobject, stored) for stored in found), key=lambda view: view.label)


def where(view: ListView, user_id: str) -> str:
    """The view's condition in SOQL, with the WHERE; empty when it shows everything."""
    text = joined(view.conditions, view.logic)
    mine = f"OwnerId = '{user_id}'" if view.mine else ""
    both = " AND ".join(f"({part})" for part in (text, mine) if part)
    return f" WHERE {both}" if both else ""


def joined(conditions: Sequence[str], logic: str) -> str:
    """The conditions by a filter's logic, `1 AND (2 OR 3)`; all of them where it has none."""
    logic = logic or " AND ".join(str(place) for place in range(1, len(conditions) + 1))
    return re.sub(r"\d+", lambda number: f"({conditions[int(number.group()) - 1]})", logic) if conditions else ""


def _read(session: Session, sobject: SObject, stored: Stored) -> ListView:
    root = stored.part().root
    columns = tuple(c for name in root.texts("columns") if (c := column(session, sobject, name)) is not None)
    filters = [_filter(session, sobject, element) for element in root.all("filters")]
    return ListView(
        sobject,
        stored.id,
        stored.name.partition(".")[2],
        root.get("label"),
        columns,
        tuple(one for one in filters if one is not None),
        tuple(condition(one) if one else _EVERY_ROW for one in filters),
        root.get("booleanFilter"),
        root.get("filterScope").lower() == "mine" and sobject.get("OwnerId") is not None,
    )


def _filter(session: Session, sobject: SObject, element: Element) -> Filter | None:
    found = column(session, sobject, element.get("field"), lookups=False)
    if found is None:
        return None
    values = tuple(part.strip() for part in element.get("value").split(",")) or ("",)
    return Filter(found, element.get("operation"), values)


def column(session: Session, sobject: SObject, name: str, *, lookups: bool = True) -> Column | None:
    """A list view's column; a look-up shows the name of what it points to."""
    path = _COMMON.get(name.upper()) or _OWN.get(name.upper()) or name
    if sobject.name == "Account" and name.upper() == "ACCOUNT.NAME":
        path = "Name"
    *steps, last = path.split(".")
    owner, label = sobject, ""
    for step in steps:
        reference = owner.parent(step)
        target = session.sobject(reference.reference_to[0]) if reference else None
        if reference is None or target is None or not session.readable(owner, reference):
            return None
        owner, label = target, reference.label.removesuffix(" ID")
    field = owner.get(last)
    if field is None or not session.readable(owner, field):
        return None
    if steps:
        return Column(path, label if field.name_field else field.label, field, ".".join([*steps, "Id"]))
    if lookups and field.type == "reference" and field.relationship_name and len(field.reference_to) == 1:
        target = session.sobject(field.reference_to[0])
        named = target.get("Name") if target else None
        if named is not None:
            return Column(f"{field.relationship_name}.Name", field.label, named, f"{field.relationship_name}.Id")
    return Column(field.name, field.label, field)


def condition(one: Filter) -> str:
    """One filter in SOQL; several values are alternatives."""
    template = _OPERATORS.get(one.operator)
    if template is None:
        raise ApiError("INVALID_INPUT", f"The list view's operator {one.operator} is not known here")
    if one.operator in ("includes", "excludes"):
        return f"{one.column.path} " + template.format(", ".join(_quoted(value) for value in one.values))
    parts = [f"{one.column.path} {template.format(_literal(one, value))}" for value in one.values]
    if one.operator == "notContain":
        parts = [f"(NOT {part})" for part in parts]
    return (" AND " if one.operator in _NONE_OF else " OR ").join(parts)


def _literal(one: Filter, value: str) -> str:
    if not value:
        return "null"
    if one.operator in _PATTERNS:
        escaped = value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        return _quoted(_PATTERNS[one.operator].format(escaped), pattern=True)
    kind = one.column.field.type
    if kind == "boolean":
        return "true" if value.lower() in ("1", "true") else "false"
    if kind in NUMBER_TYPES:
        return value.replace(",", "")
    if kind in ("date", "datetime"):
        return day(value, kind)
    return _quoted(value)


def day(value: str, kind: str) -> str:
    """A day as a filter has it (`LAST_N_DAYS:30`, `3/2/2026`, `2026-03-02`) as a SOQL literal."""
    text = value.replace(" ", "_").upper()
    if _RELATIVE.match(text):
        return text
    found = _US_DAY.match(value)
    plain = f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}" if found else value
    return f"{plain}T00:00:00Z" if kind == "datetime" and "T" not in plain else plain


def _quoted(value: str, *, pattern: bool = False) -> str:
    """A SOQL text; a pattern's own backslashes stay."""
    escaped = value if pattern else value.replace("\\", "\\\\")
    return "'" + escaped.replace("'", "\\'") + "'"
