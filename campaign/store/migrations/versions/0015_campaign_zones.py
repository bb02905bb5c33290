"""The time zone of each campaign's daily counts.

Existing counts stay as they were counted, by day in UTC.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "campaign_zones",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_campaign_zones")),
        sqlite_with_rowid=False,
    )
