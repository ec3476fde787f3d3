"""gunicorn's settings for the service: `steward serve` starts it with them, and HUP reloads it."""

from __future__ import annotations

from typing import Any

from steward.config import load

bind = load().listen
worker_class = "steward.web.worker.Worker"
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


def post_worker_init(worker: Any) -> None:
    """Each process watches over the night and the workers; the state sees to it that people are told once."""
    from steward.jobs.watch import Watch  # noqa: PLC0415

    Watch(worker.wsgi.extensions["steward"]).start()


def worker_exit(server: Any, worker: Any) -> None:
    """The last spans are on their way before the process ends."""
    if worker.wsgi is not None:
        worker.wsgi.extensions["spans"].close()


def child_exit(server: Any, worker: Any) -> None:
    """What an ended process counted stays in the sums; its gauges do not."""
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
