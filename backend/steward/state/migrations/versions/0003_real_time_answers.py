"""Real-time answers, for those who ask the service before the next night."""

import sqlalchemy as sa
from alembic import op
from steward.state.tables import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "real_time_answers",
        sa.Column("donor_key", sa.String(16), primary_key=True),
        sa.Column("known_until", UtcDateTime, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("real_time_answers")
