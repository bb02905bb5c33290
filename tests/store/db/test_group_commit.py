"""Concurrent writers share a transaction, but a failure affects only its own writer."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text

from campaign.errors import StoreConflict, StoreUnavailable
from campaign.store.db.engine import Database
from campaign.store.db.group_commit import GroupCommit

Work = Callable[[Connection], int]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'group_commit.db'}")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE seen (number INTEGER PRIMARY KEY)"))
    yield database
    database.dispose()


def write(number: int) -> Work:
    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO seen VALUES (:number)"), {"number": number})
        return number

    return work


def seen(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT number FROM seen ORDER BY 1")).scalars())


@contextmanager
def held_with_followers(
    database: Database, followers: Sequence[Callable[[], object]]
) -> Iterator[list[object]]:
    """Hold the first writer inside its work until all `followers` wait behind it.

    Yields the result of each follower: its value or its exception.
    """
    inside, go_on = threading.Event(), threading.Event()
    results: list[object] = [None] * len(followers)

    def first(connection: Connection) -> int:
        inside.set()
        assert go_on.wait(30)
        return write(0)(connection)

    def follow(place: int) -> None:
        try:
            results[place] = followers[place]()
        except Exception as error:  # noqa: BLE001 (the test inspects it)
            results[place] = error

    with ThreadPoolExecutor(len(followers) + 1) as threads:
        leading = threads.submit(database.write, first)
        assert inside.wait(30)
        following = [threads.submit(follow, place) for place in range(len(followers))]
        while database.queued_writes < len(followers):
            threading.Event().wait(0.005)
        go_on.set()
        assert leading.result(30) == 0
        for future in following:
            future.result(30)
        yield results


def test_queued_writers_share_one_commit(database: Database) -> None:
    followers = [partial(database.write, write(number)) for number in range(1, 9)]
    commits: list[int] = []

    @event.listens_for(Engine, "commit")
    def counted(_: Connection) -> None:
        commits.append(1)

    with held_with_followers(database, followers) as results:
        assert results == list(range(1, 9))
    event.remove(Engine, "commit", counted)

    assert seen(database) == list(range(9))
    assert len(commits) == 2  # the first alone, then all the others


def test_a_failed_write_rolls_back_only_itself(database: Database) -> None:
    def odd(connection: Connection) -> int:
        write(99)(connection)
        raise LookupError("of its own")

    followers: list[Callable[[], object]] = [
        lambda: database.write(write(1)),
        lambda: database.write(odd),
        lambda: database.write(write(0)),  # a row that already exists
        lambda: database.write(write(2)),
    ]
    with held_with_followers(database, followers) as results:
        assert results[0] == 1
        assert isinstance(results[1], LookupError)
        assert isinstance(results[2], StoreConflict)
        assert results[3] == 2

    assert seen(database) == [0, 1, 2]


def test_a_lost_transaction_fails_every_writer_in_it(database: Database) -> None:
    def lost(connection: Connection) -> int:
        connection.exec_driver_sql("ROLLBACK")  # as SQLite does itself when the disk is full
        raise sqlite3.OperationalError("database or disk is full")

    followers: list[Callable[[], object]] = [
        lambda: database.write(write(1)),
        lambda: database.write(lost),
        lambda: database.write(write(2)),
    ]
    with held_with_followers(database, followers) as results:
        assert all(isinstance(end, Exception) for end in results)

    assert seen(database) == [0]
    assert database.write(write(5)) == 5


def test_a_writer_that_times_out_fails_and_the_next_succeeds(tmp_path: Path) -> None:
    inside, go_on = threading.Event(), threading.Event()
    database = Database(f"sqlite:///{tmp_path / 'slow.database'}")
    group_commit = GroupCommit(database.writing, lambda error: error, timeout=0.05)

    def slow(_: Connection) -> str:
        inside.set()
        assert go_on.wait(30)
        return "slow"

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(group_commit.run, slow)
        assert inside.wait(30)
        with pytest.raises(StoreUnavailable, match="Try again"):
            group_commit.run(lambda _: "impatient")
        go_on.set()
        assert first.result(30) == "slow"

    assert group_commit.run(lambda _: "next") == "next"
    database.dispose()


def test_many_concurrent_writes_lose_nothing(database: Database) -> None:
    numbers = range(400)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda number: database.write(write(number)), numbers)) == list(
            numbers
        )

    assert seen(database) == list(numbers)
