"""Is it alive, is it ready, what does it count: for whoever restarts, routes or watches the service."""

from __future__ import annotations

import time

import flask

from steward.bootstrap import Steward
from steward.jobs.watch import STOPPED
from steward.live.serving import Serving
from steward.monitoring import observed
from steward.salesforce.transport import Patience
from steward.web.guard import needs, open_to_all
from steward.web.openapi import document

blueprint = flask.Blueprint("health", __name__)
_ORG_FOR = 30.0  # seconds for which the last look at the org counts


@blueprint.get("/livez")
@open_to_all
def alive() -> flask.Response:
    return flask.jsonify({"status": "alive"})


@blueprint.get("/readyz")
@open_to_all
def ready() -> tuple[flask.Response, int]:
    """503 where it should not be sent requests; says which part is missing, and nothing else."""
    steward: Steward = flask.current_app.extensions["steward"]
    serving: Serving = flask.current_app.extensions["serving"]
    serving.refresh()
    oldest = steward.inbox.depth().oldest
    checks = {
        "scores loaded": serving.ready,
        "queue moving": oldest is None or steward.now() - oldest < STOPPED,
        "org reachable": _org_answers(steward),
    }
    status = 200 if all(checks.values()) else 503
    return flask.jsonify({"status": "ready" if status == 200 else "not ready", "checks": checks}), status


@blueprint.get("/metrics")
@needs("ops")
def metrics() -> flask.Response:
    return flask.Response(observed.page(flask.current_app.extensions["steward"]), mimetype="text/plain")


@blueprint.get("/openapi.json")
@open_to_all
def openapi() -> flask.Response:
    return flask.jsonify(document())


def _org_answers(steward: Steward) -> bool:
    """Whether the org answered within the last half minute; asked once and briefly, however many want to know."""
    seen: list[float | bool] = flask.current_app.extensions["org seen"]
    if time.monotonic() - seen[0] > _ORG_FOR:
        gateway = steward.live_gateway
        patience, gateway.patience = gateway.patience, Patience(attempts=1)
        try:
            gateway.send("GET", "limits")
            seen[:] = [time.monotonic(), True]
        except Exception:
            seen[:] = [time.monotonic(), False]
        finally:
            gateway.patience = patience
    return bool(seen[1])
