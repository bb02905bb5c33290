"""Signatures page by page: answered by a small index, in the order of confirming."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from campaign.store import models, signature_pages
from campaign.store.db.engine import Database
from campaign.store.signature_pages import After, SignatureFilter

NAME = "section-907"
START = datetime(2026, 6, 15, 12, tzinfo=UTC)
ALL = SignatureFilter(NAME, until=START + timedelta(days=1))


def add(database: Database, many: int) -> None:
    """Add signatures that were confirmed in the opposite order of signing, two a second."""
    with database.writing() as connection:
        connection.execute(
            sa.insert(models.signatures),
            [
                {
                    "public_id": f"id{number}",
                    "campaign": NAME,
                    "status": "confirmed",
                    "email_key": f"ani{number}@example.org",
                    "nonce": b"n",
                    "created_at": START,
                    "confirmed_at": START + timedelta(seconds=(many - number) // 2),
                }
                for number in range(many)
            ],
        )


def pages_of(database: Database, size: int) -> list[str]:
    """Read every page behind the one before."""
    found: list[str] = []
    after: After | None = None
    with database.reading() as connection:
        while rows := signature_pages.page(connection, ALL, limit=size, after=after):
            found += [row.public_id for row in rows]
            after = After(rows[-1].confirmed_at, rows[-1].id)
    return found


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_behind_each_other_are_pages_by_number(database: Database, size: int) -> None:
    add(database, 20)
    with database.reading() as connection:
        counted = [
            row.public_id
            for offset in range(0, 20, size)
            for row in signature_pages.page(connection, ALL, limit=size, offset=offset)
        ]
        total = signature_pages.count(connection, ALL)

    assert pages_of(database, size) == counted
    assert len(set(counted)) == total == 20
    assert counted[-1] == "id0"


def test_since_is_included_and_until_is_not(database: Database) -> None:
    add(database, 20)
    some = SignatureFilter(
        NAME, until=START + timedelta(seconds=4), since=START + timedelta(seconds=2)
    )

    with database.reading() as connection:
        rows = signature_pages.page(connection, some, limit=25)

    assert {row.confirmed_at - START for row in rows} == {
        timedelta(seconds=2),
        timedelta(seconds=3),
    }


def test_an_index_finds_a_page_and_the_count(tmp_path: Path, sqlite_template: bytes) -> None:
    """PostgreSQL's plans depend on how much is in the table."""
    (tmp_path / "campaign.db").write_bytes(sqlite_template)
    database = Database(f"sqlite:///{tmp_path}/campaign.db")
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, text: str, values: Any, *_: object) -> None:
        if text.startswith("SELECT"):
            asked.append((text, values))

    with database.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
        signature_pages.page(connection, ALL, limit=25, offset=1000)
        signature_pages.page(connection, ALL, limit=25, after=After(START, 7))
        signature_pages.count(connection, ALL)
        event.remove(connection.engine, "before_cursor_execute", note)
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all())
            for text, values in asked
        ]

    database.dispose()
    assert len(plans) == 3
    for plan in plans:
        assert "INDEX ix_signatures_named (campaign=? AND " in plan
        assert "SCAN signatures" not in plan
