"""The page of whoever looks after Steward: runs, queue, dead letters, freshness, and what happened to one donor."""

from __future__ import annotations

import flask

blueprint = flask.Blueprint("ops", __name__, url_prefix="/ops")
