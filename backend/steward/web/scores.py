"""Scores on demand: up to 200 donors, each with scores and reasons, or with what can honestly be said instead."""

from __future__ import annotations

import datetime as dt
import time

import flask

from steward.bootstrap import Steward
from steward.live.serving import Serving
from steward.monitoring import observed
from steward.salesforce.pseudonyms import pseudonym
from steward.state import inbox
from steward.state.inbox import Incoming
from steward.web import schemas
from steward.web.events import json_body, ring
from steward.web.guard import needs

blueprint = flask.Blueprint("scores", __name__)
_LOOK = 0.05  # seconds between two looks at whether a worker is done


@blueprint.post("/v1/scores")
@needs("score")
def scores() -> flask.Response:
    """What is known of these donors; with `fresh_within_seconds`, after a worker has scored them anew if it can in time."""
    body = json_body()
    schemas.check("donors", body)
    steward: Steward = flask.current_app.extensions["steward"]
    serving: Serving = flask.current_app.extensions["serving"]
    keys = {donor: pseudonym(donor, steward.key) for donor in body["donor_ids"]}
    if body.get("fresh_within_seconds"):
        _score_anew(steward, keys, body["fresh_within_seconds"])
    found = serving.answer(list(keys.values()))
    for answer in found:
        observed.SCORES.labels(answer["source"]).inc()
    return flask.jsonify({
        "correlation_id": flask.g.correlation_id,
        "scores": [{"donor_id": donor} | answer for donor, answer in zip(keys, found, strict=True)],
    })  # fmt: skip


def _score_anew(steward: Steward, keys: dict[str, str], seconds: int) -> None:
    """Puts the donors before any batch, and waits until all are answered or the time is up: never an error to a person."""
    now, trace = steward.now(), flask.g.correlation_id
    steward.inbox.accept([
        Incoming(f"score:{trace}:{key}:{now.timestamp()}", key, donor, "score_requested", now, trace, inbox.PERSON_WAITS)
        for donor, key in keys.items()
    ])  # fmt: skip
    ring()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not _all_answered(steward, set(keys.values()), now):
        time.sleep(_LOOK)


def _all_answered(steward: Steward, keys: set[str], since: dt.datetime) -> bool:
    answered = {key for key, (known_until, _) in steward.inbox.answers(keys).items() if known_until >= since}
    return keys <= answered or not steward.inbox.are_waiting(keys)
