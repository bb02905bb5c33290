"""SQLite databases with every table, copied from one that was migrated once in this process."""

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


def make_sqlite(url: str, **options: Any) -> Database:
    """Make the SQLite database at `url`, which has no file yet, and open it with the options."""
    named = make_url(url).database
    assert named is not None
    file = Path(named)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(empty_sqlite())
    file.chmod(0o600)
    return Database(url, **options)
