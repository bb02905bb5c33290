"""Draining the outbox: what is sent, put back, given up, and never sent twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from campaign.delivery.outbox import drain
from campaign.delivery.recorder import DrainReport, retry_wait
from campaign.delivery.sender import Send, Sender
from campaign.errors import CampaignUnknown, DeliveryDelayed, DeliveryRefused
from campaign.store import daily_counters, models, outbox, outbox_leases
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow
from tests.databases import with_tables

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


class Recorder:
    """A sender that does as it is told by address, and remembers what it sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.message_ids: list[str] = []
        self.faults: dict[str, Exception] = {}
        self.unreadable: dict[str, Exception] = {}
        self.unwanted: set[str] = set()
        self.closed = 0
        self.while_sending: Callable[[], None] = lambda: None

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        if row.to in self.unreadable:
            raise self.unreadable[row.to]
        return None if row.to in self.unwanted else lambda: self._send(row)

    def close(self) -> None:
        self.closed += 1

    def _send(self, row: OutboxRow) -> None:
        self.while_sending()
        if row.to in self.faults:
            raise self.faults[row.to]
        self.sent.append(row.to)
        self.message_ids.append(row.message_id)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = with_tables(f"sqlite:///{tmp_path / 'campaign.db'}")
    yield database
    database.dispose()


@pytest.fixture
def sender() -> Recorder:
    return Recorder()


def enqueue(db: Database, *names: str, kind: str = "confirm") -> None:
    with db.writing() as connection:
        for name in names:
            outbox.enqueue(
                connection,
                kind,
                campaign="section-907",
                to=f"{name}@example.org",
                payload={"language": "en", "who": name},
                now=NOW,
            )


def statuses(db: Database) -> dict[str, tuple[str, int]]:
    with db.reading() as connection:
        rows = connection.execute(
            select(models.outbox.c.payload, models.outbox.c.status, models.outbox.c.attempts)
        ).all()
    return {row.payload["who"]: (row.status, row.attempts) for row in rows}


def run(db: Database, sender: Sender, *, now: datetime = NOW, limit: int = 50) -> DrainReport:
    return drain(db, {"confirm": sender}, now=now, limit=limit)


