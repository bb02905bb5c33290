"""When a draft of an update is to be sent, who decided so, and why one was not sent."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import UtcTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; earlier drafts are sent by hand."""
    op.add_column("updates", sa.Column("send_at", UtcTime()))
    for name in ("scheduled_by", "not_sent"):
        op.add_column("updates", sa.Column(name, sa.String(), nullable=False, server_default=""))
