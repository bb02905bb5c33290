"""Locks shared by all workers (PostgreSQL advisory locks)."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.engine import Database
from campaign.store.db.upsert import dialect_of

# The first of PostgreSQL's two lock numbers, so that our locks never meet another program's.
_LOCK_SPACE = 907


_until_commit = sa.select(
    sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("name"), 0))
)


def lock_until_commit(connection: Connection, name: str) -> None:
    """Wait for the lock of that name and hold it until the transaction ends.

    Does nothing on SQLite, which has one writer at a time.
    """
    if dialect_of(connection) == "postgresql":
        connection.execute(_until_commit, {"name": name})


@contextmanager
def try_exclusive(db: Database, name: str) -> Iterator[bool]:
    """Yield True while only this worker may do the job, False if another worker is doing it.

    On PostgreSQL this is a session lock, which ends with the session if the worker dies. On SQLite
    it always yields True: one process writes at a time, and every job may safely run twice. Raises
    StoreUnavailable.
    """
    if db.dialect == "sqlite":
        yield True
        return
    numbers = {"space": _LOCK_SPACE, "job": crc32(name.encode()) - 2**31}
    with db.reading() as connection:
        lock = sa.text("SELECT pg_try_advisory_lock(:space, :job)")
        is_acquired = bool(connection.execute(lock, numbers).scalar_one())
        try:
            yield is_acquired
        finally:
            if is_acquired:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:space, :job)"), numbers)
