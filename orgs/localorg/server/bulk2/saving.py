"""Working an ingest job off: batch by batch through the engine, results to disk, the counts on the job as they grow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

from localorg.engine import SaveResult, Session
from localorg.errors import ApiError
from localorg.server.bulk2.csvfile import Table, Upload, UploadError
from localorg.server.bulk2.jobs import Job
from localorg.server.bulk2.rows import UnknownColumnError, check_batch, columns
from localorg.server.faults import lock_error
from localorg.server.runtime import Runtime


class Outcome(Protocol):
    """Where the results of an upload's rows go, in their order."""

    rows: int
    failed: int

    def write(self, results: list[SaveResult], rows: list[list[str]]) -> None: ...


def process(runtime: Runtime, job: Job) -> None:
    """Save every row of the upload; stops between batches when the job is aborted."""
    file = runtime.jobs.file(job, "upload.csv")
    if not file.exists():
        return
    with ExitStack() as stack:
        upload = Upload(file, job)
        stack.callback(upload.close)
        outcome = stack.enter_context(TwoFiles(runtime, job, upload.header))
        try:
            names = columns(upload.header, job, runtime.session(job.user_id))
        except UnknownColumnError as problem:
            raise UploadError(f"InvalidBatch : {problem}") from problem  # the platform says it twice here
        save_all(runtime, job, upload, names, outcome)
        leave(runtime, job, upload.header, upload.batches())


def save_all(runtime: Runtime, job: Job, upload: Upload, names: list[str], outcome: Outcome) -> None:
    session = runtime.session(job.user_id)
    for batch in upload.batches():
        check_batch(batch, len(names), outcome.rows)
        outcome.write(list(save(runtime, session, job, names, batch)), batch)
        if runtime.jobs.change(job, processed=outcome.rows, failed=outcome.failed).state != "InProgress":
            return
        if runtime.faults.breaks_job(f"/jobs/ingest/{job.object}"):
            raise UploadError("InternalServerError : Job broken off by a fault rule of the local org")


class TwoFiles:
    """What Bulk API 2.0 hands out: the saved rows in one file, the refused ones in another."""

    def __init__(self, runtime: Runtime, job: Job, header: list[str]) -> None:
        self._saved = Table(runtime.jobs.file(job, "successful.csv"), ["sf__Id", "sf__Created", *header], job)
        self._failed = Table(runtime.jobs.file(job, "failed.csv"), ["sf__Id", "sf__Error", *header], job)
        self.rows = self.failed = 0

    def write(self, results: list[SaveResult], rows: list[list[str]]) -> None:
        pairs = list(zip(results, rows, strict=True))
        saved = [(r.id, "true" if r.created else "false", *cells) for r, cells in pairs if r.success]
        self._saved.write(saved)
        if len(saved) < len(pairs):
            self._failed.write([(r.id or "", failure(r), *cells) for r, cells in pairs if not r.success])
        self.failed = self._failed.rows
        self.rows = self._saved.rows + self.failed

    def __enter__(self) -> TwoFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._saved.close()
        self._failed.close()


def save(runtime: Runtime, session: Session, job: Job, names: list[str], rows: list[list[str]]) -> Iterator[SaveResult]:
    """The engine's result for each row, in order; rows that a fault rule locks never reach it."""
    if not runtime.faults.may_lock_rows:
        yield from session.bulk(job.operation, job.object, names, rows, job.external_id)
        return
    locked = [runtime.faults.locks_row("PUT", f"/jobs/ingest/{job.object}") for _ in rows]
    free = [row for row, is_locked in zip(rows, locked, strict=True) if not is_locked]
    saved = session.bulk(job.operation, job.object, names, free, job.external_id)
    key = names.index("Id") if "Id" in names else None
    for row, is_locked in zip(rows, locked, strict=True):
        if is_locked:
            record_id = row[key] if key is not None else None
            yield SaveResult(None, False, False, (lock_error(record_id),))
        else:
            yield next(saved)


def failure(result: SaveResult) -> str:
    """`sf__Error` as the platform writes it: code, message, fields, two dashes."""
    problem = result.errors[0] if result.errors else ApiError("UNKNOWN_EXCEPTION", "The row was not saved")
    return f"{problem.code}:{problem.message}:{','.join(problem.fields)}{' ' if problem.fields else ''}--"


def leave(runtime: Runtime, job: Job, header: list[str], batches: Iterator[list[list[str]]]) -> None:
    with Table(runtime.jobs.file(job, "unprocessed.csv"), header, job) as table:
        for batch in batches:
            table.write(batch)


def leave_rest_unprocessed(runtime: Runtime, job: Job) -> None:
    """After a failure: every row behind the last counted batch goes to the unprocessed records."""
    file = runtime.jobs.file(job, "upload.csv")
    if not file.exists():
        return
    done = runtime.jobs.get(job.id, job.kind).processed
    try:
        upload = Upload(file, job)
    except UploadError:
        shutil.copyfile(file, runtime.jobs.file(job, "unprocessed.csv"))
        return
    try:
        leave(runtime, job, upload.header, rest(upload.batches(), done))
    except UploadError:
        shutil.copyfile(file, runtime.jobs.file(job, "unprocessed.csv"))
    finally:
        upload.close()


def rest(batches: Iterator[list[list[str]]], skip: int) -> Iterator[list[list[str]]]:
    for batch in batches:
        if skip < len(batch):
            yield batch[skip:]
        skip = max(0, skip - len(batch))
