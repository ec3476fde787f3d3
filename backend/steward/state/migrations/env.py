"""Alembic's entry: migrates over the connection that `State` hands in."""

from alembic import context
from steward.state.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
