"""SQLite: its file, how we connect, and what its errors mean."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from campaign import files
from campaign.errors import CampaignError, StoreUnavailable
from campaign.store.db import driver_errors

#: What the driver raises.
DriverError: type[Exception] = sqlite3.Error

# Primary result codes that mean "not now": internal lock, busy, locked, out of memory, read-only,
# I/O error, full, cannot open, protocol (https://www.sqlite.org/rescode.html).
_NOT_NOW = frozenset({2, 5, 6, 7, 8, 10, 13, 14, 15})

# VACUUM runs once at least 256 pages, and at least a tenth of the file, are free.
_MIN_FREE_PAGES = 256
_MIN_FREE_SHARE = 10


def make_engine(
    url: URL, pool_size: int, *, timeout: float, name: str = "", synchronous: str = "FULL"
) -> Engine:
    """Return the engine, whose connections wait for a lock for `timeout` seconds.

    SQLite has no use for `name`. Opens no connection.
    """
    engine = sa.create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": timeout, "isolation_level": None},
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_timeout=timeout,
        # The connection used last still has the pages of the indexes in its cache.
        pool_use_lifo=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            # Deleted data is overwritten with zeros, so that it cannot be read from the file.
            "secure_delete=ON",
            "temp_store=MEMORY",
            "cache_size=-32768",
            # Sign-ups dirty pages all over the indexes: the rarer the checkpoints, the more often
            # one page takes several changes. 8,000 pages are 32 MB, replayed in under a second.
            "wal_autocheckpoint=8000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver would begin a deferred transaction: a reader that turns writer can only fail.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def store_error(error: Exception) -> CampaignError | None:
    """Return the store's error for an error of the driver; None if it is a bug of ours."""
    if isinstance(error, sqlite3.IntegrityError):
        return driver_errors.conflict()
    if str(error).startswith("no such table"):
        return driver_errors.missing_tables()
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _NOT_NOW:
        return driver_errors.unavailable()
    return None


def file_of(url: URL) -> Path:
    """Return the path of the database file. Raises ValueError for a database in memory."""
    if not url.database or url.database == ":memory:":
        raise ValueError("an SQLite database needs a file: threads could not share one in memory")
    return Path(url.database).resolve()


def truncate_log(path: Path, *, timeout: float) -> bool:
    """Checkpoint the write-ahead log and empty it; return False while readers still use it.

    Until then the log holds deleted data (https://www.sqlite.org/wal.html).
    """
    with closing(sqlite3.connect(path, timeout=timeout)) as connection:
        [is_busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy


def vacuum(path: Path, *, timeout: float) -> bool:
    """Return free pages to the disk if they are many; return whether they were.

    All other writers wait meanwhile, about a second for each 200 MB.
    """
    with closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        [free] = connection.execute("PRAGMA freelist_count").fetchone()
        if free < _MIN_FREE_PAGES or free * _MIN_FREE_SHARE < pages:
            return False
        connection.execute("PRAGMA secure_delete=ON").close()
        connection.execute("VACUUM").close()
        return True


def create_private(path: Path) -> None:
    """Create the file with mode 0600, which SQLite also gives to its side files.

    Raises StoreUnavailable.
    """
    try:
        files.make_private_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise StoreUnavailable(
            f"The database file {path} cannot be created. Check the folder's permissions."
        ) from None
