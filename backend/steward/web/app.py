"""Builds the service from a Steward: one function, so that tests and gunicorn build the same."""

from __future__ import annotations

import flask

from steward.bootstrap import Steward
from steward.jobs.tasks import Tasks
from steward.live.serving import Serving
from steward.monitoring.spans import Spans
from steward.web import events, guard, health, oauth, ops, problems, scores

MOST_BYTES = 1 << 20  # of a body: 200 events are a tenth of it
BLUEPRINTS = (events.blueprint, scores.blueprint, oauth.blueprint, health.blueprint, ops.blueprint)


def create_app(steward: Steward, tasks: Tasks | None = None) -> flask.Flask:
    """The service with everything loaded that its first request would wait for."""
    app = flask.Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=64 << 10,
        MAX_FORM_PARTS=20,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_NAME="__Host-steward",
    )
    door = guard.Guard(steward)
    serving = Serving(steward)
    spans = Spans(steward.settings.traces_url, "service")
    app.extensions |= {
        "steward": steward,
        "guard": door,
        "serving": serving,
        "spans": spans,
        "tasks": tasks or Tasks(lambda: steward),
        "org seen": [float("-inf"), False],
    }
    app.secret_key = door.keys.derived("sessions")[0]
    app.config["SECRET_KEY_FALLBACKS"] = door.keys.derived("sessions")[1:]
    oauth.register(app, door)
    problems.register(app)
    guard.watch(app, spans)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    serving.refresh()
    return app
