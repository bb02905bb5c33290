"""The proof that a database takes a write: made on the real tables, cheap, and leaving one row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from campaign.store.db.engine import Database
from campaign.store.db.readiness import FRESH_S, WriteProof
from campaign.store.models import rates


class Clock:
    """A clock that stands until it is told to go on."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Let the database answer questions only, as one does on a failing disk or as a replica."""
    statement = (
        "PRAGMA query_only=ON"
        if database.dialect == "sqlite"
        else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    )
    pool = database._engine.pool

    @sa.event.listens_for(pool, "checkout")
    def close(connection: Any, *_: object) -> None:
        connection.execute(statement)
        if database.dialect == "postgresql":
            connection.commit()

    yield
    sa.event.remove(pool, "checkout", close)
    database.dispose()


def hits(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.scalars(sa.select(rates.c.hits)))


def test_a_proof_is_one_row_however_often_it_is_made(database: Database) -> None:
    clock = Clock()
    proof = WriteProof(database, monotonic=clock)

    for _ in range(5):
        assert proof.holds()
        clock.seconds += FRESH_S

    assert hits(database) == [5]


def test_probes_at_once_share_one_write(database: Database) -> None:
    proof = WriteProof(database, monotonic=Clock())

    assert all(proof.holds() for _ in range(100))

    assert hits(database) == [1]


def test_a_database_that_only_answers_questions_is_no_proof(database: Database) -> None:
    clock = Clock()
    proof = WriteProof(database, monotonic=clock)
    with read_only(database):
        assert database.is_current()
        assert not proof.holds()

    clock.seconds += FRESH_S
    assert proof.holds()
