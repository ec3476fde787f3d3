"""`/analytics/reports`: which there are, what they are made of, and what they find now."""

from __future__ import annotations

from typing import Any

from localorg.deploy.shelf import Stored
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.server.analytics import definitions, results, shapes
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/analytics/reports")


@routes.on("GET", "")
def listed(call: Call) -> Reply:
    """The platform lists what was viewed lately; here that is every report."""
    return Reply([_listed(call.api, stored) for stored in all_of(call.session, "Report")])


@routes.on("GET POST", "/<report_id>")
def run(call: Call, report_id: str) -> Reply:
    """Rows as well with `includeDetails=true`."""
    if call.method == "POST" and call.json():
        message = "The local org runs reports as they were saved: send no body, or deploy the report with other filters"
        raise ApiError("UNSUPPORTED_REPORT", message, status=501)
    report = definitions.report_with_id(call.session, report_id)
    details = call.query.get("includeDetails", "").lower() == "true"
    ran = results.run(call.session, report, details=details)
    return Reply(shapes.result(call.api, ran, call.session.user, details=details))


@routes.on("GET", "/<report_id>/describe")
def described(call: Call, report_id: str) -> Reply:
    report = definitions.report_with_id(call.session, report_id)
    body = {"attributes": shapes.links(call.api, report), "reportExtendedMetadata": shapes.extended(report)}
    return Reply(body | {"reportMetadata": shapes.metadata(report), "reportTypeMetadata": {"categories": []}})


def all_of(session: Session, kind: str) -> list[Stored]:
    return sorted(session.org.shelf.of(kind), key=lambda stored: stored.name)


def _listed(api: str, stored: Stored) -> dict[str, Any]:
    here = f"{api}/analytics/reports/{stored.id}"
    return {
        "describeUrl": f"{here}/describe",
        "id": stored.id,
        "instancesUrl": f"{here}/instances",
        "name": stored.part().root.get("name"),
        "url": here,
    }
