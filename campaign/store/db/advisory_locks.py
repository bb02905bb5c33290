"""Turns: what one at a time does, however many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.engine import Database
from campaign.store.db.upsert import dialect_of

# The first of PostgreSQL's two lock numbers, so that ours meet nobody else's.
_LOCK_SPACE = 907


_until_commit = sa.select(
    sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("name"), 0))
)


def lock_until_commit(connection: Connection, name: str) -> None:
    """Let whoever names the same thing take turns until the transaction ends.

    SQLite has one writer at a time already.
    """
    if dialect_of(connection) == "postgresql":
        connection.execute(_until_commit, {"name": name})


@contextmanager
def try_exclusive(db: Database, name: str) -> Iterator[bool]:
    """Yield True while this worker alone may do the job, False where another one is at it.

    On PostgreSQL that is a session's advisory lock, which ends with the session should the worker
    die. SQLite lets one process write at a time anyhow, and every job is one that does no harm
    when it is done twice. Raises StoreUnavailable.
    """
    if db.dialect == "sqlite":
        yield True
        return
    numbers = {"space": _LOCK_SPACE, "job": crc32(name.encode()) - 2**31}
    with db.reading() as connection:
        lock = sa.text("SELECT pg_try_advisory_lock(:space, :job)")
        mine = bool(connection.execute(lock, numbers).scalar_one())
        try:
            yield mine
        finally:
            if mine:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:space, :job)"), numbers)
