"""A deployed report as one user may run it: columns, filters and groups, and the SOQL they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localorg.deploy.shelf import Stored
from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import ApiError, Forbidden, NotFound
from localorg.model import Field, SObject
from localorg.server.ui_api import list_views

OF_OBJECT = "CustomEntity$"
# What reports of one custom object call its standard fields.
_OWN_FIELDS = {
    "CUST_NAME": "Name", "CUST_ID": "Id", "CUST_OWNER_NAME": "OwnerId", "CUST_CREATED_DATE": "CreatedDate",
    "CUST_LAST_UPDATE": "LastModifiedDate",
}  # fmt: skip
_INTERVALS = {
    "INTERVAL_TODAY": "TODAY", "INTERVAL_YESTERDAY": "YESTERDAY", "INTERVAL_TOMORROW": "TOMORROW",
    "INTERVAL_LASTWEEK": "LAST_WEEK", "INTERVAL_THISWEEK": "THIS_WEEK", "INTERVAL_NEXTWEEK": "NEXT_WEEK",
    "INTERVAL_LASTMONTH": "LAST_MONTH", "INTERVAL_THISMONTH": "THIS_MONTH", "INTERVAL_NEXTMONTH": "NEXT_MONTH",
    "INTERVAL_CURRENTQ": "THIS_QUARTER", "INTERVAL_PREVQ": "LAST_QUARTER", "INTERVAL_CURY": "THIS_YEAR",
    "INTERVAL_PREVY": "LAST_YEAR", "INTERVAL_CURFY": "THIS_FISCAL_YEAR", "INTERVAL_PREVFY": "LAST_FISCAL_YEAR",
}  # fmt: skip
_DAYS = re.compile(r"INTERVAL_(LAST|NEXT)(\d+)$")
SUMS = {"Sum": "s!", "Average": "a!", "Minimum": "m!", "Maximum": "x!"}


@dataclass(frozen=True)
class Column:
    """A column by the report's own name for it; `path` leads to it from a row, `lookup_id` to the record it names."""

    name: str
    label: str
    path: str
    field: Field
    lookup_id: str | None
    sums: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    column: Column
    granularity: str
    descending: bool


@dataclass(frozen=True)
class Report:
    id: str
    name: str
    folder_id: str | None
    title: str
    description: str
    format: str
    type_name: str
    type_label: str
    rows: SObject
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    where: str
    filters: tuple[dict[str, Any], ...]
    sort: tuple[Column, bool] | None  # and whether it goes downwards
    shows_details: bool


def report_with_id(session: Session, record_id: str) -> Report:
    for stored in session.org.shelf.of("Report"):
        if stored.id[:15] == record_id[:15]:
            return read(session, stored)
    raise NotFound("NOT_FOUND", "The requested resource does not exist")


def report_named(session: Session, name: str) -> Report:
    """By folder and name, `Folder/Report`, as a dashboard has it."""
    stored = session.org.shelf.find("Report", name)
    if stored is None:
        raise NotFound("NOT_FOUND", f"There is no report {name}")
    return read(session, stored)


def read(session: Session, stored: Stored) -> Report:
    root = stored.part().root
    tables = Tables.of(session, root.get("reportType"))
    folder, _, name = stored.name.rpartition("/")
    columns = tuple(_columns(tables, root))
    groups = tuple(_groups(tables, root))
    return Report(
        id=stored.id,
        name=name,
        folder_id=folder_id(session, "ReportFolder", folder),
        title=root.get("name"),
        description=root.get("description"),
        format=root.get("format").upper(),
        type_name=root.get("reportType"),
        type_label=tables.label,
        rows=tables.rows,
        columns=columns,
        groups=groups,
        where=_where(session, tables, root),
        filters=tuple(_filters(root)),
        sort=_sort(root, columns),
        shows_details=root.get("format") == "Tabular" or root.flag("showDetails"),
    )


def folder_id(session: Session, kind: str, name: str) -> str | None:
    found = session.org.shelf.find(kind, name)
    return found.id if found else None


class Tables:
    """The objects of a report type, and how a column's name leads to a field from the rows: the innermost of them."""

    def __init__(self, session: Session, label: str, chain: list[tuple[str, SObject, Field | None]]) -> None:
        self.session = session
        self.label = label
        self.rows = chain[-1][1]
        self.prefixes: dict[str, tuple[str, SObject]] = {}
        prefix = ""
        for name, sobject, to_parent in reversed(chain):
            self.prefixes[name] = (prefix, sobject)
            prefix += f"{to_parent.relationship_name}." if to_parent else ""

    @classmethod
    def of(cls, session: Session, kind: str) -> Tables:
        if kind.startswith(OF_OBJECT):
            name = kind.removeprefix(OF_OBJECT)
            sobject = _readable(session, name)
            return cls(session, sobject.label_plural, [(name, sobject, None)])
        stored = session.org.shelf.find("ReportType", kind.removesuffix("__c"))
        if stored is None:
            message = f"The local org runs reports of custom report types and of custom objects, not of {kind}"
            raise ApiError("UNSUPPORTED_REPORT_TYPE", message, status=501)
        root = stored.part().root
        return cls(session, root.get("label"), list(_chain(session, root)))

    def column(self, name: str, sums: tuple[str, ...] = ()) -> Column | None:
        """None for a column that this user may not read."""
        table, _, own = name.partition("$")
        if not own:  # a report of one object: `Object__c.Field__c`, or one of the names in capitals
            table, own = self.rows.name, _OWN_FIELDS.get(name) or name.removeprefix(f"{self.rows.name}.")
        prefix, owner = self.prefixes[table]
        field = owner.get(own) or owner.parent(own)
        if field is None or not self.session.readable(owner, field):
            return None
        lookup = field.type == "reference" and field.relationship_name
        path = f"{prefix}{field.relationship_name}.Name" if lookup else f"{prefix}{field.name}"
        shown = list_views.column(self.session, self.rows, path, lookups=False)
        if shown is None:
            return None
        leads_to = shown.lookup_id if lookup else f"{prefix}Id" if field.name_field else None
        return Column(name, field.label.removesuffix(" ID"), shown.path, shown.field, leads_to, sums)

    def needed(self, name: str) -> Column:
        """A column without which the report would say something else."""
        found = self.column(name)
        if found is None:
            raise Forbidden("FORBIDDEN", f"This report needs {name}, which you cannot see")
        return found


