"""The questions of public pages are answered from small indexes, whatever the size of the table."""

import pytest
import sqlalchemy as sa

from campaign.store import counts, households, letters, outbox, public_signers, signatures
from campaign.store.db.engine import Database


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (outbox._lease, "ix_outbox_due"),
        (outbox._lease_prompt, "ix_outbox_prompt"),
        (outbox._lease_bulk, "ix_outbox_bulk"),
        (public_signers._signers, "ix_signatures_shown"),
        (public_signers._comments, "ix_signatures_commented"),
        (households._mailbox._statement, "uq_signatures_household"),
        (signatures._by_public_id, "uq_signatures_public_id"),
        (signatures._by_email, "uq_signatures_household"),
        (counts._total, "ix_journal_campaign"),
        (letters._candidates._statement, "SEARCH letter_bands USING PRIMARY KEY"),
    ],
)
def test_an_index_answers(statement: sa.Executable, index: str, tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/campaign.db")
    database.upgrade()
    compiled = statement.compile(database._engine)  # type: ignore[attr-defined]
    with database.reading() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", tuple(1 for _ in compiled.positiontup)
        )
        text = " ".join(str(row) for row in plan)
    database.dispose()

    # SQLite names the index of a UNIQUE constraint by its place in the table's definition.
    named = text.replace("sqlite_autoindex_signatures_1", "uq_signatures_household").replace(
        "sqlite_autoindex_signatures_2", "uq_signatures_public_id"
    )
    assert index in named
    assert "SCAN signatures" not in text
    assert "SCAN letters" not in text
