"""Calls into Apex: anonymous code, @AuraEnabled methods for pages, @RestResource classes."""

from __future__ import annotations

import base64
import json
from typing import Any

from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/tooling")
aura = Routes("/services/localorg/apex")
rest = Routes("/services/apexrest")


@routes.on("GET POST", "/executeAnonymous")
def execute_anonymous(call: Call) -> Reply:
    code = call.query.get("anonymousBody")
    if code is None and call.method == "POST":
        code = call.json_object().get("anonymousBody")
    if code is None:
        raise ApiError("INVALID_INPUT", "anonymousBody is missing")
    outcome = call.runtime.org.apex.run("anonymous", call.user_id, code=code)
    return Reply(anonymous_result(outcome))


def anonymous_result(outcome: dict[str, Any]) -> dict[str, Any]:
    compiled = outcome["ok"] or outcome["type"] != "CompileError"
    line, column = outcome.get("at") or (-1, -1)
    failed = compiled and not outcome["ok"]
    return {
        "line": line,
        "column": column,
        "compiled": compiled,
        "success": outcome["ok"],
        "compileProblem": None if compiled else outcome["message"],
        "exceptionMessage": (outcome.get("text") or outcome["message"]) if failed else None,
        "exceptionStackTrace": outcome["trace"] if failed else None,
    }


@aura.on("POST", "/<class_name>/<method>")
def invoke(call: Call, class_name: str, method: str) -> Reply:
    """An @AuraEnabled static method, its parameters by name; what it throws is shown as a page would get it."""
    arguments = call.json() or {}
    if not isinstance(arguments, dict):
        raise ApiError("JSON_PARSER_ERROR", "The request body must be a JSON object of parameters")
    if not may_call(call.session, class_name):
        message = f"You do not have access to the Apex class named '{class_name}'."
        return Reply({"message": message, "exceptionType": "System.NoAccessException", "stackTrace": ""}, status=403)
    given = {"class": class_name, "method": method, "arguments": json.dumps(arguments)}
    outcome = call.runtime.org.apex.run("invoke", call.user_id, **given, wired=call.query.get("wired") == "true")
    if outcome["ok"]:
        return Reply(json.loads(outcome["value"]))
    if outcome["type"] == "NotFound":
        raise NotFound("NOT_FOUND", outcome["message"])
    problem = {
        "exceptionType": outcome["type"],
        "isUserDefinedException": not outcome["type"].startswith("System."),
        "message": outcome["message"],
        "stackTrace": outcome["trace"],
    }
    return Reply(problem, status=500)


def may_call(session: Session, class_name: str) -> bool:
    """A page's user needs access to the class by a permission set; who may write Apex may call any."""
    stored = session.org.shelf.find("ApexClass", class_name)
    access = session.access
    return stored is None or "CustomizeApplication" in access.permissions or stored.id.lower() in access.settings


@rest.on("GET POST PUT PATCH DELETE", "/<path:path>")
def apex_rest(call: Call, path: str) -> Reply:
    """A class annotated @RestResource whose urlMapping fits the path."""
    outcome = call.runtime.org.apex.run(
        "rest",
        call.user_id,
        method=call.method,
        path=f"/{path}",
        query=call.query,
        headers=dict(call.headers.items()),
        body=base64.b64encode(call.body()).decode(),
        base=call.base_url,
    )
    if not outcome["ok"]:
        if outcome["type"] == "NotFound":
            raise NotFound("NOT_FOUND", "Could not find a match for URL")
        message = f"{outcome.get('text') or outcome['message']}\n\n{outcome['trace']}"
        raise ApiError("APEX_ERROR", message, status=500)
    value = outcome["value"]
    body = base64.b64decode(value["body"]) if value["body"] else b""
    return Reply(body, value["status"], value["headers"], value["headers"].get("Content-Type", "application/json"))
