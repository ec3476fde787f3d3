"""`/composite` and `/composite/batch`: several calls in one, the later ones using what the earlier ones answered."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.datastructures import Headers

from localorg.errors import ApiError
from localorg.server.http import Call, Reply, dump
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/composite")
MAX_SUBREQUESTS = 25
MAX_QUERIES = 5
MAX_NODES = 500
REFERENCE = re.compile(r"@\{([^}]+)\}")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*$")


class UnresolvedError(Exception):
    """A reference to something no earlier subrequest answered."""


class RollbackError(Exception):
    """Leaves the transaction of an allOrNone request."""


@routes.on("POST", "")
def composite(call: Call) -> Reply:
    payload = call.json_object()
    wanted = payload.get("compositeRequest")
    if isinstance(wanted, list) and len(wanted) > MAX_SUBREQUESTS:
        message = f"The request can’t contain more than {MAX_SUBREQUESTS} operations."
        return Reply({"compositeResponse": [unanswered(None, "LIMIT_EXCEEDED", message)]})
    return Reply({"compositeResponse": run(call, checked(wanted), payload.get("allOrNone") is True)})


def run(call: Call, subrequests: list[dict[str, Any]], all_or_none: bool) -> list[dict[str, Any]]:
    """The answers in order. With all_or_none one failure undoes them all and each says so."""
    answers: list[dict[str, Any]] = []
    if not all_or_none:
        answered: dict[str, Any] = {}
        return [one(call, subrequest, answered) for subrequest in subrequests]
    try:
        with call.session.transaction():
            answered = {}
            for subrequest in subrequests:
                answers.append(one(call, subrequest, answered))
                if answers[-1]["httpStatusCode"] >= 400:
                    raise RollbackError
    except RollbackError:
        failed = len(answers) - 1
        message = "The transaction was rolled back since another operation in the same transaction failed."
        return [
            answers[failed] if position == failed else halted(subrequest["referenceId"], message)
            for position, subrequest in enumerate(subrequests)
        ]
    return answers


def one(call: Call, subrequest: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    reference = subrequest["referenceId"]
    try:
        url = resolve(subrequest["url"], answered)
        body = resolve(subrequest.get("body"), answered)
    except UnresolvedError as problem:
        return halted(reference, str(problem))
    headers = resolve(subrequest.get("httpHeaders") or {}, answered)
    reply = call.runtime.dispatch(subcall(call, subrequest["method"], url, headers, body))
    if reply.status < 300:
        answered[reference] = reply.body
    return {
        "body": None if reply.empty else reply.body,
        "httpHeaders": reply.headers,
        "httpStatusCode": reply.status,
        "referenceId": reference,
    }


def halted(reference: str, message: str) -> dict[str, Any]:
    return unanswered(reference, "PROCESSING_HALTED", message)


def unanswered(reference: str | None, code: str, message: str) -> dict[str, Any]:
    return {
        "body": [{"errorCode": code, "message": message}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": reference,
    }


def subcall(call: Call, method: str, url: str, headers: dict[str, str], body: Any) -> Call:
    parts = urlsplit(url)
    return Call(
        runtime=call.runtime,
        method=method.upper(),
        path="/" + unquote(parts.path).strip("/"),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers=Headers([("Content-Type", "application/json"), *headers.items()]),
        stream=io.BytesIO(b"" if body is None else dump(body)),
        base_url=call.base_url,
        version=call.version,
        user_id=call.user_id,
        _session=call.session,
    )


def checked(subrequests: Any) -> list[dict[str, Any]]:
    """The subrequests, or why the platform would not start on them."""
    if not isinstance(subrequests, list) or not subrequests:
        raise ApiError("JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    seen: set[str] = set()
    for subrequest in subrequests:
        for key in ("method", "url", "referenceId"):
            if not isinstance(subrequest, dict) or not isinstance(subrequest.get(key), str):
                raise ApiError("JSON_PARSER_ERROR", f"Each subrequest needs a {key}")
        reference = subrequest["referenceId"]
        if not REFERENCE_ID.match(reference):
            raise ApiError(
                "JSON_PARSER_ERROR",
                f"Provided referenceId ('{reference}') must start with a letter or a number, "
                "and it can contain only letters, numbers and underscores ('_').",
            )
        if reference in seen:
            raise ApiError("INVALID_INPUT", f"Duplicate referenceId: {reference}")
        seen.add(reference)
    queries = sum(bool(re.search(r"/query(All)?/?(\?|$)|/composite/sobjects", sub["url"])) for sub in subrequests)
    if queries > MAX_QUERIES:
        raise ApiError("LIMIT_EXCEEDED", f"At most {MAX_QUERIES} subrequests may be queries or collections")
    return subrequests


def resolve(value: Any, answered: dict[str, Any]) -> Any:
    """`@{reference.path}` replaced by what that subrequest answered, in texts however deep."""
    if isinstance(value, str):
        whole = REFERENCE.fullmatch(value)
        if whole:
            return looked_up(whole.group(1), answered)
        return REFERENCE.sub(lambda found: str(looked_up(found.group(1), answered)), value)
    if isinstance(value, list):
        return [resolve(item, answered) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, answered) for key, item in value.items()}
    return value


def looked_up(path: str, answered: dict[str, Any]) -> Any:
    reference = path.partition(".")[0].partition("[")[0]
    if reference not in answered:
        raise UnresolvedError(f"Invalid reference specified. No value for {path} found in {reference}")
    value = answered[reference]
    for name, position in STEP.findall(path[len(reference) :]):
        try:
            value = value[int(position)] if position else value[name]
        except (KeyError, IndexError, TypeError) as problem:
            text = f"Invalid reference specified. No value for {path} found in {reference}"
            raise UnresolvedError(text) from problem
    return value


@routes.on("POST", "/graph")
def graph(call: Call) -> Reply:
    """Each graph succeeds or fails as a whole, and apart from the others."""
    graphs = call.json_object().get("graphs")
    if not isinstance(graphs, list) or not all(isinstance(one, dict) for one in graphs):
        raise ApiError("JSON_PARSER_ERROR", "graphs must be a list of objects")
    if sum(len(one.get("compositeRequest") or ()) for one in graphs) > MAX_NODES:
        raise ApiError("LIMIT_EXCEEDED", f"The limit on the number of nodes has been exceeded: {MAX_NODES}")
    answers = []
    for one in graphs:
        parts = run(call, checked(one.get("compositeRequest")), all_or_none=True)
        succeeded = all(part["httpStatusCode"] < 400 for part in parts)
        response = {"compositeResponse": parts}
        answers.append({"graphId": one.get("graphId"), "graphResponse": response, "isSuccessful": succeeded})
    return Reply({"graphs": answers})


@routes.on("POST", "/batch")
def batch(call: Call) -> Reply:
    payload = call.json_object()
    subrequests = payload.get("batchRequests")
    if not isinstance(subrequests, list) or len(subrequests) > MAX_SUBREQUESTS:
        raise ApiError("INVALID_BATCH_REQUEST", f"batchRequests must be a list of at most {MAX_SUBREQUESTS}")
    results: list[dict[str, Any]] = []
    for subrequest in subrequests:
        if results and payload.get("haltOnError") is True and results[-1]["statusCode"] >= 400:
            error = {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}
            results.append({"statusCode": 412, "result": [error]})
            continue
        url = "/services/data/" + str(subrequest.get("url", "")).removeprefix("/services/data/").lstrip("/")
        reply = call.runtime.dispatch(
            subcall(call, subrequest.get("method", "GET"), url, {}, subrequest.get("richInput"))
        )
        results.append({"statusCode": reply.status, "result": None if reply.empty else reply.body})
    return Reply({"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})
