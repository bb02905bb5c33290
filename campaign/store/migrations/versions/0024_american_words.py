"""American spelling of the role `organizer` and the status `canceled`."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rewrite the stored words, and the constraints and the column that contain them."""
    _reword("grants", "role", "organiser", "organizer")
    _reword("jobs", "status", "cancelled", "canceled")
    op.execute("ALTER TABLE updates RENAME COLUMN cancelled TO canceled")
    op.execute(
        "UPDATE outbox SET last_error = 'canceled' || substr(last_error, 10)"
        " WHERE last_error LIKE 'cancelled%'"
    )


def _reword(table: str, column: str, old: str, new: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _reword_on_sqlite(connection, table, column, old, new)
        return
    name = f"ck_{table}_{column}"
    check = connection.scalar(
        sa.text("SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(
        sa.text(f"UPDATE {table} SET {column} = :new WHERE {column} = :old").bindparams(  # noqa: S608
            new=new, old=old
        )
    )
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check.replace(repr(old), repr(new))})"
    )


def _reword_on_sqlite(
    connection: sa.Connection, table: str, column: str, old: str, new: str
) -> None:
    """Rebuild the table, which is how SQLite changes a CHECK constraint.

    Source: https://www.sqlite.org/lang_altertable.html#otheralter. No other table refers to it.
    """
    schema = "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type = :type AND sql <> ''"
    made = connection.scalar(sa.text(schema), {"name": table, "type": "table"})
    indexes = connection.scalars(sa.text(schema), {"name": table, "type": "index"}).all()
    columns = [row.name for row in connection.execute(sa.text(f"PRAGMA table_info({table})"))]
    values = [
        f"CASE {name} WHEN '{old}' THEN '{new}' ELSE {name} END" if name == column else name
        for name in columns
    ]
    head, body = made.split("(", 1)
    op.execute(f"{head.replace(table, f'{table}_new')}({body.replace(repr(old), repr(new))}")
    op.execute(
        f"INSERT INTO {table}_new ({', '.join(columns)})"  # noqa: S608
        f" SELECT {', '.join(values)} FROM {table}"
    )
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for index in indexes:
        op.execute(index)
