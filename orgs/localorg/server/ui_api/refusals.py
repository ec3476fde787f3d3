"""Errors as UI API words them: what failed as a whole, and each field's share of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from localorg.errors import ApiError
from localorg.model import SObject

CREATE, UPDATE, DELETE = "create", "update", "delete"


class RecordRefused(ApiError):
    """A save that failed: `output` says which fields stand in the way."""

    def __init__(self, doing: str, sobject: SObject, errors: Sequence[ApiError]) -> None:
        message = f"An error occurred while trying to {doing} the record. Please try again."
        super().__init__("INVALID_INPUT", message, status=errors[0].status)
        if errors[0].code in ("INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"):
            self.status = 403
        elif errors[0].code in ("ENTITY_IS_DELETED", "NOT_FOUND"):
            self.status = 404
        self.output = record_exceptions(sobject, errors)

    def body(self) -> dict[str, object]:
        return {
            "message": self.message,
            "statusCode": self.status,
            "errorCode": self.code,
            "enhancedErrorType": "RecordError",
            "output": self.output,
        }


class Stale(ApiError):
    """The record changed since the client read it; `output` is the record as it is now."""

    status = 412

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__("CONFLICT", "The precondition fails: the record changed after it was last fetched.")
        self.current = current

    def body(self) -> dict[str, object]:
        return super().body() | {"statusCode": 412, "enhancedErrorType": None, "output": self.current}


def record_exceptions(sobject: SObject, errors: Sequence[ApiError]) -> dict[str, Any]:
    page: list[dict[str, Any]] = []
    by_field: dict[str, list[dict[str, Any]]] = {}
    for error in errors:
        if not error.fields:
            page.append(_one(sobject, error, None))
        for name in error.fields:
            by_field.setdefault(name, []).append(_one(sobject, error, name))
    return {"errors": page, "fieldErrors": by_field}


def _one(sobject: SObject, error: ApiError, name: str | None) -> dict[str, Any]:
    field = sobject.get(name) if name else None
    compound = field.compound if field else None
    return {
        "constituentField": name if compound else None,
        "duplicateRecordError": None,
        "errorCode": error.code,
        "field": compound or name,
        "fieldLabel": field.label if field else None,
        "message": error.message,
    }
