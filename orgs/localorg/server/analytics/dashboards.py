"""`/analytics/dashboards`: which there are, and the results behind each component, for whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localorg.deploy.shelf import Stored
from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.server.analytics import definitions, results, shapes
from localorg.server.analytics.reports import all_of
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

Shown = dict[str, Any]
routes = Routes("/services/data/v<version>/analytics/dashboards")


@routes.on("GET", "")
def listed(call: Call) -> Reply:
    return Reply([_listed(call.api, stored) for stored in all_of(call.session, "Dashboard")])


@routes.on("GET", "/<dashboard_id>")
def shown(call: Call, dashboard_id: str) -> Reply:
    stored = dashboard_with_id(call.session, dashboard_id)
    components = list(_components(stored))
    data = [_data(call, place, component) for place, component in enumerate(components)]
    return Reply({"componentData": data, "dashboardMetadata": _metadata(call.session, stored, components)})


def dashboard_with_id(session: Session, dashboard_id: str) -> Stored:
    for stored in session.org.shelf.of("Dashboard"):
        if stored.id[:15] == dashboard_id[:15]:
            return stored
    raise NotFound("NOT_FOUND", "The requested resource does not exist")


def _components(stored: Stored) -> Iterator[Element]:
    """Each with its place in the grid."""
    root = stored.part().root
    if not root.flag("isGridLayout"):
        raise ApiError("UNSUPPORTED_DASHBOARD", "The local org shows dashboards with a grid only", status=501)
    yield from root.all("dashboardGridLayout/dashboardGridComponents")


def _data(call: Call, place: int, component: Element) -> Shown:
    """A component whose report this person cannot run says so, and the others show theirs."""
    status = {"dataStatus": "DATA", "errorCode": None, "errorMessage": None, "errorSeverity": None}
    result: Shown | None = None
    try:
        report = definitions.report_named(call.session, component.get("dashboardComponent/report"))
        ran = results.run(call.session, report, details=False)
        result = shapes.result(call.api, ran, call.session.user, details=False)
    except ApiError as refused:
        status = {
            "dataStatus": "NODATA", "errorCode": refused.code, "errorMessage": refused.message, "errorSeverity": "Error",
        }  # fmt: skip
    return {"componentId": str(place), "reportResult": result, "status": status | {"refreshStatus": "IDLE"}}


def _metadata(session: Session, stored: Stored, components: list[Element]) -> Shown:
    root = stored.part().root
    folder, _, name = stored.name.rpartition("/")
    return {
        "components": [_component(session, place, one) for place, one in enumerate(components)],
        "dashboardType": root.get("dashboardType"),
        "description": root.get("description") or None,
        "developerName": name,
        "filters": [],
        "folderId": definitions.folder_id(session, "DashboardFolder", folder),
        "id": stored.id,
        "layout": {
            "components": [
                {
                    "colspan": one.number("colSpan"),
                    "column": one.number("columnIndex"),
                    "row": one.number("rowIndex"),
                    "rowspan": one.number("rowSpan"),
                }
                for one in components
            ],
            "gridLayout": True,
            "numColumns": root.get("dashboardGridLayout/numberOfColumns"),
            "rowHeight": root.get("dashboardGridLayout/rowHeight"),
        },
        "name": root.get("title"),
        "runningUser": {"displayName": session.user.name, "id": session.user.id},
    }


def _component(session: Session, place: int, component: Element) -> Shown:
    (shown,) = component.all("dashboardComponent")
    report = session.org.shelf.find("Report", shown.get("report"))
    summed = [
        {"name": f"{definitions.SUMS.get(one.get('aggregate'), '')}{one.get('column')}"}
        for one in shown.all("chartSummary")
    ]
    return {
        "componentData": place,
        "footer": shown.get("footer") or None,
        "header": shown.get("header") or None,
        "id": str(place),
        "properties": {
            "aggregates": summed,
            "groupings": [{"name": name} for name in shown.texts("groupingColumn")],
            "visualizationType": shown.get("componentType"),
        },
        "reportId": report.id if report else None,
        "title": shown.get("title") or None,
        "type": "Report",
    }


def _listed(api: str, stored: Stored) -> Shown:
    here = f"{api}/analytics/dashboards/{stored.id}"
    return {"id": stored.id, "name": stored.part().root.get("title"), "statusUrl": f"{here}/status", "url": here}
