"""The page of a paper signature, and an index of online signatures by ZIP and name."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ONLINE = sa.text("status = 'confirmed' AND origin = 'online'")


def upgrade() -> None:
    """Split the page from the source: until now, the source of a paper signature was its sheet."""
    op.add_column("signatures", sa.Column("sheet", sa.String(), server_default="", nullable=False))
    signatures = sa.table(
        "signatures", sa.column("source"), sa.column("sheet"), sa.column("origin")
    )
    op.execute(
        signatures.update()
        .where(signatures.c.origin == "paper")
        .values(sheet=signatures.c.source, source="paper")
    )
    op.create_index(
        "ix_signatures_online",
        "signatures",
        ["campaign", "zip", "name_key"],
        sqlite_where=_ONLINE,
        postgresql_where=_ONLINE,
    )
