"""INSERT … ON CONFLICT, which both databases spell alike but SQLAlchemy keeps in two places."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert_into(table: Table, dialect: str) -> Insert:
    """Return an INSERT with `on_conflict_…` for a dialect by its name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def both(table: Table) -> dict[str, Insert]:
    """Return the INSERT for each dialect, by its name, to be built once when a module loads."""
    return {name: insert_into(table, name) for name in ("sqlite", "postgresql")}


def dialect_of(connection: Connection) -> str:
    """Return `sqlite` or `postgresql`."""
    return connection.dialect.name
