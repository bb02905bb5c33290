"""Daily counters, and counts by the link that brought a signer."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of daily counters, and count existing signatures by source."""
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
    # The rows of the journal are counted in the tallies now, and will be added to the source ""
    # when they are rolled up, so that number is subtracted from "" here.
    op.execute(
        "INSERT INTO tallies (campaign, kind, key, count) "
        "SELECT campaign, 'source', source, sum(number) FROM ("
        "SELECT campaign, source, count(*) AS number FROM signatures "
        "WHERE status = 'confirmed' GROUP BY campaign, source "
        "UNION ALL SELECT campaign, '', -sum(delta) FROM journal GROUP BY campaign"
        ") AS parts GROUP BY campaign, source"
    )
