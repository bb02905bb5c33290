"""The answers of a sign-up that a later one of the same address replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column for the answers of a replaced sign-up."""
    op.add_column("signatures", sa.Column("earlier", sa.JSON(none_as_null=True), nullable=True))
