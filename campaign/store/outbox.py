"""The outbox: messages to be sent, written in the transaction that causes them.

Workers lease rows to send them (`campaign.store.outbox_leases`), each at least once. A row's
`message_id` is fixed when it is written, so that receivers can recognize a second delivery. The
caller owns the transaction.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.mail_address import mailable
from campaign.store.db.literals import equals_literal
from campaign.store.models import outbox
from campaign.store.statuses import OutboxStatus


@dataclass(frozen=True)
class OutboxRow:
    """A row of the outbox. Its `repr()` shows no address.

    `message_id` is the part before the @ of the Message-ID; the sender adds its domain. `payload`
    holds ids and the language: {"signature": 7, "language": "en"}.
    """

    id: int
    kind: str
    campaign: str
    to: str = field(repr=False)
    payload: Mapping[str, Any]
    message_id: str
    not_before: datetime
    attempts: int
    leased_until: datetime | None
    status: OutboxStatus
    last_error: str
    signature_id: int | None = None


@dataclass(frozen=True)
class QueueStatus:
    """The number of rows by status, and when the oldest due row became due."""

    queued: int
    leased: int
    sent: int
    failed: int
    oldest_due: datetime | None


def message_id() -> str:
    """Return a new unique left part of a Message-ID (RFC 5322, 3.6.4)."""
    return secrets.token_hex(16)


_insert = sa.insert(outbox)


def enqueue(
    connection: Connection,
    kind: str,
    *,
    campaign: str,
    to: str,
    payload: Mapping[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    signature_id: int | None = None,
) -> None:
    """Add a row, to be sent at `not_before` or later (default: now).

    `to` is one addr-spec; `payload` holds ids and options, no personal data.
    """
    connection.execute(
        _insert,
        {
            "kind": kind,
            "campaign": campaign,
            "to": mailable(to),
            "payload": dict(payload),
            "message_id": message_id(),
            "signature_id": signature_id,
            "status": OutboxStatus.QUEUED,
            "not_before": not_before or now,
            "attempts": 0,
            "last_error": "",
            "created_at": now,
        },
    )


def last_queued(connection: Connection, kind: str, campaign: str) -> datetime | None:
    """Return when the last row of that kind was added for a campaign, if it is still kept."""
    return connection.execute(
        sa.select(outbox.c.created_at)
        .where(outbox.c.kind == kind, outbox.c.campaign == campaign)
        .order_by(outbox.c.id.desc())
        .limit(1)
    ).scalar()


#: The condition on a row that waits to be sent.
IS_QUEUED = equals_literal(outbox.c.status, OutboxStatus.QUEUED)


def forget_address(connection: Connection, address: str) -> None:
    """Delete queued mail to an address, and the address from other rows.

    Rows of a signature are skipped; they are deleted with the signature.
    """
    # SQLite lowers only ASCII letters, so compare the exact spelling too.
    is_same = (sa.func.lower(outbox.c.to) == address.lower()) | (outbox.c.to == address)
    without_signature = is_same & outbox.c.signature_id.is_(None)
    connection.execute(sa.delete(outbox).where(without_signature, IS_QUEUED))
    connection.execute(sa.update(outbox).where(without_signature).values(to=""))


def retry(connection: Connection, ids: Sequence[int], *, now: datetime) -> int:
    """Queue failed rows again with new attempts, as an organizer asked; return how many."""
    return connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.status == OutboxStatus.FAILED)
        .values(status=OutboxStatus.QUEUED, not_before=now, attempts=0, finished_at=None)
    ).rowcount


def fail_unsent(connection: Connection, *, now: datetime) -> int:
    """Fail all unsent rows after a restore; return how many.

    They may have been sent after the backup was made. An organizer can queue them again.
    """
    return connection.execute(
        sa.update(outbox)
        .where(outbox.c.status.in_([OutboxStatus.QUEUED, OutboxStatus.LEASED]))
        .values(
            status=OutboxStatus.FAILED,
            finished_at=now,
            leased_until=None,
            last_error="stopped by a restore: it may have been sent after the backup",
        )
    ).rowcount


def next_due(connection: Connection) -> datetime | None:
    """Return when the earliest queued row becomes due, or None."""
    return connection.execute(sa.select(sa.func.min(outbox.c.not_before)).where(IS_QUEUED)).scalar()


def due_in(connection: Connection, campaign: str, *, now: datetime) -> tuple[int, datetime | None]:
    """Return how many messages of a campaign are due, and when the oldest became due."""
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.min(outbox.c.not_before)).where(
            IS_QUEUED, outbox.c.not_before <= now, outbox.c.campaign == campaign
        )
    ).one()
    return row[0], row[1]


def queue_status(connection: Connection, *, now: datetime) -> QueueStatus:
    """Return how many rows have each status, and when the oldest due one became due."""
    rows = connection.execute(sa.select(outbox.c.status, sa.func.count()).group_by(outbox.c.status))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    oldest = connection.execute(
        sa.select(sa.func.min(outbox.c.not_before)).where(IS_QUEUED, outbox.c.not_before <= now)
    ).scalar()
    return QueueStatus(
        queued=counted.get(OutboxStatus.QUEUED, 0),
        leased=counted.get(OutboxStatus.LEASED, 0),
        sent=counted.get(OutboxStatus.SENT, 0),
        failed=counted.get(OutboxStatus.FAILED, 0),
        oldest_due=oldest,
    )


def of_row(row: Row[Any]) -> OutboxRow:
    """Return a row of the table as a value."""
    return OutboxRow(
        id=row.id,
        kind=row.kind,
        campaign=row.campaign,
        to=row.to,
        payload=row.payload,
        message_id=row.message_id,
        not_before=row.not_before,
        attempts=row.attempts,
        leased_until=row.leased_until,
        status=OutboxStatus(row.status),
        last_error=row.last_error,
        signature_id=row.signature_id,
    )
