"""The tables of the state, in SQLAlchemy; Alembic migrations in `migrations/` keep a database in step with them.

Nothing here names a person: donors are pseudonyms, payloads carry scores and reasons only. The org's own ids are in
one table, of donors who wait to be scored again, and leave with the wait.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, Index, Integer, String, Text
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
    known_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    real_time_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


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


class ReceivedEvent(Base):
    """One event that a client sent, remembered so that a second copy changes nothing; `seq` is the order of arrival."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(128), unique=True)
    donor_key: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    occurred_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    correlation_id: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_events_donor", "donor_key", "seq"), Index("ix_events_status", "status", "received_at"))


class Rescore(Base):
    """A donor who waits to be scored again: one row however many events ask for it, gone when it is done.

    `contact_id` is the org's own id, without which the donor could not be read; it lives no longer than this row.
    """

    __tablename__ = "rescores"
    donor_key: Mapped[str] = mapped_column(String(16), primary_key=True)
    contact_id: Mapped[str] = mapped_column(String(18))
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    priority: Mapped[int] = mapped_column(Integer, default=0)
    wanted: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    correlation_id: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_rescores_due", "status", "priority", "due_at"),)


class UnitLease(Base):
    """A giving unit whose profiles one worker is writing."""

    __tablename__ = "unit_leases"
    unit_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(String(36))
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ApiClient(Base):
    """Who may call the service: scopes, and the hashes of one secret or, while it is changed, two."""

    __tablename__ = "api_clients"
    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(80))
    secret_hashes: Mapped[list[str]] = mapped_column(JSON)
    signed_bodies: Mapped[bool] = mapped_column(Boolean, default=False)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SeenSignature(Base):
    """A body signature that was accepted, so that it is not accepted again while its time window lasts."""

    __tablename__ = "seen_signatures"
    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RealTimeAnswer(Base):
    """The profile fields of a donor's newest real-time answer, for those who ask the service before the next night."""

    __tablename__ = "real_time_answers"
    donor_key: Mapped[str] = mapped_column(String(16), primary_key=True)
    known_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
