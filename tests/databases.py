"""Databases with every table; those of SQLite are copied from one migrated once in this process."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.engine import make_url

from campaign.store.db.engine import Database


@cache
def empty_sqlite() -> bytes:
    """Return the file of a database that has its tables and no rows."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "campaign.db"
        database = Database(f"sqlite:///{file}", pool_size=1)
        database.upgrade()
        with database.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        return file.read_bytes()


def with_tables(url: str, **options: Any) -> Database:
    """Open the database at `url` with every table: a SQLite file is made where there is none.

    A database on a PostgreSQL server comes from the fixtures with its tables.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        assert parts.database is not None
        file = Path(parts.database)
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_bytes(empty_sqlite())
            file.chmod(0o600)
    return Database(url, **options)
