"""The WSGI application: normalise, log, count, authorise, route, encode. Errors leave as the platform's JSON array."""

from __future__ import annotations

import gzip
import logging
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from werkzeug.datastructures import EnvironHeaders, Headers

from localorg.errors import ApiError, Unauthorized
from localorg.server import xmlform
from localorg.server.bulk1.refusals import async_refusal
from localorg.server.families import FAMILIES
from localorg.server.http import JSON, Call, HangUpError, Reply
from localorg.server.lightning_login import token_of_page
from localorg.server.routing import Access, Router
from localorg.server.runtime import Runtime

logger = logging.getLogger("localorg.server")
GZIP_FROM_BYTES = 1024
MAX_HEAD = 16_384  # bytes of the address and the headers
HIDDEN_ID = re.compile(r"/[0-9a-zA-Z]{15,18}(?=/|$)")
JSON_ONLY = re.compile(r"/(ui-api|jobs|tooling|metadata|composite(?!/sobjects))(/|$)")
BEARER = re.compile(r"(?:Bearer|OAuth) +(.+)", re.IGNORECASE)


class Application:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.router = Router(FAMILIES)
        runtime.dispatch = self.dispatch

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started = time.perf_counter()
        if (reason := too_long(environ)) is not None:
            start_response(reason, [("Content-Type", "text/html"), ("Connection", "close")])
            status, _, words = reason.partition(" ")
            return [f"<h1>Bad Message {status}</h1><pre>reason: {words}</pre>".encode()]
        call = call_from(environ, self.runtime)
        route, reply = self.answer(call)
        lost = None if is_control(call) else self.runtime.faults.after(call)
        call.drain()
        if lost == "disconnect_after":
            raise HangUpError(104, "Connection reset by peer")
        headers, body = encode(call, reply)
        self.runtime.log.add(call.method, route or "(none)", reply.status, started, call.user_id)
        if call.path.startswith("/services/data"):
            headers["Sforce-Limit-Info"] = self.runtime.usage.header
        start_response(f"{reply.status} {phrase(reply.status)}", list(headers))
        return broken(body) if lost == "truncated" else ([body] if isinstance(body, bytes) else body)

    def answer(self, call: Call) -> tuple[str, Reply]:
        """The route's pattern (for the log) and the reply, whatever happens on the way."""
        route = ""
        try:
            reply = None if is_control(call) else self.runtime.faults.before(call)
            if reply is not None:
                return "(fault)", reply
            match = self.router.match(self.identify(call))
            route = match.route.path
            self.authorise(call, match.route.access)
            return route, match.route.handler(call, **match.arguments)
        except ApiError as problem:
            return route, refusal(call, problem)
        except HangUpError:
            raise
        except Exception:
            logger.exception("%s %s failed", call.method, route or HIDDEN_ID.sub("/…", call.path))
            unexpected = ApiError("UNKNOWN_EXCEPTION", "An unexpected error occurred. See the org's log.", status=500)
            return route, refusal(call, unexpected)

    def dispatch(self, call: Call) -> Reply:
        """A subrequest of a composite call: the same routes, on the same session, not counted again."""
        try:
            match = self.router.match(call)
            if match.route.access is not Access.SESSION:
                raise ApiError("INVALID_INPUT", f"{call.path} cannot be part of a composite request")
            return match.route.handler(call, **match.arguments)
        except ApiError as problem:
            return Reply.error(problem)

    def identify(self, call: Call) -> Call:
        """Under /services/data nobody learns what exists without a session: 401 comes before 404."""
        if re.match(r"/services/(data/v[\d.]+|async|apexrest|Soap/(?!u|c|m))", call.path):
            self.authorise(call, Access.SESSION)
        return call

    def authorise(self, call: Call, access: Access) -> None:
        if access is Access.ADMIN:
            self.runtime.check_admin(call.token)
        elif access is Access.SESSION and not call.user_id:
            if not call.token:
                raise Unauthorized("INVALID_SESSION_ID", "Session expired or invalid")
            call.user_id = self.runtime.accounts.login(call.token).user_id
            self.runtime.usage.count()


