"""gunicorn's settings for the service: `steward serve` starts it with them, and HUP reloads it."""

from __future__ import annotations

from typing import Any

from steward.config import load

bind = load().listen
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
    """What an ended process counted stays in the sums; its gauges do not."""
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
