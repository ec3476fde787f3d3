"""What an endpoint takes and gives: a `Call` and a `Reply`, independent of the web server underneath.

The composite endpoints make Calls of their own and send them through the same router: nothing here leans on a socket.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

from localorg.errors import ApiError, NotFound
from localorg.server import jsontext, xmlform

if TYPE_CHECKING:
    from localorg.engine import Session
    from localorg.server.runtime import Runtime

JSON = "application/json;charset=UTF-8"
MAX_BODY = 50 * 1024 * 1024  # the platform's limit of one REST request
NAMESPACE = re.compile(r"\bdefaultNamespace\s*=\s*(\w+)", re.IGNORECASE)
JSON_TYPES = frozenset({"application/json", ""})


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class HangUpError(ConnectionResetError):
    """The server hangs up: the socket is closed without another byte."""


@dataclass
class Call:
    """One request. `session` is the engine's view of the user, present on every route that demands one."""

    runtime: Runtime
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)
    stream: Readable = field(default_factory=io.BytesIO)
    length: int | None = None  # of the body, where the client said it
    base_url: str = ""
    version: str = ""
    token: str = ""
    user_id: str = ""
    _session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = self.runtime.session(self.user_id)
            named = NAMESPACE.search(self.headers.get("Sforce-Call-Options", ""))
            self._session.namespace = named.group(1) if named else ""
        return self._session

    @property
    def api(self) -> str:
        """The path prefix of this call's API version."""
        return f"/services/data/v{self.version}"

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def csv_type(self) -> str:
        """CSV is UTF-8; the platform says so to clients that ask for a charset."""
        return "text/csv; charset=UTF-8" if "charset" in self.headers.get("Accept", "").lower() else "text/csv"

    def body(self, limit: int = MAX_BODY) -> bytes:
        parts, size = [], 0
        for part in self.chunks():
            size += len(part)
            if size > limit:
                raise ApiError("REQUEST_BODY_TOO_LARGE", f"The request body exceeds {limit} bytes.", status=413)
            parts.append(part)
        return b"".join(parts)

    def chunks(self, size: int = 65536) -> Iterator[bytes]:
        """The request body, uncompressed, a piece at a time."""
        inflate = None
        if self.headers.get("Content-Encoding", "").lower() == "gzip":
            inflate = zlib.decompressobj(wbits=31)
        while part := self._read(size):
            if inflate is None:
                yield part
                continue
            try:
                yield from _inflated(inflate, part, size)
            except zlib.error as problem:
                raise ApiError("UNKNOWN_EXCEPTION", "Request body is not valid gzip content.") from problem

    def json(self) -> Any:
        """The body as JSON, or as the JSON that its XML stands for; None when there is none."""
        if self.content_type not in (*JSON_TYPES, *xmlform.TYPES):
            message = f"MediaType of '{self.content_type}' is not supported by this resource"
            raise ApiError("UNSUPPORTED_MEDIA_TYPE", message, status=415)
        raw = self.body()
        if not raw.strip():
            return None
        return xmlform.read(raw) if self.content_type in xmlform.TYPES else jsontext.read(raw)

    def json_object(self) -> dict[str, Any]:
        payload = self.json()
        if payload is None:
            raise jsontext.no_body()
        if not isinstance(payload, dict):
            raise ApiError("JSON_PARSER_ERROR", "The request body must be a JSON object")
        return payload

    def form(self) -> dict[str, str]:
        """Query string and urlencoded body together, as the OAuth endpoints read them."""
        fields = dict(self.query)
        fields.update(parse_qsl(self.body(1 << 20).decode("utf-8", "replace"), keep_blank_values=True))
        return fields

    def drain(self, limit: int = 1 << 30) -> None:
        """Read what the client still sends, so that the connection can serve its next request."""
        while limit > 0 and (part := self._read(65536)):
            limit -= len(part)

    def _read(self, size: int) -> bytes:
        """Half a body is none: a client that hangs up meanwhile, or breaks its chunks off, is hung up on."""
        try:
            part = self.stream.read(size)
        except (OSError, ValueError) as problem:
            raise HangUpError(104, "Connection reset by peer") from problem
        if self.length is not None:
            self.length -= len(part)
            if not part and self.length > 0:
                raise HangUpError(104, "Connection reset by peer")
        return part


def _inflated(inflate: Any, part: bytes, size: int) -> Iterator[bytes]:
    while part:
        out = inflate.decompress(part, size)
        if out:
            yield out
        part = inflate.unconsumed_tail


@dataclass
class Reply:
    """`body` is a value to be sent as JSON, or bytes/text/an iterator of bytes to be sent as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON
    empty: bool = False

    @classmethod
    def nothing(cls, status: int = 204, headers: dict[str, str] | None = None) -> Reply:
        return cls(None, status, headers or {}, empty=True)

    @classmethod
    def error(cls, problem: ApiError) -> Reply:
        headers = {"WWW-Authenticate": "Token"} if problem.status == 401 else {}
        return cls([problem.body()], problem.status, headers)

    def encoded(self, pretty: bool = False) -> bytes | Iterator[bytes]:
        if self.empty:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str) and self.content_type != JSON:
            return self.body.encode()
        if isinstance(self.body, Iterator):
            return self.body
        return dump(self.body, pretty)


def dump(value: object, pretty: bool = False) -> bytes:
    if pretty:
        return json.dumps(value, ensure_ascii=False, indent=2, separators=(",", " : ")).encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def not_found() -> NotFound:
    return NotFound("NOT_FOUND", "The requested resource does not exist")
