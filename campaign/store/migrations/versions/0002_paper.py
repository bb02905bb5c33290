"""Paper signatures: who was entered before, and how many of the count they are."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of paper signers, by keyed hash, and add the origin to the journal."""
    op.create_table(
        "paper",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paper")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "journal", sa.Column("origin", sa.String(), server_default="online", nullable=False)
    )
