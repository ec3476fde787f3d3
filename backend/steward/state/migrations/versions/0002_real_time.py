"""Real time: events received, donors waiting to be scored again, units being written, and who may call the service."""

import sqlalchemy as sa
from alembic import op
from steward.state.tables import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("profiles") as profiles:
        profiles.add_column(sa.Column("known_until", UtcDateTime))
        profiles.add_column(sa.Column("real_time_until", UtcDateTime))
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(128), nullable=False, unique=True),
        sa.Column("donor_key", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("correlation_id", sa.String(64), nullable=False),
    )
    op.create_index("ix_events_donor", "events", ["donor_key", "seq"])
    op.create_index("ix_events_status", "events", ["status", "received_at"])
    op.create_table(
        "rescores",
        sa.Column("donor_key", sa.String(16), primary_key=True),
        sa.Column("contact_id", sa.String(18), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("correlation_id", sa.String(64), nullable=False),
    )
    op.create_index("ix_rescores_due", "rescores", ["status", "priority", "due_at"])
    op.create_table(
        "unit_leases",
        sa.Column("unit_id", sa.String(16), primary_key=True),
        sa.Column("holder", sa.String(36), nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )
    op.create_table(
        "api_clients",
        sa.Column("client_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("scopes", sa.String(80), nullable=False),
        sa.Column("secret_hashes", sa.JSON, nullable=False),
        sa.Column("signed_bodies", sa.Boolean, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "seen_signatures",
        sa.Column("signature", sa.String(64), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("seen_signatures", "api_clients", "unit_leases", "rescores", "events"):
        op.drop_table(table)
    with op.batch_alter_table("profiles") as profiles:
        profiles.drop_column("known_until")
        profiles.drop_column("real_time_until")
