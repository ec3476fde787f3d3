"""One error shape for every refusal: application/problem+json (RFC 9457), with what happened and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
import sqlalchemy.exc
import structlog
import werkzeug.exceptions
from gunicorn.http.errors import ParseException

from steward.errors import InputError, OperatorError, StewardError, UpstreamError

log = structlog.get_logger("service")
_TODO = {
    400: "Send a body as the OpenAPI document at /openapi.json describes it.",
    404: "See /openapi.json for the paths there are.",
    405: "See /openapi.json for the methods of this path.",
    413: "Send fewer events or donors in one request.",
    415: "Send application/json.",
}


class Problem(Exception):
    """A refusal of this service. `fields` name what is wrong: path within the body → sentence."""

    def __init__(
        self, status: int, what: str, todo: str = "", *, fields: dict[str, str] | None = None, **headers: str
    ) -> None:
        super().__init__(what)
        self.status, self.what, self.todo = status, what, todo
        self.fields = fields or {}
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


def response(problem: Problem) -> flask.Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.what,
        "correlation_id": flask.g.get("correlation_id", ""),
    }
    if problem.todo:
        body["todo"] = problem.todo
    if problem.fields:
        body["errors"] = [{"field": name, "message": text} for name, text in problem.fields.items()]
    made = flask.jsonify(body)
    made.status_code = problem.status
    made.headers.extend(problem.headers)
    made.mimetype = "application/problem+json"
    return made


def register(app: flask.Flask) -> None:
    @app.errorhandler(Problem)
    def refused(problem: Problem) -> flask.Response:
        return response(problem)

    @app.errorhandler(werkzeug.exceptions.HTTPException)
    def http(error: werkzeug.exceptions.HTTPException) -> flask.Response:
        status = error.code or 500
        made = response(Problem(status, error.description or HTTPStatus(status).phrase, _TODO.get(status, "")))
        if isinstance(error, werkzeug.exceptions.MethodNotAllowed) and error.valid_methods:
            made.headers["Allow"] = ", ".join(error.valid_methods)
        return made

    @app.errorhandler(ParseException)
    def broken(error: ParseException) -> flask.Response:
        return response(
            Problem(400, "The body breaks off or is cut wrongly.", "Send it whole, or in chunks as RFC 9112 says.")
        )

    @app.errorhandler(StewardError)
    def ours(error: StewardError) -> flask.Response:
        status = (
            400 if isinstance(error, InputError) else 503 if isinstance(error, UpstreamError | OperatorError) else 500
        )
        log.error("refused", error=type(error).__name__, detail=error.what)
        return response(Problem(status, error.what, error.todo))

    @app.errorhandler(sqlalchemy.exc.OperationalError)
    def state_away(error: sqlalchemy.exc.OperationalError) -> flask.Response:
        log.error("state database", error=type(error.orig).__name__)
        return response(
            Problem(503, "The state database cannot be reached.", "Keep it and send it later.", Retry_After="30")
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> flask.Response:
        log.exception("unexpected", error=type(error).__name__)
        return response(Problem(500, "Something unexpected happened.", "Try again; mention the correlation id."))
