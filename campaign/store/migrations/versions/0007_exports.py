"""Saved exports."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, RowId, UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of saved exports."""
    op.create_table(
        "saved_exports",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("filter", Document, nullable=False),
        sa.Column("purpose", sa.String(), server_default="", nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_exports")),
        sa.UniqueConstraint("campaign", "name", name=op.f("uq_saved_exports_name")),
    )
