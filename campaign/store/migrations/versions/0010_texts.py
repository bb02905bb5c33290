"""Versions of campaign texts."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of versions."""
    op.create_table(
        "text_versions",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("actor", sa.String(), server_default="", nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_versions")),
    )
    op.create_index("ix_text_versions_file", "text_versions", ["campaign", "file", "id"])
