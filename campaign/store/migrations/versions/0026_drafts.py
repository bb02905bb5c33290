"""Drafts of campaign texts, and links to preview them."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import UtcTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of drafted texts and of preview links."""
    op.create_table(
        "draft_texts",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "file", name=op.f("pk_draft_texts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "preview_links",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_preview_links")),
        sa.UniqueConstraint("key", name=op.f("uq_preview_links_key")),
        sqlite_with_rowid=False,
    )
