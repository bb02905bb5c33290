"""Which page of paper a signature stands on, and a quick answer to whether it was given online."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ONLINE = sa.text("status = 'confirmed' AND origin = 'online'")


def upgrade() -> None:
    """Part the page from the source: on paper the source was the name of the sheet until now."""
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
