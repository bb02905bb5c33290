"""Indexes for searching signers by name, and for the few that withdrew or were struck."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ENDED = sa.text("status IN ('withdrawn', 'invalid')")


def upgrade() -> None:
    """Index signatures by name, and those that were withdrawn or struck."""
    op.create_index("ix_signatures_name", "signatures", ["name_key", "campaign"])
    op.create_index(
        "ix_signatures_ended",
        "signatures",
        ["campaign", "id"],
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
    )
