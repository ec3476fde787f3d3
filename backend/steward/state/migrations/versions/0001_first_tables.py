"""Runs, profiles, dead letters and open Bulk jobs."""

import sqlalchemy as sa
from alembic import op
from steward.state.tables import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("trigger", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("scope", sa.JSON),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("snapshot_id", sa.String(40)),
        sa.Column("snapshot_hash", sa.String(64)),
        sa.Column("features_version", sa.String(40)),
        sa.Column("model_versions", sa.JSON),
        sa.Column("counts", sa.JSON),
        sa.Column("message", sa.Text),
    )
    op.create_table(
        "profiles",
        sa.Column("donor_key", sa.String(16), primary_key=True),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("scored_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "dead_letters",
        sa.Column("letter_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("donor_key", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_dead_letters_open", "dead_letters", ["status", "donor_key", "kind"])
    op.create_table(
        "bulk_jobs",
        sa.Column("job_id", sa.String(18), primary_key=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("bulk_jobs", "dead_letters", "profiles", "runs"):
        op.drop_table(table)
