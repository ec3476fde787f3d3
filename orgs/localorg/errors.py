"""The platform's refusals. Each carries the `errorCode`, the exact message and the HTTP status a real org answers with.

ApiError
├── QueryError      MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE … from SOQL
├── RecordError     one row of a DML call: REQUIRED_FIELD_MISSING, STRING_TOO_LONG … (with field names)
├── NotFound        404 NOT_FOUND / ENTITY_IS_DELETED
├── Unauthorized    401 INVALID_SESSION_ID
├── Forbidden       403 INSUFFICIENT_ACCESS, REQUEST_LIMIT_EXCEEDED …
└── DeployError     metadata that the platform would not accept (component, line, problem)
"""

from __future__ import annotations

from dataclasses import dataclass


class ApiError(Exception):
    status = 400

    def __init__(self, code: str, message: str, *, fields: tuple[str, ...] = (), status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        if status is not None:
            self.status = status

    def body(self) -> dict[str, object]:
        """The JSON object Salesforce puts in the error array."""
        reply: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            reply["fields"] = list(self.fields)
        return reply


class QueryError(ApiError):
    pass


class RecordError(ApiError):
    """Names the fields it is about even where there are none; those of the request itself do not."""

    def body(self) -> dict[str, object]:
        of_the_request = self.code in ("INVALID_FIELD", "INVALID_CROSS_REFERENCE_KEY")
        return super().body() if of_the_request else super().body() | {"fields": list(self.fields)}


class NotFound(ApiError):
    status = 404


class Unauthorized(ApiError):
    status = 401


class Forbidden(ApiError):
    status = 403


@dataclass(frozen=True)
class Problem:
    """One line of a failed deployment, with the names of Salesforce's DeployMessage."""

    component_type: str
    full_name: str
    file: str
    line: int
    message: str
    problem_type: str = "Error"  # or Warning

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.component_type} {self.full_name}: {self.message}"


class DeployError(ApiError):
    def __init__(self, code: str, message: str, *, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(code, message)
        self.problems = problems
