"""Heartbeats: whoever watches the site sees a thread that takes no turns, whatever others do."""

from datetime import UTC, datetime, timedelta

from campaign.store import heartbeats
from campaign.store.db.engine import Database
from campaign.store.heartbeats import Thread

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def beat(database: Database, worker: str, thread: Thread, at: datetime) -> None:
    with database.writing() as connection:
        heartbeats.beat(connection, worker, thread, now=at)


def last(database: Database, now: datetime = NOW) -> dict[Thread, datetime]:
    with database.reading() as connection:
        return dict(heartbeats.last_beats(connection, now=now))


def test_the_latest_turn_counts(database: Database) -> None:
    assert last(database) == {}

    beat(database, "one", "mail", NOW - 3 * MINUTE)
    beat(database, "one", "mail", NOW)

    assert last(database) == {"mail": NOW}


def test_a_thread_that_hangs_is_not_hidden_by_another_worker(database: Database) -> None:
    for worker in ("one", "two"):
        beat(database, worker, "mail", NOW)
        beat(database, worker, "jobs", NOW)
    beat(database, "one", "jobs", NOW - 30 * MINUTE)

    assert last(database) == {"mail": NOW, "jobs": NOW - 30 * MINUTE}


def test_a_worker_that_was_killed_does_not_count_beside_a_living_one(database: Database) -> None:
    beat(database, "killed", "mail", NOW - 30 * MINUTE)
    assert last(database) == {"mail": NOW - 30 * MINUTE}

    beat(database, "living", "mail", NOW)

    assert last(database) == {"mail": NOW}


def test_a_worker_that_a_timer_starts_ages_no_other(database: Database) -> None:
    beat(database, heartbeats.ONCE, "mail", NOW - MINUTE)
    assert last(database) == {"mail": NOW - MINUTE}
    beat(database, "living", "mail", NOW)
    assert last(database) == {"mail": NOW}

    with database.writing() as connection:
        heartbeats.end(connection, "living", now=NOW)
    beat(database, heartbeats.ONCE, "mail", NOW)

    assert last(database) == {"mail": NOW}


def test_a_worker_that_ends_leaves_nothing_and_clears_what_is_old(database: Database) -> None:
    beat(database, "killed", "mail", NOW - timedelta(days=2))
    beat(database, "one", "mail", NOW)
    beat(database, "two", "mail", NOW)

    with database.writing() as connection:
        heartbeats.end(connection, "one", now=NOW)

    assert last(database) == {"mail": NOW}
    with database.reading() as connection:
        assert len(connection.exec_driver_sql("SELECT * FROM heartbeats").all()) == 1
