"""gunicorn's settings. `steward serve` uses them, and so may any other way of starting it; HUP reloads without a gap."""

from __future__ import annotations

from typing import Any

from prometheus_client import multiprocess

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
accesslog = None
control_socket_disable = True


def child_exit(server: Any, worker: Any) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
