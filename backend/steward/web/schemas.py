"""What the service takes and gives, as JSON Schema: the same text checks requests and is served in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import jsonschema.validators

from steward.web.problems import Problem

EVENT_TYPES = (
    "donation_created", "donation_updated", "donation_deleted", "recurring_donation_created",
    "recurring_donation_updated", "payment_failed", "payment_refunded", "campaign_response", "event_registration",
    "volunteer_hours", "donor_created", "donor_updated", "donor_merged", "score_requested",
)  # fmt: skip
MOST = 200  # events or donors in one request
_ID = r"^[A-Za-z0-9_.:-]{1,80}$"

EVENT: dict[str, Any] = {
    "type": "object",
    "description": "Something happened to a donor. The org is read anew: an event says who, never what.",
    "required": ["event_id", "donor_id", "event_type", "timestamp"],
    "additionalProperties": False,
    "properties": {
        "event_id": {
            "type": "string", "pattern": r"^[\x21-\x7e]{1,128}$",
            "description": "The same for every delivery of this event: record id and version.",
        },
        "donor_id": {"type": "string", "pattern": _ID, "description": "Id of the Contact, or of the Account that gives."},
        "event_type": {"type": "string", "enum": list(EVENT_TYPES)},
        "timestamp": {"type": "string", "format": "date-time", "maxLength": 40, "description": "When it happened."},
        "amount": {"type": ["number", "null"], "minimum": -1e12, "maximum": 1e12, "description": "Not used: the org knows."},
        "priority": {"type": "string", "enum": ["person", "batch"], "description": "`person`: someone is waiting."},
        "correlation_id": {"type": "string", "pattern": r"^[A-Za-z0-9-]{1,64}$", "description": "The trace to go by."},
    },
}  # fmt: skip
EVENTS: dict[str, Any] = {
    "type": "object",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {"events": {"type": "array", "minItems": 1, "maxItems": MOST, "items": EVENT}},
}
DONORS: dict[str, Any] = {
    "type": "object",
    "required": ["donor_ids"],
    "additionalProperties": False,
    "properties": {
        "donor_ids": {
            "type": "array", "minItems": 1, "maxItems": MOST, "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^003[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$"},
        },
        "fresh_within_seconds": {
            "type": "integer", "minimum": 0, "maximum": 20,
            "description": "Score them anew from the org, and wait this long for it; then answer with what there is.",
        },
    },
}  # fmt: skip
RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["correlation_id", "events"],
    "properties": {
        "correlation_id": {"type": "string"},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["event_id", "status"],
                "properties": {
                    "event_id": {"type": "string"},
                    "status": {"type": "string", "enum": ["accepted", "duplicate", "unknown donor"]},
                },
            },
        },
    },
}
OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["title", "score", "band", "rank", "method", "helps", "holds_back"],
    "properties": {
        "title": {"type": "string"},
        "score": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
        "band": {"type": ["string", "null"]},
        "rank": {"type": ["integer", "null"]},
        "method": {"type": "string"},
        "model": {"type": "string"},
        "confidence": {"type": "string"},
        "helps": {"type": "array", "items": {"type": "string"}},
        "holds_back": {"type": "array", "items": {"type": "string"}},
    },
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["donor_id", "source"],
    "properties": {
        "donor_id": {"type": "string"},
        "source": {
            "type": "string", "enum": ["Real-time", "Nightly", "Last known", "Rule", "Unknown donor"],
            "description": "Nightly: today's models on last night's facts. Last known: an older answer, with its age.",
        },
        "known_until": {"type": ["string", "null"], "format": "date-time"},
        "age_hours": {"type": "number"},
        "segment": {"type": ["string", "null"]},
        "next_step": {"type": ["string", "null"]},
        "excluded_reason": {"type": ["string", "null"]},
        "suggested_ask": {"type": ["number", "null"]},
        "outcomes": {"type": "object", "additionalProperties": OUTCOME},
    },
}  # fmt: skip
SCORES: dict[str, Any] = {
    "type": "object",
    "required": ["correlation_id", "scores"],
    "properties": {"correlation_id": {"type": "string"}, "scores": {"type": "array", "items": ANSWER}},
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "correlation_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "todo": {"type": "string"},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def _whole(_: Any, pattern: str, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    """A `$` in JSON Schema is the very end; Python's own would let a line break follow."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield jsonschema.ValidationError(f"does not match {pattern}")


_Checker = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _whole})
_CHECKERS = {name: _Checker(schema) for name, schema in {"event": EVENT, "events": EVENTS, "donors": DONORS}.items()}
_SHOWN = 10  # mistakes named in one answer


def check(name: str, body: Any) -> None:
    """Refuses a body that does not fit, naming each field; the values themselves are not repeated."""
    found = sorted(_CHECKERS[name].iter_errors(body), key=lambda one: list(map(str, one.absolute_path)))
    if found:
        fields = {_field(one): _sentence(one) for one in found[:_SHOWN]}
        raise Problem(
            422, f"{len(found)} fields of the body are wrong.", "Correct them and send it again.", fields=fields
        )


def _field(error: jsonschema.ValidationError) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return path.lstrip(".") or "(body)"


def _sentence(error: jsonschema.ValidationError) -> str:
    rule = error.validator_value
    words = {
        "required": f"Needs {', '.join(name for name in rule if name not in error.instance)}."
        if error.validator == "required"
        else "",
        "additionalProperties": "Has a field that is not known here.",
        "enum": f"Must be one of: {', '.join(map(str, rule))}." if error.validator == "enum" else "",
        "pattern": f"Must look like {rule}.",
        "type": f"Must be of type {rule}.",
        "maxItems": f"At most {rule} in one request.",
        "minItems": f"At least {rule}.",
        "uniqueItems": "Names one twice.",
    }
    return words.get(str(error.validator)) or f"Breaks the rule {error.validator}: {rule}."
