"""gunicorn's threads, strict with who talks to them: silence in the middle of a request ends it, and every refusal has one shape."""

from __future__ import annotations

import json
import socket
import struct
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

SILENCE = 5  # seconds: a thread waits no longer for the next bytes of a head or a body
_FOR_SO_LONG = struct.pack("ll", SILENCE, 0)
_STATUS = {errors.LimitRequestLine: 414, errors.LimitRequestHeaders: 431, errors.ExpectationFailed: 417}
_TODO = {414: "Send what is long in the body.", 431: "Send fewer or shorter headers."}


class Worker(ThreadWorker):  # type: ignore[misc]
    """One process of the service."""

    def enqueue_req(self, conn: Any) -> None:
        # the system's own limit: Python's would be taken off again by gunicorn
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _FOR_SO_LONG)
        super().enqueue_req(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """What is no HTTP never reaches the app, but is refused in its words."""
        ours = errors.InvalidResponseHeader | errors.InvalidResponseHeaderName
        if not isinstance(exc, errors.ParseException) or isinstance(exc, ours):
            super().handle_error(req, client, addr, exc)
            return
        status = HTTPStatus(_STATUS.get(type(exc), 400))
        self.log.warning("Refused what is no request (%s)", type(exc).__name__)
        body = json.dumps({
            "type": "about:blank", "title": status.phrase, "status": int(status), "detail": "This is no request that can be read.",
            "correlation_id": "", "todo": _TODO.get(status, "Send HTTP/1.1 as RFC 9112 describes it."),
        })  # fmt: skip
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        try:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        except OSError:
            self.log.debug("Who sent it is gone")
