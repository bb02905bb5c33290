"""Regular work is done by one worker at a time, however many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import sqlalchemy as sa

from campaign.store.engine import Database

# The first of PostgreSQL's two lock numbers, so that ours meet nobody else's.
_LOCK_SPACE = 907


@contextmanager
def alone(db: Database, name: str) -> Iterator[bool]:
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
