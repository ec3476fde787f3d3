"""The tables of the state, in SQLAlchemy; Alembic migrations in `migrations/` keep a database in step with them.

Nothing here names a person: donors are pseudonyms, payloads carry scores and reasons only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware UTC datetimes on every database; SQLite alone would forget the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    pass


class Run(Base):
    """One run of the pipeline. `stage` is the last stage finished, so that a killed run can say where it was."""

    __tablename__ = "runs"
    run_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    status: Mapped[str] = mapped_column(String(24))
    stage: Mapped[str] = mapped_column(String(24), default="started")
    trigger: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[str] = mapped_column(String(10))
    scope: Mapped[list[str] | None] = mapped_column(JSON)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    snapshot_id: Mapped[str | None] = mapped_column(String(40))
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    features_version: Mapped[str | None] = mapped_column(String(40))
    model_versions: Mapped[dict[str, str] | None] = mapped_column(JSON)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON)
    message: Mapped[str | None] = mapped_column(Text)


class ProfileState(Base):
    """What the org's profile of one donor last said, as we wrote it and the org accepted it."""

    __tablename__ = "profiles"
    donor_key: Mapped[str] = mapped_column(String(16), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(32))
    run_id: Mapped[str] = mapped_column(String(36))
    scored_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DeadLetter(Base):
    """One row the org refused for good, kept until a person replays or discards it."""

    __tablename__ = "dead_letters"
    letter_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(String(36))
    donor_key: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="open")
    code: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ix_dead_letters_open", "status", "donor_key", "kind"),)


class BulkJob(Base):
    """A Bulk job that may still be running in the org: a restarted run waits for it or aborts it before writing anew."""

    __tablename__ = "bulk_jobs"
    job_id: Mapped[str] = mapped_column(String(18), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
