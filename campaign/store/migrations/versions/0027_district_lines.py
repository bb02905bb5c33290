"""Which Congress's lines the district of a signature follows."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: Every district of erased signatures follows the lines of this Congress so far.
_LINES = 119


def upgrade() -> None:
    """Add the columns. Existing signatures have the lines of their day of signing."""
    for table in ("signatures", "unlisted"):
        op.add_column(table, sa.Column("lines", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "signatures", sa.Column("signed_district", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "signatures", sa.Column("signed_lines", sa.Integer(), nullable=False, server_default="0")
    )
    unlisted = sa.table("unlisted", sa.column("lines"), sa.column("district"))
    op.execute(sa.update(unlisted).where(unlisted.c.district != "").values(lines=_LINES))
