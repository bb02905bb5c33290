"""When each thread of each worker last ran."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import UtcTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "heartbeats",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker", "thread", name=op.f("pk_heartbeats")),
        sqlite_with_rowid=False,
    )
