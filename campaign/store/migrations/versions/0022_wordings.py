"""The texts that were signed, by version."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, UtcTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and an index to count signatures by wording."""
    op.create_table(
        "wordings",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("texts", Document, nullable=False),
        sa.Column("first_seen", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "version", "language", name=op.f("pk_wordings")),
        sqlite_with_rowid=False,
    )
    condition = sa.text("status = 'confirmed' AND anonymised_at IS NULL")
    op.create_index(
        "ix_signatures_wording",
        "signatures",
        ["campaign", "wording_version", "language"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
