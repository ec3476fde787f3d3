"""Bulk jobs and their files: state in the server's database, rows in the job's folder, nothing in memory."""

from __future__ import annotations

import json
import shutil
import threading
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from localorg.server.http import not_found
from localorg.server.state import State

KEPT_SECONDS = 7 * 24 * 3600
PREFIXES = {"batch": "751"}
FINISHED = frozenset({"JobComplete", "Failed", "Aborted"})
DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True)
class Job:
    id: str
    kind: str  # query or ingest of Bulk 2.0; async (a job of Bulk API v1) or batch (one of its batches)
    operation: str
    object: str
    user_id: str
    version: str
    state: str
    created: float
    modified: float
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    query: str | None = None
    external_id: str | None = None
    assignment_rule: str | None = None
    processed: int = 0
    failed: int = 0
    retries: int = 0
    active_ms: int = 0
    total_ms: int = 0
    error: str | None = None
    parent: str | None = None  # of a batch: its job
    content_type: str = "CSV"
    concurrency: str = "Parallel"
    result: str | None = None  # of a query batch: the id of its result

    @property
    def separator(self) -> str:
        return DELIMITERS[self.delimiter]

    @property
    def newline(self) -> str:
        return LINE_ENDINGS[self.line_ending]


class JobStore:
    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self._folder = folder
        self._lock = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)
        self._expire()

    def create(self, kind: str, state: str, **given: Any) -> Job:
        now = time.time()
        job = Job(self._state.new_id(PREFIXES.get(kind, "750")), kind, state=state, created=now, modified=now, **given)
        self.folder(job.id).mkdir()
        self._write(job)
        return job

    def get(self, job_id: str, kind: str) -> Job:
        """A job by its 15- or 18-character id; the platform's 404 when there is none of this kind."""
        row = self._state.row("SELECT info FROM jobs WHERE substr(id, 1, 15) = ? AND kind = ?", job_id[:15], kind)
        if row is None or len(job_id) not in (15, 18):
            raise not_found()
        return _job(row["info"])

    def change(self, job: Job, **changes: Any) -> Job:
        """Write new values over the stored ones."""
        with self._lock:
            changed = replace(self.get(job.id, job.kind), modified=time.time(), **changes)
            self._write(changed)
            return changed

    def move(self, job: Job, states: frozenset[str], **changes: Any) -> Job | None:
        """The same, but only while the stored state is one of these; None when it is not."""
        with self._lock:
            if self.get(job.id, job.kind).state not in states:
                return None
            return self.change(job, **changes)

    def created_today(self, kind: str) -> int:
        since = time.time() - 24 * 3600
        row = self._state.row("SELECT count(*) AS jobs FROM jobs WHERE kind = ? AND created > ?", kind, since)
        return int(row["jobs"]) if row else 0

    def listed(self, kind: str, start: int, count: int) -> list[Job]:
        rows = self._state.rows(
            "SELECT info FROM jobs WHERE kind = ? ORDER BY created DESC, id LIMIT ? OFFSET ?", kind, count, start
        )
        return [_job(row["info"]) for row in rows]

    def children(self, job: Job) -> list[Job]:
        """A job's batches in the order they came."""
        sql = "SELECT info FROM jobs WHERE json_extract(info, '$.parent') = ? ORDER BY created, id"
        return [_job(row["info"]) for row in self._state.rows(sql, job.id)]

    def unfinished(self) -> list[Job]:
        rows = self._state.rows(
            "SELECT info FROM jobs WHERE state IN ('UploadComplete', 'InProgress') ORDER BY created"
        )
        return [_job(row["info"]) for row in rows]

    def delete(self, job: Job) -> None:
        for batch in self.children(job):
            self.delete(batch)
        self._state.run("DELETE FROM jobs WHERE id = ?", job.id)
        shutil.rmtree(self.folder(job.id), ignore_errors=True)

    def clear(self) -> None:
        self._state.run("DELETE FROM jobs")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    def folder(self, job_id: str) -> Path:
        return self._folder / job_id

    def file(self, job: Job, name: str) -> Path:
        return self._folder / job.id / name

    def _write(self, job: Job) -> None:
        with self._lock:
            self._state.run(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)",
                job.id, job.kind, job.state, job.created, json.dumps(asdict(job)),
            )  # fmt: skip

    def _expire(self) -> None:
        """Forget what is a week old, and batches whose upload was cut off by a stop."""
        sql = "SELECT info FROM jobs WHERE created < ? OR (kind = 'batch' AND state = 'Open')"
        for row in self._state.rows(sql, time.time() - KEPT_SECONDS):
            self.delete(_job(row["info"]))


def _job(info: str) -> Job:
    known = {field.name for field in fields(Job)}
    return Job(**{name: value for name, value in json.loads(info).items() if name in known})