def refusal(call: Call, problem: ApiError) -> Reply:
    """Bulk API v1 has its own form of errors."""
    return async_refusal(call, problem) if call.path.startswith("/services/async/") else Reply.error(problem)


def is_control(call: Call) -> bool:
    """The local org's own controls work whatever the fault rules say."""
    return call.path.startswith("/localorg/")


def too_long(environ: dict[str, Any]) -> str | None:
    """The edge's status for an address, or for it together with the headers, before anybody looks at them."""
    address = len(environ.get("REQUEST_URI", ""))
    if address > MAX_HEAD:
        return "414 URI Too Long"
    headers = sum(len(name) + len(str(value)) for name, value in environ.items() if name.startswith("HTTP_"))
    return "431 Request Header Fields Too Large" if address + headers > MAX_HEAD else None


def call_from(environ: dict[str, Any], runtime: Runtime) -> Call:
    headers = Headers(EnvironHeaders(environ))
    raw = environ.get("REQUEST_URI", "/").partition("?")[0]  # PATH_INFO leaves %2F encoded
    path = "/" + unquote(raw).strip("/")
    found = BEARER.match(headers.get("Authorization", ""))
    token = found.group(1).strip() if found else headers.get("X-SFDC-Session", "") or token_of_page(headers)
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    method = environ["REQUEST_METHOD"]
    if method == "POST":  # for clients that cannot send a PATCH
        method = query.pop("_HttpMethod", method).upper()
    return Call(
        runtime=runtime,
        method=method,
        path=path,
        query=query,
        headers=headers,
        stream=environ["wsgi.input"],
        length=int(environ.get("CONTENT_LENGTH") or 0) or None,
        base_url=f"{environ['wsgi.url_scheme']}://{headers.get('Host', 'localhost')}",
        token=token,
    )


def encode(call: Call, reply: Reply) -> tuple[Headers, bytes | Iterator[bytes]]:
    """Headers and body as they go over the wire: compressed when the client takes it."""
    headers = Headers(list(reply.headers.items()))
    if reply.empty:
        if reply.status not in (204, 304):
            headers["Content-Length"] = "0"
        return headers, b""
    if in_xml(call, reply):
        body: bytes | Iterator[bytes] = xmlform.written(call.path, reply.body, reply.status)
        headers["Content-Type"] = xmlform.CONTENT_TYPE
    else:
        body = reply.encoded(pretty=call.headers.get("X-PrettyPrint") == "1")
        headers.setdefault("Content-Type", reply.content_type)
    compress = "gzip" in call.headers.get("Accept-Encoding", "").lower()
    if isinstance(body, bytes):
        if compress and len(body) >= GZIP_FROM_BYTES:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, compresslevel=1)
        headers["Content-Length"] = str(len(body))
        headers.setdefault("Vary", "Accept-Encoding")
    elif compress:
        headers["Content-Encoding"] = "gzip"
        body = zipped(body)
    return headers, b"" if call.method == "HEAD" else body


def in_xml(call: Call, reply: Reply) -> bool:
    """REST speaks XML to those who ask for it, but for what is only there in JSON."""
    plain = reply.content_type == JSON and "Content-Type" not in reply.headers
    return (
        plain
        and call.path.startswith("/services/data")
        and not JSON_ONLY.search(call.path)
        and xmlform.wanted(call.headers)
    )


def zipped(parts: Iterator[bytes]) -> Iterator[bytes]:
    deflate = zlib.compressobj(level=1, wbits=31)
    for part in parts:
        if out := deflate.compress(part):
            yield out
    yield deflate.flush()


def broken(body: bytes | Iterator[bytes]) -> Iterator[bytes]:
    """The first half of a body (of its first piece, when it is streamed), then nothing more."""
    first = body if isinstance(body, bytes) else next(body, b"")
    yield first[: len(first) // 2]
    raise HangUpError(104, "Connection reset by peer")


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Enhance Your Calm"
