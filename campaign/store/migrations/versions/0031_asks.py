"""What letters, calls and updates ask about: a bill, or a decision of the executive."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark to each table; earlier rows have none."""
    for table in ("contacts", "letters", "updates"):
        op.add_column(table, sa.Column("about", sa.String(), nullable=False, server_default=""))
