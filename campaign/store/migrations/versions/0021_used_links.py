"""What each used link did."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of used links."""
    op.create_table(
        "used_links",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_used_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_used_links_at"), "used_links", ["at"])
