"""The questions of public pages are answered from small indexes, whatever the size of the table."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from campaign.store import (
    counts,
    households,
    letters,
    outbox_leases,
    public_signers,
    signatures,
)
from campaign.store.db.engine import Database
from campaign.store.letters import LetterFingerprint

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
LETTER = LetterFingerprint("bridge", "president", b"w" * 16, bytes(512))

Question = Callable[[Connection], object]
QUESTIONS: dict[str, tuple[Question, str]] = {
    "lease": (lambda c: outbox_leases.lease(c, now=NOW), "ix_outbox_due"),
    "lease prompt mail": (
        lambda c: outbox_leases.lease_mail(c, now=NOW, limit=5, bulk_limit=0),
        "ix_outbox_prompt",
    ),
    "lease bulk mail": (
        lambda c: outbox_leases.lease_mail(c, now=NOW, limit=5, bulk_limit=5),
        "ix_outbox_bulk",
    ),
    "signers": (lambda c: public_signers.signers(c, "bridge", 5), "ix_signatures_shown"),
    "comments": (lambda c: public_signers.comments(c, "bridge", 5), "ix_signatures_commented"),
    "mailbox": (
        lambda c: households.mailbox(c, "bridge", "ani@example.org", since=NOW),
        "uq_signatures_household",
    ),
    "by public id": (lambda c: signatures.by_public_id(c, "x"), "uq_signatures_public_id"),
    "by email": (lambda c: signatures.by_email(c, "ani@example.org"), "uq_signatures_household"),
    "total": (lambda c: counts.total(c, "bridge"), "ix_journal_campaign"),
    "similar letters": (
        lambda c: letters.count_similar(c, LETTER),
        "SEARCH letter_bands USING PRIMARY KEY",
    ),
}


def plan_of(question: Question, connection: Connection) -> str:
    """Return how SQLite answers all statements of a question."""
    driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    statements: list[str] = []
    driver.set_trace_callback(statements.append)
    question(connection)
    driver.set_trace_callback(None)
    assert statements
    steps = [row for each in statements for row in driver.execute(f"EXPLAIN QUERY PLAN {each}")]
    return " ".join(str(step) for step in steps)


@pytest.mark.parametrize(("question", "index"), QUESTIONS.values(), ids=QUESTIONS)
def test_an_index_answers(question: Question, index: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/campaign.db")
    database.upgrade()
    with database.writing() as connection:
        plan = plan_of(question, connection)
    database.dispose()

    # SQLite names the index of a UNIQUE constraint by its place in the table's definition.
    named = plan.replace("sqlite_autoindex_signatures_1", "uq_signatures_household").replace(
        "sqlite_autoindex_signatures_2", "uq_signatures_public_id"
    )
    assert index in named
    assert "SCAN signatures" not in plan
    assert "SCAN letters" not in plan
