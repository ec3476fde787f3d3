"""The web server: one application on two loopback ports, plain HTTP and TLS, until it is told to stop."""

from __future__ import annotations

import gc
import os
import re
import signal
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cheroot import errors
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from localorg.automation import nightly
from localorg.server import seeding  # noqa: F401 (its control verbs)
from localorg.server.app import Application
from localorg.server.bulk2.worker import Worker
from localorg.server.certificates import LOOPBACK, ensure_certificates, is_loopback
from localorg.server.http import dump
from localorg.server.runtime import Runtime

THREADS = 16
MAX_REQUEST_BYTES = 160 * 1024 * 1024
KEEP_ALIVE_SECONDS = 60

# A client that ends without a farewell in the middle of an answer: over TLS it has a number of its own, and is no
# more the server's fault than a connection that was reset.
errors.socket_errors_to_ignore.append(ssl.SSL_ERROR_EOF)


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    tls_port: int

    @property
    def url(self) -> str:
        return f"http://{self.shown_host}:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"https://{self.shown_host}:{self.tls_port}"

    @property
    def shown_host(self) -> str:
        return "localhost" if is_loopback(self.host) else self.host


class RequestLine:
    """Takes `//services/…` for what it means, as Salesforce does: CumulusCI asks for one URL that way."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readline(self, *size: int) -> bytes:
        return re.sub(rb"^(\S+ )/{2,}", rb"\1/", self._stream.readline(*size), count=1)


class Request(HTTPRequest):
    def read_request_line(self) -> Any:
        stream, self.rfile = self.rfile, RequestLine(self.rfile)
        try:
            return super().read_request_line()  # type: ignore[no-untyped-call]
        finally:
            self.rfile = stream


class Connection(HTTPConnection):
    RequestHandlerClass = Request


def spare_the_collector() -> None:
    """Schema and modules stay as long as the process, and rows of a load are no cycles: look rarely, and not at those."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class LocalOrgServer:
    """The running org. Port 0 takes a free port; `address` tells which."""

    def __init__(self, folder: Path, port: int = 0, tls_port: int = 0, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.runtime = Runtime(folder)
        application = Application(self.runtime)
        names = LOOPBACK if is_loopback(host) else (*LOOPBACK, host)
        self.certificates = ensure_certificates(folder, names)
        self._servers = [self._server(application, host, port), self._server(application, host, tls_port)]
        self._servers[1].ssl_adapter = BuiltinSSLAdapter(str(self.certificates.chain), str(self.certificates.key))
        self._threads: list[threading.Thread] = []
        self.worker = Worker(self.runtime)
        self.runtime.submit = self.worker.submit
        self.stopping = threading.Event()
        self.runtime.stop = self.stopping.set
        for server in self._servers:
            server.prepare()
        self.address = Address(host, self._servers[0].bind_addr[1], self._servers[1].bind_addr[1])

    @staticmethod
    def _server(application: Application, host: str, port: int) -> Any:
        server = Server((host, port), application, numthreads=THREADS, timeout=KEEP_ALIVE_SECONDS, shutdown_timeout=5)
        server.max_request_body_size = MAX_REQUEST_BYTES
        server.ConnectionClass = Connection
        server.server_name = "localorg"
        return server

    def start(self) -> None:
        self.worker.start()
        night = threading.Thread(target=nightly.watch, args=(self.runtime.org, self.stopping), daemon=True)
        night.start()
        self._threads.append(night)
        for server in self._servers:
            thread = threading.Thread(target=server.serve, name=f"localorg:{server.bind_addr[1]}", daemon=True)
            thread.start()
            self._threads.append(thread)
        (self.folder / "server.json").write_bytes(dump(self.described(), pretty=True))

    def described(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "url": self.address.url,
            "tls_url": self.address.tls_url,
            "ca_bundle": str(self.certificates.authority.resolve()),
        }

    def run(self) -> None:
        """Serve until SIGTERM, SIGINT or the control's stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        self.start()
        spare_the_collector()
        self.stopping.wait()
        self.stop()

    def stop(self) -> None:
        self.stopping.set()
        self.runtime.streams.close()
        (self.folder / "server.json").unlink(missing_ok=True)
        for server in self._servers:
            server.stop()
        for thread in self._threads:
            thread.join(timeout=10)
        self.worker.stop()
        self.runtime.close()

    def __enter__(self) -> LocalOrgServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
