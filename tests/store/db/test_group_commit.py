"""Writers that come together share a transaction, and stay apart in everything else."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from campaign.errors import StoreConflict, StoreUnavailable
from campaign.store.db.engine import Database
from campaign.store.db.group_commit import GroupCommit

Work = Callable[[Connection], int]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'crowd.db'}")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE seen (number INTEGER PRIMARY KEY)"))
    yield database
    database.dispose()


def write(number: int) -> Work:
    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO seen VALUES (:number)"), {"number": number})
        return number

    return work


def seen(db: Database) -> list[int]:
    with db.reading() as connection:
        return list(connection.execute(text("SELECT number FROM seen ORDER BY 1")).scalars())


@contextmanager
def held_up(db: Database, followers: Sequence[Callable[[], object]]) -> Iterator[list[object]]:
    """Hold the first writer inside its work until all `followers` wait behind it.

    Yields what became of the followers: their value or their error.
    """
    inside, go_on = threading.Event(), threading.Event()
    became: list[object] = [None] * len(followers)

    def first(connection: Connection) -> int:
        inside.set()
        assert go_on.wait(30)
        return write(0)(connection)

    def follow(place: int) -> None:
        try:
            became[place] = followers[place]()
        except Exception as error:  # noqa: BLE001 (whatever it is, the test looks at it)
            became[place] = error

    with ThreadPoolExecutor(len(followers) + 1) as threads:
        leading = threads.submit(db.write, first)
        assert inside.wait(30)
        following = [threads.submit(follow, place) for place in range(len(followers))]
        group_commit = db._group_commit
        assert group_commit is not None
        while len(group_commit._waiting) < len(followers):
            threading.Event().wait(0.005)
        go_on.set()
        assert leading.result(30) == 0
        for future in following:
            future.result(30)
        yield became


def test_those_who_wait_share_one_commit(db: Database) -> None:
    followers = [partial(db.write, write(number)) for number in range(1, 9)]
    commits: list[int] = []
    transaction = db.writing

    @contextmanager
    def counted() -> Iterator[Connection]:
        with transaction() as connection:
            yield connection
        commits.append(1)

    assert db._group_commit is not None
    db._group_commit._transaction = counted
    with held_up(db, followers) as became:
        assert became == list(range(1, 9))

    assert seen(db) == list(range(9))
    assert len(commits) == 2  # the first alone, then all the others


def test_a_failure_undoes_its_own_work_alone(db: Database) -> None:
    def odd(connection: Connection) -> int:
        write(99)(connection)
        raise LookupError("of its own")

    followers: list[Callable[[], object]] = [
        lambda: db.write(write(1)),
        lambda: db.write(odd),
        lambda: db.write(write(0)),  # a row that is there already
        lambda: db.write(write(2)),
    ]
    with held_up(db, followers) as became:
        assert became[0] == 1
        assert isinstance(became[1], LookupError)
        assert isinstance(became[2], StoreConflict)
        assert became[3] == 2

    assert seen(db) == [0, 1, 2]


def test_when_the_transaction_is_lost_nobody_is_told_that_it_was_saved(db: Database) -> None:
    def lost(connection: Connection) -> int:
        connection.exec_driver_sql("ROLLBACK")  # as SQLite does itself when the disk is full
        raise sqlite3.OperationalError("database or disk is full")

    followers: list[Callable[[], object]] = [
        lambda: db.write(write(1)),
        lambda: db.write(lost),
        lambda: db.write(write(2)),
    ]
    with held_up(db, followers) as became:
        assert all(isinstance(end, Exception) for end in became)

    assert seen(db) == [0]
    assert db.write(write(5)) == 5


def test_who_waits_too_long_is_turned_away_and_the_next_is_served(tmp_path: Path) -> None:
    inside, go_on = threading.Event(), threading.Event()
    database = Database(f"sqlite:///{tmp_path / 'slow.db'}")
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


def test_a_crowd_of_threads_loses_nothing(db: Database) -> None:
    numbers = range(400)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda number: db.write(write(number)), numbers)) == list(numbers)

    assert seen(db) == list(numbers)
