"""Scores on demand: up to 200 donors, each with scores and reasons, or with what can honestly be said instead."""

from __future__ import annotations

import flask

from steward import observed
from steward.bootstrap import Steward
from steward.salesforce.pseudonyms import pseudonym
from steward.serving import Serving
from steward.web import schemas
from steward.web.events import json_body
from steward.web.guard import needs

blueprint = flask.Blueprint("scores", __name__)


@blueprint.post("/v1/scores")
@needs("score")
def scores() -> flask.Response:
    body = json_body()
    schemas.check("donors", body)
    steward: Steward = flask.current_app.extensions["steward"]
    serving: Serving = flask.current_app.extensions["serving"]
    donors: list[str] = body["donor_ids"]
    found = serving.answer([pseudonym(one, steward.key) for one in donors])
    for answer in found:
        observed.SCORES.labels(answer["source"]).inc()
    return flask.jsonify({
        "correlation_id": flask.g.correlation_id,
        "scores": [{"donor_id": donor} | answer for donor, answer in zip(donors, found, strict=True)],
    })  # fmt: skip
