"""The service in OpenAPI 3.1: made from the schemas that check the requests, so it cannot say anything else."""

from __future__ import annotations

from typing import Any

from steward import __version__
from steward.web import schemas

_PROBLEM = {
    "description": "Refused; says why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _body(schema: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _answers(status: str, what: str, schema: str, *problems: str) -> dict[str, Any]:
    shown = {
        "description": what,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
    return {status: shown} | dict.fromkeys(problems, _PROBLEM)


_REFUSALS = ("400", "401", "403", "413", "415", "422", "429", "503")
_TRACE = {
    "name": "X-Correlation-Id", "in": "header", "required": False,
    "schema": {"type": "string"},
    "description": "The trace (1 to 64 letters, digits, hyphens; anything else is replaced): in the answer, the logs, the profile.",
}  # fmt: skip


def _post(name: str, summary: str, scope: str, body: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "security": [{"client": [scope]}],
            "parameters": [_TRACE],
            "requestBody": _body(body),
            "responses": answers,
        }
    }


def _get(name: str, summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"operationId": name, "summary": summary, "responses": answers}}


def document() -> dict[str, Any]:
    safe = _answers("202", "Safe; scored within seconds.", "Receipt", *_REFUSALS)
    answered = _answers("200", "One entry a donor, in their order.", "Scores", *_REFUSALS)
    fine, broken = _answers("200", "Yes.", "Status"), _answers("503", "No.", "Status")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Steward",
            "version": __version__,
            "description": "Events in, scores with reasons out. Errors are application/problem+json.",
        },
        "paths": {
            "/v1/events": _post("sendEvents", "Something happened to up to 200 donors", "events", "Events", safe),
            "/webhooks/donor-event": _post("sendEvent", "Something happened to one donor", "events", "Event", safe),
            "/v1/scores": _post("askScores", "Scores and reasons of up to 200 donors", "score", "Donors", answered),
            "/oauth/token": {"post": _TOKEN_ENDPOINT},
            "/livez": _get("alive", "Alive?", fine),
            "/readyz": _get("ready", "Ready for requests?", fine | broken),
        },
        "components": {"schemas": _SCHEMAS, "securitySchemes": _SECURITY},
    }


_TOKEN_REQUEST = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "scope": {"type": "string"},
    },
}
_TOKEN = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer"},
        "scope": {"type": "string"},
    },
}
_TOKEN_REFUSAL = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_SCHEMAS = {
    "Event": schemas.EVENT,
    "Events": schemas.EVENTS,
    "Receipt": schemas.RECEIPT,
    "Donors": schemas.DONORS,
    "Scores": schemas.SCORES,
    "Problem": schemas.PROBLEM,
    "TokenRequest": _TOKEN_REQUEST,
    "Token": _TOKEN,
    "TokenRefusal": _TOKEN_REFUSAL,
    "Status": {"type": "object", "required": ["status"]},
}
_SCOPES = {"score": "Ask scores", "events": "Send events", "ops": "Metrics and the ops page"}
_SECURITY = {
    "client": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": _SCOPES}}},
    "credentials": {"type": "http", "scheme": "basic"},
}
_REFUSED = {
    "description": "Refused, as RFC 6749 says it.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TokenRefusal"}}},
}
_TOKEN_ENDPOINT = {
    "operationId": "getToken",
    "summary": "An access token for a client's id and secret",
    "security": [{"credentials": []}],
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/TokenRequest"}}},
    },
    "responses": _answers("200", "A token.", "Token")
    | {"400": _REFUSED, "401": _REFUSED, "413": _PROBLEM, "429": _PROBLEM},
}
