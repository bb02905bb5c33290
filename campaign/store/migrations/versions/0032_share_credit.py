"""The nonce of links that name the signer who shares them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no earlier signer has asked to be named."""
    op.add_column("signatures", sa.Column("credit_nonce", sa.LargeBinary(), nullable=True))
