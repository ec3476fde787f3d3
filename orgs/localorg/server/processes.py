"""`/process`: approval processes and workflow rules, of which this org runs none; who submits a record is told so."""

from __future__ import annotations

from localorg.errors import ApiError
from localorg.server.http import Call, Reply, not_found
from localorg.server.records import known
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/process")
REQUESTS = ("Submit", "Approve", "Reject")


@routes.on("GET", "/approvals")
def approvals(call: Call) -> Reply:
    return Reply({"approvals": {}})


@routes.on("POST", "/approvals")
def submit(call: Call) -> Reply:
    requests = call.json_object().get("requests")
    if not isinstance(requests, list) or not requests or not all(isinstance(one, dict) for one in requests):
        raise ApiError("INVALID_INPUT", "requests must be a list of process requests")
    for one in requests:
        if one.get("actionType") not in REQUESTS:
            raise ApiError("INVALID_INPUT", f"actionType must be one of {', '.join(REQUESTS)}")
    raise ApiError("NO_APPLICABLE_PROCESS", "No applicable approval process was found.")


@routes.on("GET", "/rules")
def rules(call: Call) -> Reply:
    return Reply({"rules": {}})


@routes.on("GET", "/rules/<name>")
def rules_of(call: Call, name: str) -> Reply:
    return Reply({"rules": {known(call, name).name: []}})


@routes.on("POST", "/rules")
def trigger(call: Call) -> Reply:
    """All active rules that fit the records: none."""
    ids = call.json_object().get("contextIds")
    if not isinstance(ids, list):
        raise ApiError("INVALID_INPUT", "contextIds must be a list of record ids")
    return Reply({"errors": None, "success": True})


@routes.on("GET POST", "/rules/<name>/<rule_id>")
def one_rule(call: Call, name: str, rule_id: str) -> Reply:
    known(call, name)
    raise not_found()
