"""What must hold of an upload before a row of it reaches the engine: its header, its key, its shape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from localorg.engine import Session
from localorg.errors import ApiError
from localorg.lookups import check_header
from localorg.model import SObject
from localorg.server.bulk2.csvfile import UploadError
from localorg.server.bulk2.jobs import Job

MAX_VALUE_CHARACTERS = 32_000


class UnknownColumnError(UploadError):
    """A column of the header that no field answers to, or that is missing from it."""


def columns(header: Sequence[str], job: Job, session: Session) -> list[str]:
    """The file's columns in the schema's spelling, or the platform's refusal of its header."""
    if not header:
        raise UploadError("InvalidBatch : The file has no header row")
    sobject = session.sobject(job.object)
    if sobject is None:
        raise UploadError(f"InvalidEntity : Entity '{job.object}' is not supported by the Bulk API.")
    try:
        names = check_header(sobject, session.org.schema, header)
    except ApiError as problem:
        raise UnknownColumnError(problem.message) from problem
    for position, name in enumerate(names):
        if not readable(session, sobject, name):
            raise no_such_field(header[position])
        if name in names[:position]:
            raise UploadError(f"InvalidBatch : Duplicate field name in the header : {header[position]}")
    check_key(job, names)
    return names


def readable(session: Session, sobject: SObject, name: str) -> bool:
    """A field the user may not see is not there for them; a relationship is as visible as its reference field."""
    field = sobject.parent(name.partition(".")[0].partition(":")[0]) if "." in name else sobject.get(name)
    return field is not None and session.readable(sobject, field)


def no_such_field(column: str) -> UnknownColumnError:
    return UnknownColumnError(f"InvalidBatch : Field name not found : {column}")


def check_key(job: Job, names: list[str]) -> None:
    if job.operation in ("delete", "hardDelete"):
        if names != ["Id"]:
            raise UploadError(f"InvalidBatch : The '{job.operation}' batch must contain only ids")
    elif job.operation == "update" and "Id" not in names:
        raise no_such_field("Id")
    elif job.operation == "upsert" and job.external_id not in names:
        raise no_such_field(str(job.external_id))


def check_batch(batch: list[list[str]], width: int, before: int) -> None:
    """Every row as wide as the header, no value longer than Bulk API takes. `before` rows came earlier."""
    if any(len(row) != width for row in batch):
        number, row = next((number, row) for number, row in enumerate(batch, before + 1) if len(row) != width)
        raise UploadError(f"InvalidBatch : Row {number} has {len(row)} values but the header has {width} columns")
    if max(map(len, chain.from_iterable(batch)), default=0) > MAX_VALUE_CHARACTERS:
        raise UploadError(f"InvalidBatch : A value is longer than {MAX_VALUE_CHARACTERS} characters")
