"""Letters to Congress that were not sent because their member or a committee has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NAME = "ck_deliveries_status"


def upgrade() -> None:
    """Add the committees that a letter names, and the status of a letter that is outdated."""
    op.add_column(
        "deliveries", sa.Column("committees", sa.String(), nullable=False, server_default="")
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _rebuild_on_sqlite(connection)
        return
    op.execute(f"ALTER TABLE deliveries DROP CONSTRAINT {_NAME}")
    op.execute(
        f"ALTER TABLE deliveries ADD CONSTRAINT {_NAME} CHECK (status IN ('waiting', 'queued',"
        " 'delivered', 'kept', 'refused', 'given-up', 'too-soon', 'outdated'))"
    )


def _rebuild_on_sqlite(connection: sa.Connection) -> None:
    """Rebuild the table, which is how SQLite changes a CHECK constraint.

    Source: https://www.sqlite.org/lang_altertable.html#otheralter. No other table refers to it.
    """
    schema = (
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'deliveries' AND type = :type AND sql <> ''"
    )
    made = connection.scalar(sa.text(schema), {"type": "table"})
    indexes = connection.scalars(sa.text(schema), {"type": "index"}).all()
    rows = connection.execute(sa.text("PRAGMA table_info(deliveries)"))
    columns = ", ".join(row.name for row in rows)
    _, body = made.split("(", 1)
    body = body.replace("'too-soon'", "'too-soon', 'outdated'")
    op.execute(f"CREATE TABLE deliveries_new ({body}")
    op.execute(
        f"INSERT INTO deliveries_new ({columns}) SELECT {columns} FROM deliveries"  # noqa: S608
    )
    op.execute("DROP TABLE deliveries")
    op.execute("ALTER TABLE deliveries_new RENAME TO deliveries")
    for index in indexes:
        op.execute(index)
