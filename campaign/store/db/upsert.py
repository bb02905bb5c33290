"""INSERT … ON CONFLICT: the same SQL on both databases, but two classes in SQLAlchemy."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert_into(table: Table, dialect: str) -> Insert:
    """Return an INSERT that offers `on_conflict_…` for the dialect of that name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def both(table: Table) -> dict[str, Insert]:
    """Return {dialect name: INSERT}, to be built once when a module loads."""
    return {name: insert_into(table, name) for name in ("sqlite", "postgresql")}


def dialect_of(connection: Connection) -> str:
    """Return `sqlite` or `postgresql`."""
    return connection.dialect.name
