"""Events in: checked, remembered once, and a bell for a worker. The sender waits for nothing else."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import flask

from steward.bootstrap import Steward
from steward.jobs.tasks import Tasks
from steward.monitoring import observed
from steward.salesforce.pseudonyms import pseudonym
from steward.state import inbox
from steward.state.inbox import Incoming
from steward.web import schemas
from steward.web.guard import needs
from steward.web.problems import Problem

blueprint = flask.Blueprint("events", __name__)
COME_BACK = "30"  # seconds
_DONOR = re.compile(r"(?:003|001)[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


@blueprint.post("/v1/events")
@needs("events")
def receive() -> tuple[flask.Response, int]:
    """Up to 200 events."""
    body = json_body()
    schemas.check("events", body)
    return _take(body["events"])


@blueprint.post("/webhooks/donor-event")
@needs("events")
def receive_one() -> tuple[flask.Response, int]:
    """One event, on the path and in the form that fundraising playbooks show."""
    body = json_body()
    schemas.check("event", body)
    return _take([body])


def json_body() -> Any:
    """The request's JSON; whatever else it is, the answer says so."""
    if flask.request.mimetype != "application/json":
        raise Problem(415, "The body is not application/json.", "Send application/json.")
    try:
        return flask.json.loads(flask.request.get_data().decode())
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.", "Send a JSON object in UTF-8.") from None


def _take(events: list[dict[str, Any]]) -> tuple[flask.Response, int]:
    steward: Steward = flask.current_app.extensions["steward"]
    if steward.inbox.depth().waiting >= steward.settings.queue_limit:
        observed.EVENTS.labels("turned away").inc(len(events))
        raise Problem(
            503, "Too many donors wait already.", "Keep the events and send them later.", Retry_After=COME_BACK
        )
    moments = {f"events[{number}].timestamp": one["timestamp"] for number, one in enumerate(events)}
    incoming = [
        _incoming(steward, one, _moment(field, text))
        for (field, text), one in zip(moments.items(), events, strict=True)
    ]
    known = [one for one in incoming if one is not None]
    new = set(steward.inbox.accept(known))
    if new:
        ring()
    receipts = []
    for event, one in zip(events, incoming, strict=True):
        status = "unknown donor" if one is None else "accepted" if event["event_id"] in new else "duplicate"
        new.discard(event["event_id"])  # a second copy in the same batch is one
        observed.EVENTS.labels(status).inc()
        receipts.append({"event_id": event["event_id"], "status": status})
    return flask.jsonify({"correlation_id": flask.g.correlation_id, "events": receipts}), 202


def _incoming(steward: Steward, event: dict[str, Any], occurred_at: dt.datetime) -> Incoming | None:
    """The event as it is remembered; None where its donor's id is none of a Contact or Account: nobody to score."""
    donor = event["donor_id"]
    if not _DONOR.fullmatch(donor):
        return None
    person = event.get("priority") == "person" or event["event_type"] == "score_requested"
    return Incoming(
        event["event_id"], pseudonym(donor, steward.key), donor, event["event_type"], occurred_at,
        event.get("correlation_id") or flask.g.correlation_id,
        inbox.PERSON_WAITS if person else inbox.BATCH,
    )  # fmt: skip


def _moment(field: str, text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Problem(
            422, "A timestamp is not a date and time.", "Use 2026-04-14T10:23:11Z.",
            fields={field: "Must be an ISO 8601 date and time."},
        ) from None  # fmt: skip


def ring() -> None:
    """The events are safe already: where the queue cannot be reached, the workers' next sweep finds them."""
    tasks: Tasks = flask.current_app.extensions["tasks"]
    try:
        tasks.ring()
    except Exception as error:  # any of Redis's or SQLite's
        flask.current_app.logger.warning("The queue could not be reached (%s).", type(error).__name__)
