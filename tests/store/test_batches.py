"""What is deleted or counted for many rows takes as many statements as for one."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.petition import cwc_retention
from campaign.store import cwc_requests, letters, models, tokens, update_figures
from campaign.store.db.engine import Database
from campaign.store.letters import LetterFingerprint

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database; one sent with many values is one."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def write_letters(connection: Connection, number: int) -> None:
    dice = random.Random(907)
    for one in range(number):
        writer = one.to_bytes(16, "big")
        letter = LetterFingerprint("bridge", "president", writer, dice.randbytes(512))
        letters.save(connection, letter, now=NOW)


def ask_for_letters(connection: Connection, number: int) -> None:
    for one in range(number):
        public_id = tokens.new_public_id(NOW)
        cwc_requests.add(
            connection,
            {
                "public_id": public_id,
                "campaign": "bridge",
                "nonce": b"n" * 16,
                "person_key": b"k" * 16,
                "first_name": "Ani",
                "last_name": "Petrosyan",
                "email": f"ani{one}@example.org",
                "created_at": NOW,
                "expires_at": NOW + timedelta(days=7),
            },
            [
                {
                    "campaign": "bridge",
                    "member": "M1",
                    "office": "SMT01",
                    "delivery_id": f"{one:032}",
                    "created_at": NOW,
                    "status": "given-up",
                }
            ],
        )


def send_updates(connection: Connection, number: int) -> None:
    for one in range(number):
        values = {
            "public_id": f"u{one}", "campaign": "bridge", "audience": {}, "status": "sent",
            "created_by": "user:1", "created_at": NOW, "sent_at": NOW, "finished_at": NOW,
            "queued": one + 3,
        }  # fmt: skip
        update = connection.execute(
            sa.insert(models.updates).returning(models.updates.c.id), values
        ).scalar_one()
        for place, status in enumerate(("sent", "sent", "failed")):
            row = {
                "kind": "update", "update_id": update, "campaign": "bridge", "to": "",
                "message_id": f"{one}-{place}", "payload": {"update": update}, "status": status,
                "not_before": NOW, "attempts": 1, "last_error": "", "created_at": NOW,
            }  # fmt: skip
            connection.execute(sa.insert(models.outbox), row)


def forget_letters(database: Database) -> int:
    return letters.forget_old(database, made_before=LATER)


def delete_expired(database: Database) -> int:
    return cwc_retention.purge(database, LATER).deleted


def forget_mailbox(database: Database) -> int:
    with database.writing() as connection:
        return cwc_retention.forget(connection, b"k" * 16)


def own_letters(database: Database) -> int:
    with database.reading() as connection:
        found = cwc_retention.letters_of_person(connection, [b"k" * 16], "ani petrosyan")
        assert all(len(one["letters"]) == 1 for one in found)  # type: ignore[arg-type]
        return len(found)


def archive(database: Database) -> int:
    with database.writing() as connection:
        return update_figures.archive(connection, created_before=LATER)


@pytest.mark.parametrize(
    ("fill", "work"),
    [
        (write_letters, forget_letters),
        (ask_for_letters, delete_expired),
        (ask_for_letters, forget_mailbox),
        (ask_for_letters, own_letters),
        (send_updates, archive),
    ],
    ids=["letters", "expired", "mailbox", "own letters", "updates"],
)
def test_many_rows_take_as_many_statements_as_one(
    database: Database,
    fill: Callable[[Connection, int], None],
    work: Callable[[Database], int],
) -> None:
    counted = []
    for number in (1, 40):
        for table in (models.letters, models.letter_bands, models.sendings, models.updates):
            with database.writing() as connection:
                connection.execute(sa.delete(table))
        with database.writing() as connection:
            fill(connection, number)
        with statements() as sent:
            assert work(database) == number
        counted.append(len(sent))

    assert counted[0] == counted[1]
    with database.reading() as connection:
        assert connection.scalars(sa.select(models.letter_bands.c.band)).all() == []


def test_archived_figures_are_those_of_each_update(database: Database) -> None:
    with database.writing() as connection:
        send_updates(connection, 3)
        update_figures.archive(connection, created_before=LATER)

    with database.reading() as connection:
        columns = models.updates.c
        kept = connection.execute(
            sa.select(columns.sent, columns.failed, columns.canceled).order_by(columns.id)
        )
        assert [tuple(row) for row in kept] == [(2, 1, 0), (2, 1, 1), (2, 1, 2)]
