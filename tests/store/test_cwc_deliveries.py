"""Letters on their way: whatever mail the outbox holds, their few rows are found by an index."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import cwc_deliveries, cwc_requests, tokens
from campaign.store.cwc_requests import CwcRequest
from campaign.store.db.engine import Database
from tests.databases import with_tables

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: object) -> Database:
    return with_tables(f"sqlite:///{tmp_path}/campaign.db")


def put(connection: Connection) -> CwcRequest:
    cwc_requests.add(
        connection,
        {
            "public_id": tokens.new_public_id(NOW),
            "campaign": "section-907",
            "nonce": b"n" * 16,
            "person_key": b"k" * 16,
            "email": "ani@example.org",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        },
        [
            {
                "campaign": "section-907",
                "member": "M1",
                "office": "SMT01",
                "delivery_id": "d" * 32,
                "created_at": NOW,
                "status": "given-up",
            }
        ],
    )
    return cwc_requests.of_mailbox(connection, b"k" * 16)[0]


def _delete(connection: Connection) -> None:
    cwc_requests.delete(connection, put(connection))


def _mark_given_up(connection: Connection) -> None:
    cwc_deliveries.mark_given_up(connection, now=NOW)


def _queue_again(connection: Connection) -> None:
    put(connection)
    cwc_deliveries.queue_again(connection, queued_after=NOW)


def _let_go(connection: Connection) -> None:
    cwc_deliveries.give_up_old(connection, queued_before=NOW, now=NOW)


@pytest.mark.parametrize("work", [_delete, _mark_given_up, _queue_again, _let_go])
def test_no_question_reads_the_whole_outbox(
    db: Database, work: Callable[[Connection], None]
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "outbox" in statement:
            asked.append((statement, values))

    with db.writing() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        work(connection)
        sa.event.remove(connection, "before_cursor_execute", note)
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
            for statement, values in asked
        ]
    db.dispose()

    assert plans
    for plan in plans:
        assert not re.search(r"SCAN outbox(?! USING (COVERING )?INDEX ix_outbox_letters)", plan)
