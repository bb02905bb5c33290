"""The outbox: leased once, tried again, given up, never lost."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaign.store import models, outbox, outbox_leases
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def put(database: Database, *, times: int = 1, not_before: datetime | None = None) -> None:
    with database.writing() as connection:
        for number in range(times):
            outbox.enqueue(
                connection, "confirm", campaign="section-907", to=f"signer{number}@example.org",
                payload={"signature": number, "language": "en"}, now=NOW, not_before=not_before,
            )  # fmt: skip


def lease(database: Database, now: datetime = NOW, limit: int = 50) -> tuple[OutboxRow, ...]:
    with database.writing() as connection:
        return outbox_leases.lease(connection, now=now, limit=limit, duration=2 * MINUTE)


def test_a_row_comes_back_as_it_was_put(database: Database) -> None:
    put(database)

    [row] = lease(database)

    assert (row.kind, row.to, row.campaign) == ("confirm", "signer0@example.org", "section-907")
    assert row.payload == {"signature": 0, "language": "en"}
    assert (row.status, row.attempts, row.leased_until) == ("leased", 1, NOW + 2 * MINUTE)
    assert len(row.message_id) == 32
    assert "example.org" not in repr(row)


def test_oldest_first_and_only_when_due(database: Database) -> None:
    put(database, not_before=NOW + 5 * MINUTE)
    put(database, times=3)

    assert [row.id for row in lease(database, limit=2)] == [2, 3]
    assert [row.id for row in lease(database, NOW + 5 * MINUTE)] == [4, 1]
    assert lease(database, NOW + 5 * MINUTE) == ()


def test_what_may_be_slow_has_a_lane_of_its_own(database: Database) -> None:
    put(database)
    with database.writing() as connection:
        outbox.enqueue(connection, "webhook", campaign="section-907", to="x", payload={}, now=NOW)
        slow = frozenset({"webhook"})
        [mail] = outbox_leases.lease_mail(connection, now=NOW, limit=50, bulk_limit=50)
        [hook] = outbox_leases.lease(connection, now=NOW, only=slow)

    assert (mail.kind, hook.kind) == ("confirm", "webhook")


def test_workers_at_once_never_lease_the_same_row(database: Database) -> None:
    put(database, times=60)
    taken: Counter[int] = Counter()
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        while rows := lease(database, limit=4):
            taken.update(row.id for row in rows)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(1, 61))
    assert set(taken.values()) == {1}


def test_a_lease_that_ends_is_taken_back_with_the_same_message_id(database: Database) -> None:
    put(database)
    [first] = lease(database)

    with database.writing() as connection:
        assert outbox_leases.reap(connection, now=NOW + MINUTE) == 0
        assert outbox_leases.reap(connection, now=NOW + 2 * MINUTE) == 1
    [second] = lease(database, NOW + 2 * MINUTE)

    assert (second.message_id, second.attempts) == (first.message_id, 2)


def test_what_was_sent_is_not_sent_again_and_forgets_to_whom(database: Database) -> None:
    put(database)
    [row] = lease(database)

    with database.writing() as connection:
        outbox_leases.complete(connection, [row.id], now=NOW)
        outbox_leases.complete(connection, [row.id], now=NOW)
        assert outbox_leases.reap(connection, now=NOW + 99 * MINUTE) == 0
        to = connection.execute(sa.select(models.outbox.c.to)).scalar_one()
        standing = outbox.queue_status(connection, now=NOW)

    assert lease(database, NOW + 99 * MINUTE) == ()
    assert to == ""
    assert (standing.sent, standing.queued) == (1, 0)


def test_a_row_that_is_delayed_too_often_is_given_up(database: Database) -> None:
    put(database)
    now = NOW
    for attempt in range(1, outbox_leases.MAX_ATTEMPTS + 1):
        [row] = lease(database, now)
        assert row.attempts == attempt
        with database.writing() as connection:
            again = outbox_leases.delay(connection, row, now=now, until=now + MINUTE, error="421")
            due = outbox.next_due(connection)
        if due is None:
            break
        assert again
        assert due == now + MINUTE
        now = due

    assert not again
    with database.reading() as connection:
        assert outbox.queue_status(connection, now=now).failed == 1


def test_a_row_that_kills_its_sender_is_given_up_in_the_end(database: Database) -> None:
    put(database)
    now = NOW
    for _ in range(outbox_leases.MAX_ATTEMPTS):
        assert len(lease(database, now)) == 1
        now += 3 * MINUTE
        with database.writing() as connection:
            outbox_leases.reap(connection, now=now)

    assert lease(database, now) == ()
    with database.reading() as connection:
        assert outbox.queue_status(connection, now=now).failed == 1


def test_what_was_put_back_untried_counts_no_attempt(database: Database) -> None:
    put(database)
    [row] = lease(database)

    with database.writing() as connection:
        outbox_leases.release(connection, [row.id])

    assert lease(database)[0].attempts == 1


def test_what_failed_can_be_queued_again(database: Database) -> None:
    put(database)
    [row] = lease(database)
    with database.writing() as connection:
        outbox_leases.give_up(connection, row, now=NOW, error="550")
        assert outbox.retry(connection, [row.id], now=NOW) == 1

    [again] = lease(database)
    assert (again.attempts, again.to) == (1, "signer0@example.org")


def test_the_queue_says_since_when_it_waits(database: Database) -> None:
    put(database, not_before=NOW - 5 * MINUTE)
    put(database, not_before=NOW + 5 * MINUTE)

    with database.reading() as connection:
        standing = outbox.queue_status(connection, now=NOW)
        assert standing.oldest_due == NOW - 5 * MINUTE
        assert (standing.queued, standing.leased) == (2, 0)
