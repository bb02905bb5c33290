"""The evidence of where members stand on a campaign's ask."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, with an index by member."""
    op.create_table(
        "stances",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("bill_congress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bill_type", sa.String(), server_default="", nullable=False),
        sa.Column("bill_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.Column("actor", sa.String(), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'undecided', 'unknown')", name=op.f("ck_stances_stance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stances")),
    )
    op.create_index("ix_stances_member", "stances", ["campaign", "member", "id"])
