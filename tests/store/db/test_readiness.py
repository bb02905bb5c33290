"""The readiness check writes to the real tables, is cheap, and leaves one row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from campaign.store.db.engine import Database
from campaign.store.db.readiness import FRESH_S, WriteCheck
from campaign.store.models import rates


class Clock:
    """A clock that the test advances."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Make the database read-only, like a replica or one on a failing disk."""
    statement = (
        "PRAGMA query_only=ON"
        if database.dialect == "sqlite"
        else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    )

    @sa.event.listens_for(sa.Pool, "checkout")
    def close(connection: Any, *_: object) -> None:
        connection.execute(statement)
        if database.dialect == "postgresql":
            connection.commit()

    yield
    sa.event.remove(sa.Pool, "checkout", close)
    database.dispose()


def hits(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.scalars(sa.select(rates.c.hits)))


def test_repeated_checks_leave_one_row(database: Database) -> None:
    clock = Clock()
    check = WriteCheck(database, monotonic=clock)

    for _ in range(5):
        assert check.passes()
        clock.seconds += FRESH_S

    assert hits(database) == [5]


def test_concurrent_checks_share_one_write(database: Database) -> None:
    check = WriteCheck(database, monotonic=Clock())

    assert all(check.passes() for _ in range(100))

    assert hits(database) == [1]


def test_a_read_only_database_fails_the_check(database: Database) -> None:
    clock = Clock()
    check = WriteCheck(database, monotonic=clock)
    with read_only(database):
        assert database.is_current()
        assert not check.passes()

    clock.seconds += FRESH_S
    assert check.passes()