def test_what_is_due_is_sent_once_and_recorded(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", "bo")

    first = run(db, sender)
    second = run(db, sender)

    assert first == DrainReport(leased=2, sent=2)
    assert second == DrainReport()
    assert sender.sent == ["ada@example.org", "bo@example.org"]
    assert statuses(db) == {"ada": ("sent", 1), "bo": ("sent", 1)}
    assert sender.closed == 2


def test_a_delayed_message_waits_and_keeps_its_message_id(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", "bo")
    sender.faults["ada@example.org"] = DeliveryDelayed("The mail server answered 451.")

    report = run(db, sender)

    assert (report.sent, report.delayed, report.stalled) == (1, 1, False)
    assert statuses(db) == {"ada": ("queued", 1), "bo": ("sent", 1)}
    assert run(db, sender).leased == 0
    with db.reading() as connection:
        due = outbox.next_due(connection)
        [message_id] = connection.execute(
            select(models.outbox.c.message_id).where(models.outbox.c.status == "queued")
        ).scalars()
    assert due is not None
    assert NOW + timedelta(minutes=1) <= due <= NOW + timedelta(seconds=72)
    sender.faults.clear()
    assert run(db, sender, now=due).sent == 1
    assert sender.message_ids[-1] == message_id


def test_a_refused_message_is_never_tried_again(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada")
    sender.faults["ada@example.org"] = DeliveryRefused("The mail server answered 550.")

    report = run(db, sender)

    assert report == DrainReport(leased=1, refused=1)
    assert statuses(db) == {"ada": ("failed", 1)}
    assert run(db, sender, now=NOW + timedelta(days=9)).leased == 0


def test_a_message_is_given_up_after_the_last_attempt(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada")
    sender.faults["ada@example.org"] = DeliveryDelayed("The mail server answered 451.")

    now = NOW
    for _ in range(outbox_leases.MAX_ATTEMPTS):
        assert run(db, sender, now=now).leased == 1
        now += timedelta(days=1)

    assert statuses(db) == {"ada": ("failed", outbox_leases.MAX_ATTEMPTS)}


def test_an_outage_of_the_channel_costs_no_attempt(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", "bo", "cy")
    sender.faults["ada@example.org"] = DeliveryDelayed("No server.", whole_channel=True)

    report = run(db, sender)

    assert report == DrainReport(leased=3, stalled=True)
    assert sender.sent == []
    assert statuses(db) == dict.fromkeys(("ada", "bo", "cy"), ("queued", 0))
    sender.faults.clear()
    assert run(db, sender).sent == 3


def test_a_message_whose_cause_is_gone_is_canceled(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada")
    sender.unwanted.add("ada@example.org")

    assert run(db, sender) == DrainReport(leased=1, canceled=1)
    assert sender.sent == []
    assert run(db, sender).leased == 0


def test_a_row_deleted_after_the_lease_is_harmless(db: Database, sender: Recorder) -> None:
    """Whoever disowns a signature while its mail is being sent deletes the row under us."""
    enqueue(db, "ada", "bo")

    def delete() -> None:
        with db.writing() as connection:
            connection.execute(
                models.outbox.delete().where(models.outbox.c.to == "ada@example.org")
            )

    sender.while_sending = delete

    assert run(db, sender).sent == 2
    assert statuses(db) == {"bo": ("sent", 1)}


@pytest.mark.parametrize("fault", [CampaignUnknown("gone"), ZeroDivisionError("a bug")])
def test_a_row_that_cannot_be_prepared_holds_up_no_other(
    fault: Exception, db: Database, sender: Recorder
) -> None:
    enqueue(db, "ada", "bo")
    sender.unreadable["ada@example.org"] = fault

    report = run(db, sender)

    assert (report.sent, report.delayed) == (1, 1)
    assert statuses(db) == {"ada": ("queued", 1), "bo": ("sent", 1)}


def test_a_kind_without_a_sender_is_given_up_with_a_reason(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", kind="pigeon")

    assert run(db, sender).refused == 1
    with db.reading() as connection:
        [reason] = connection.execute(select(models.outbox.c.last_error)).scalars()
    assert "pigeon" in reason


def test_the_database_is_free_while_a_message_is_being_sent(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada")
    sender.while_sending = lambda: enqueue(db, "written-meanwhile")

    assert run(db, sender).sent == 1
    assert statuses(db)["written-meanwhile"] == ("queued", 0)


def test_a_worker_that_dies_loses_nothing(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada")

    def die() -> None:
        raise KeyboardInterrupt

    sender.while_sending = die
    with pytest.raises(KeyboardInterrupt):
        run(db, sender)
    assert statuses(db) == {"ada": ("leased", 1)}
    sender.while_sending = lambda: None

    assert run(db, sender, now=NOW + timedelta(minutes=4)).leased == 0
    assert run(db, sender, now=NOW + timedelta(minutes=6)).sent == 1


def test_a_stopping_worker_releases_what_it_has_not_begun(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", "bo", "cy")

    report = drain(
        db,
        {"confirm": sender},
        now=NOW,
        is_stopping=lambda: bool(sender.sent),
    )

    assert (report.leased, report.sent) == (3, 1)
    assert statuses(db) == {"ada": ("sent", 1), "bo": ("queued", 0), "cy": ("queued", 0)}


def test_logs_hold_ids_and_no_address(
    db: Database, sender: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    enqueue(db, "ada", "bo")
    sender.faults["ada@example.org"] = DeliveryRefused("The mail server answered 550.")

    run(db, sender)

    logged = "".join(capfd.readouterr())
    assert "550" in logged
    assert "example.org" not in logged


def test_what_became_of_messages_is_counted_by_day(db: Database, sender: Recorder) -> None:
    enqueue(db, "ada", "bo", "cy", "di")
    sender.faults["bo@example.org"] = DeliveryDelayed("The mail server answered 451.")
    sender.faults["cy@example.org"] = DeliveryRefused("The mail server answered 550.")
    sender.unwanted.add("di@example.org")

    run(db, sender)

    with db.reading() as connection:
        assert daily_counters.totals(connection, "section-907") == {
            "sent/confirm": 1,
            "deferred/confirm": 1,
            "failed/confirm": 1,
        }


def test_each_wait_is_longer_and_all_of_them_take_about_two_days() -> None:
    waits = [retry_wait(attempts) for attempts in range(1, outbox_leases.MAX_ATTEMPTS)]

    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=1)
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=3)
