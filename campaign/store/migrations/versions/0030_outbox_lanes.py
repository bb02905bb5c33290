"""Indexes of the mail that somebody waits for, and of updates, which leave after it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both indexes. Former versions of the program do not use them."""
    _due("ix_outbox_prompt", "kind NOT IN ('actionnetwork', 'cwc', 'webhook', 'update')")
    _due("ix_outbox_bulk", "kind = 'update'")


def _due(name: str, of_kind: str) -> None:
    where = sa.text(f"status = 'queued' AND {of_kind}")
    op.create_index(
        name, "outbox", ["not_before", "id"], sqlite_where=where, postgresql_where=where
    )
