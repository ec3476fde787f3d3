"""gunicorn, started from our own command: each process builds its own Steward and is ready before it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flask
import gunicorn.app.base

from steward.bootstrap import Steward
from steward.web.app import create_app


class Server(gunicorn.app.base.BaseApplication):  # type: ignore[misc]
    def __init__(self, make: Callable[[], Steward], options: Mapping[str, Any]) -> None:
        self._make = make
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> flask.Flask:
        return create_app(self._make())
