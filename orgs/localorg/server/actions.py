"""`/actions`: the org's invocable Apex, described and called with many requests at once, as flows and other programs do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localorg.errors import ApiError, Forbidden
from localorg.server.apex_calls import may_call
from localorg.server.http import Call, Reply, not_found
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/actions")
CUSTOM = ("apex", "emailAlert", "flow", "quickAction", "sendNotification")
WITH_OUTCOME = 58  # from this version on a result tells of its outcome and place
Action = dict[str, Any]
Inputs = dict[str, Any]


@routes.on("GET", "")
def kinds(call: Call) -> Reply:
    return Reply({name: f"{call.api}/actions/{name}" for name in ("standard", "custom")})


@routes.on("GET", "/custom")
def custom(call: Call) -> Reply:
    return Reply({name: f"{call.api}/actions/custom/{name}" for name in CUSTOM})


@routes.on("GET", "/standard")
@routes.on("GET", "/custom/<any(emailAlert, flow, quickAction, sendNotification):kind>")
def none(call: Call, kind: str = "") -> Reply:
    """The platform's own actions, and those that need a flow's engine, are not here to be called."""
    return Reply({"actions": []})


@routes.on("GET", "/custom/apex")
def listed(call: Call) -> Reply:
    shown = [
        {
            "label": one["label"],
            "name": one["name"],
            "type": "APEX",
            "url": f"{call.api}/actions/custom/apex/{one['name']}",
        }
        for one in sorted(actions(call), key=lambda one: str(one["label"]))
    ]
    return Reply({"actions": shown})


@routes.on("GET", "/custom/apex/<name>")
def described(call: Call, name: str) -> Reply:
    found = action(call, name)
    body = {key: found[key] for key in ("category", "description", "label", "name")} | {
        "inputs": [variable(one) | {"byteLength": 0, "required": one["required"]} for one in found["inputs"]],
        "outputs": [variable(one) for one in found["outputs"]],
        "standard": False,
        "targetEntityName": None,
        "type": "APEX",
    }
    return Reply(dict(sorted(body.items())))


@routes.on("POST", "/custom/apex/<name>")
def invoke(call: Call, name: str) -> Reply:
    """Requests that lack what the action needs fail by themselves; what the method throws fails all the others."""
    found = action(call, name)
    inputs = requests(call)
    refusals = [refusal(found, given) for given in inputs]
    complete = [given for given, refused in zip(inputs, refusals, strict=True) if refused is None]
    outputs = iter(outcomes(call, found, complete) if complete else [])
    results = [refused or next(outputs) for refused in refusals]
    shown = [result(call, found["name"], one, place) for place, one in enumerate(results)]
    return Reply(shown, 200 if all(one["isSuccess"] for one in shown) else 400)


def actions(call: Call) -> list[Action]:
    apex = call.runtime.org.apex
    found: list[Action] = apex.request("actions") if apex.available else []
    return found


def action(call: Call, name: str) -> Action:
    found = next((one for one in actions(call) if one["name"].lower() == name.lower()), None)
    if found is None:
        raise not_found()
    if not may_call(call.session, found["name"]):
        message = f"You do not have access to the Apex class named: {found['name']}"
        raise Forbidden("INSUFFICIENT_ACCESS", message)
    return found


def variable(given: Action) -> Action:
    kind = "SOBJECT" if given["sobject"] else str(given["type"]).upper()
    return {
        "description": given["description"],
        "label": given["label"],
        "maxOccurs": 2000 if given["isList"] else 1,
        "name": given["name"],
        "picklistValues": None,
        "sobjectType": given["sobject"],
        "type": kind,
    }


def requests(call: Call) -> list[Inputs]:
    inputs = call.json_object().get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(one, dict) for one in inputs):
        raise ApiError("INVALID_INPUT", "The request body must hold inputs: a list of one object for each request")
    return inputs


def refusal(found: Action, given: Inputs) -> Action | None:
    """Why a request cannot be handed on; None when it can."""
    known = {one["name"] for one in found["inputs"]}
    for name in given.keys() - known:
        return failure("INVALID_ARGUMENT_TYPE", f"Unknown input parameter: {name}")
    for one in found["inputs"]:
        if one["required"] and given.get(one["name"]) is None:
            return failure("MISSING_ARGUMENT", f"Missing required input parameter: {one['name']}")
    return None


def outcomes(call: Call, found: Action, inputs: list[Inputs]) -> Iterator[Action]:
    ran = call.runtime.org.apex.run("action", call.user_id, **{"class": found["name"]}, inputs=inputs)
    if not ran["ok"]:
        said = f"An Apex error occurred: {ran.get('text') or ran['message']}"
        return (failure("UNKNOWN_EXCEPTION", said) for _ in inputs)
    values: list[Any] = ran["value"]
    if len(values) != len(inputs):
        said = f"The number of results ({len(values)}) does not match the number of requests ({len(inputs)})."
        return (failure("UNKNOWN_EXCEPTION", said) for _ in inputs)
    return ({"errors": None, "outputValues": value} for value in values)


def failure(code: str, message: str) -> Action:
    return {"errors": [{"statusCode": code, "message": message, "fields": []}], "outputValues": None}


def result(call: Call, name: str, one: Action, place: int) -> Action:
    shown = {"actionName": name, "errors": one["errors"], "isSuccess": one["errors"] is None}
    if float(call.version) >= WITH_OUTCOME:
        shown |= {"invocationId": None, "outcome": None, "sortOrder": place, "version": None}
    return shown | {"outputValues": one["outputValues"]}
