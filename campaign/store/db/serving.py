"""Locks that keep a backup from being restored while a site or a worker runs on the database.

On SQLite each of them holds a shared lock on a file beside the database until it ends (flock(2)).
On PostgreSQL their connections are known by name in `pg_stat_activity`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.errors import StoreUnavailable

#: The `application_name` of sites' and workers' connections on PostgreSQL.
APPLICATION = "campaign serving"

_RUNNING = (
    "The site or a worker is running on this database. Stop `campaign serve` and every worker."
)


class ServingLock:
    """A shared lock that this process holds, until it ends, because it serves the database."""

    def __init__(self, database: Path) -> None:
        """Acquire the lock. Raises StoreUnavailable while a backup is being restored."""
        self._file = _opened(database)
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise StoreUnavailable(
                "A backup is being restored into this database. Start again when that is done."
            ) from None

    def close(self) -> None:
        """Release the lock."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        self.close()


@contextmanager
def lock_exclusively(database: Path) -> Iterator[None]:
    """Keep sites and workers off an SQLite database. Raises StoreUnavailable while one runs."""
    file = _opened(database)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StoreUnavailable(_RUNNING) from None
    finally:
        os.close(file)


def require_none(connection: Connection) -> None:
    """Raise StoreUnavailable if a site or a worker is connected to this PostgreSQL database."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = :name"
    )
    if connection.execute(query, {"name": APPLICATION}).scalar_one():
        raise StoreUnavailable(_RUNNING)


def _opened(database: Path) -> int:
    path = database.with_name(f"{database.name}-serving")
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
