"""The time zone of a campaign, by which its figures are counted.

Figures that are there were counted by the day in UTC, and stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "campaign_zones",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_campaign_zones")),
        sqlite_with_rowid=False,
    )
