"""Figures by day, and the count by the link that brought a signer."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of figures by day, and tally the sources of the signatures there are."""
    op.create_table(
        "daily",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "day", "kind", name=op.f("pk_daily")),
        sqlite_with_rowid=False,
    )
    op.add_column("journal", sa.Column("source", sa.String(), server_default="", nullable=False))
    # What the journal still holds is counted in the tallies now, and will be added to the source
    # "" when it is rolled up: so that much is taken off "" beforehand.
    op.execute(
        "INSERT INTO tallies (campaign, kind, key, count) "
        "SELECT campaign, 'source', source, sum(number) FROM ("
        "SELECT campaign, source, count(*) AS number FROM signatures "
        "WHERE status = 'confirmed' GROUP BY campaign, source "
        "UNION ALL SELECT campaign, '', -sum(delta) FROM journal GROUP BY campaign"
        ") AS parts GROUP BY campaign, source"
    )
