"""Which letters their writers made on the site themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: existing letters count as made on the site."""
    op.add_column(
        "letters", sa.Column("on_site", sa.Boolean(), nullable=False, server_default=sa.true())
    )
