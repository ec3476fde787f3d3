"""A report and its result in the shapes of the Reports and Dashboards REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localorg.context import User
from localorg.server.analytics.definitions import Column, Report
from localorg.server.analytics.results import Found, Result, Row, aggregates, shown, value_at

Shown = dict[str, Any]
TOTAL = "T"


def links(api: str, report: Report) -> Shown:
    here = f"{api}/analytics/reports/{report.id}"
    return {
        "describeUrl": f"{here}/describe",
        "instancesUrl": f"{here}/instances",
        "reportId": report.id,
        "reportName": report.title,
        "type": "Report",
    }


def result(api: str, ran: Result, user: User, *, details: bool) -> Shown:
    facts = dict(_facts(ran.report, ran.found, "", user, details=details))
    return {
        "attributes": links(api, ran.report),
        "allData": ran.has_all_rows,
        "factMap": facts,
        "groupingsAcross": {"groupings": []},
        "groupingsDown": {"groupings": list(_groupings(ran.found, ""))},
        "hasDetailRows": details,
        "reportExtendedMetadata": extended(ran.report),
        "reportMetadata": metadata(ran.report),
    }


def _facts(report: Report, found: Found, key: str, user: User, *, details: bool) -> Iterator[tuple[str, Shown]]:
    """`T!T` for all, `0!T` for the first group, `0_1!T` for the second inside it."""
    fact: Shown = {"aggregates": list(_aggregates(report, found, user))}
    if details:
        fact["rows"] = [{"dataCells": [_cell(row, column, user) for column in report.columns]} for row in found.rows]
    yield f"{key or TOTAL}!{TOTAL}", fact
    for place, inner in enumerate(found.ordered()):
        yield from _facts(report, inner, f"{key}_{place}" if key else str(place), user, details=details)


def _aggregates(report: Report, found: Found, user: User) -> Iterator[Shown]:
    for _, _, column, kind in aggregates(report):
        if column is None:
            yield {"label": f"{found.count:,}", "value": found.count}
        else:
            value = found.sums[column.name].by(kind)
            yield {"label": shown(column, value, user), "value": value}


def _cell(row: Row, column: Column, user: User) -> Shown:
    value = value_at(row, column.path)
    label = shown(column, value, user)
    if column.lookup_id:
        return {"label": label, "value": value_at(row, column.lookup_id)}
    if column.field.type == "currency" and value is not None:
        return {"label": label, "value": {"amount": value, "currency": None}}
    return {"label": label, "value": value}


def _groupings(found: Found, key: str) -> Iterator[Shown]:
    for place, inner in enumerate(found.ordered()):
        own = f"{key}_{place}" if key else str(place)
        yield {
            "groupings": list(_groupings(inner, own)),
            "key": own,
            "label": inner.label,
            "value": inner.value,
        }


def metadata(report: Report) -> Shown:
    sort = (
        [{"sortColumn": report.sort[0].name, "sortOrder": "Desc" if report.sort[1] else "Asc"}] if report.sort else []
    )
    return {
        "aggregates": [name for name, *_ in aggregates(report)],
        "chart": None,
        "currency": None,
        "description": report.description or None,
        "detailColumns": [column.name for column in report.columns],
        "developerName": report.name,
        "folderId": report.folder_id,
        "groupingsAcross": [],
        "groupingsDown": [
            {
                "dateGranularity": group.granularity,
                "name": group.column.name,
                "sortAggregate": None,
                "sortOrder": "Desc" if group.descending else "Asc",
            }
            for group in report.groups
        ],
        "hasDetailRows": report.shows_details,
        "id": report.id,
        "name": report.title,
        "reportFilters": list(report.filters),
        "reportFormat": report.format,
        "reportType": {"label": report.type_label, "type": report.type_name},
        "sortBy": sort,
    }


def extended(report: Report) -> Shown:
    return {
        "aggregateColumnInfo": {
            name: {
                "acrossGroupingContext": None,
                "dataType": column.field.type if column else "int",
                "downGroupingContext": None,
                "label": label,
            }
            for name, label, column, _ in aggregates(report)
        },
        "detailColumnInfo": {
            column.name: {"dataType": column.field.type, "label": column.label} for column in report.columns
        },
        "groupingColumnInfo": {
            group.column.name: {
                "dataType": group.column.field.type,
                "groupingLevel": level,
                "label": group.column.label,
            }
            for level, group in enumerate(report.groups)
        },
    }
