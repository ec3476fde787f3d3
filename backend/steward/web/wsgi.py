"""The service for any WSGI server. gunicorn imports it in each process anew, so that a reload takes up new code, models and settings."""

from __future__ import annotations

from steward import config

_settings = config.load()
config.share_metrics(_settings.home)  # before anything counts

from steward.bootstrap import Steward  # noqa: E402
from steward.monitoring import logs  # noqa: E402
from steward.web.app import create_app  # noqa: E402

logs.configure()
app = create_app(Steward(_settings))