def _chain(session: Session, root: Element) -> Iterator[tuple[str, SObject, Field | None]]:
    """`Contact`, `Contact.AI_Donor_Profiles__r`, …: each with the field that leads back to the one before."""
    name, owner = root.get("baseObject"), _readable(session, root.get("baseObject"))
    yield name, owner, None
    join = root.child("join")
    while join is not None:
        if join.flag("outerJoin"):
            message = f"The local org runs no report types with or without related records, such as {root.get('label')}"
            raise ApiError("UNSUPPORTED_REPORT_TYPE", message, status=501)
        relationship = join.get("relationship")
        found = session.org.schema.child(owner, relationship)
        if found is None:
            raise NotFound("NOT_FOUND", f"{owner.name} has no related {relationship}")
        name, owner = f"{name}.{relationship}", _readable(session, found[0].name)
        yield name, owner, found[1]
        join = join.child("join")


def _readable(session: Session, name: str) -> SObject:
    found = session.sobject(name)
    if found is None:
        message = f"You cannot run this report: it is about {name}, which you cannot see"
        raise Forbidden("FORBIDDEN", message)
    return found


def _columns(tables: Tables, root: Element) -> Iterator[Column]:
    for element in root.all("columns"):
        sums = tuple(kind for kind in element.texts("aggregateTypes") if kind in SUMS)
        found = tables.column(element.get("field"), sums)
        if found is not None:
            yield found


def _groups(tables: Tables, root: Element) -> Iterator[Group]:
    if root.all("groupingsAcross"):
        raise ApiError("UNSUPPORTED_REPORT_FORMAT", "The local org runs no matrix reports", status=501)
    for element in root.all("groupingsDown"):
        column = tables.needed(element.get("field"))
        yield Group(column, element.get("dateGranularity") or "Day", element.get("sortOrder") == "Desc")


def _sort(root: Element, columns: tuple[Column, ...]) -> tuple[Column, bool] | None:
    wanted = root.get("sortColumn")
    found = next((column for column in columns if column.name == wanted), None)
    return (found, root.get("sortOrder") == "Desc") if found and not found.field.long_text else None


def _filters(root: Element) -> Iterator[dict[str, Any]]:
    for one in root.all("filter/criteriaItems"):
        yield {"column": one.get("column"), "operator": one.get("operator"), "value": one.get("value")}


def _where(session: Session, tables: Tables, root: Element) -> str:
    """The report's filters, its time frame and its scope as one condition."""
    conditions = [_condition(tables, one) for one in root.all("filter/criteriaItems")]
    parts = [list_views.joined(conditions, root.get("filter/booleanFilter")), _time_frame(tables, root)]
    if root.get("scope") == "user" and tables.rows.get("OwnerId") is not None:
        parts.append(f"OwnerId = '{session.user.id}'")
    return " AND ".join(f"({part})" for part in parts if part)


def _condition(tables: Tables, element: Element) -> str:
    column = tables.needed(element.get("column"))
    values = tuple(part.strip() for part in element.get("value").split(","))
    shown = list_views.Column(column.path, column.label, column.field)
    return list_views.condition(list_views.Filter(shown, element.get("operator"), values))


def _time_frame(tables: Tables, root: Element) -> str:
    frame = root.child("timeFrameFilter")
    if frame is None:
        return ""
    interval, name = frame.get("interval"), frame.get("dateColumn")
    if interval == "INTERVAL_CUSTOM":
        bounds = {">=": frame.get("startDate"), "<=": frame.get("endDate")}
        days = [list_views.day(value, tables.needed(name).field.type) for value in bounds.values() if value]
        signs = [sign for sign, value in bounds.items() if value]
        return " AND ".join(f"{tables.needed(name).path} {sign} {day}" for sign, day in zip(signs, days, strict=True))
    counted = _DAYS.match(interval)
    literal = f"{counted[1]}_N_DAYS:{counted[2]}" if counted else _INTERVALS.get(interval)
    if literal is None:
        raise ApiError("UNSUPPORTED_INTERVAL", f"The local org does not know the time frame {interval}", status=501)
    return f"{tables.needed(name).path} = {literal}"
