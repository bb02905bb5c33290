"""The outbox: messages to be sent, written in the transaction that causes them.

Workers lease rows to send them. Delivery is at least once. A row's `message_id` is fixed when it is
written, so that receivers can recognize a second delivery. The caller owns the transaction.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.mail_address import mailable
from campaign.store.db import leases
from campaign.store.db.literals import equals_literal
from campaign.store.models import outbox
from campaign.store.models.petition import BULK_KIND, OUTSIDE_KINDS
from campaign.store.statuses import OutboxStatus

#: A message is given up after this many attempts, over about two days.
MAX_ATTEMPTS = 12

#: How long a worker may keep a row before another may lease it.
LEASE = timedelta(seconds=120)

# Rows that were held together come back spread over this time.
_SPREAD = timedelta(minutes=10)


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


_IS_QUEUED = equals_literal(outbox.c.status, OutboxStatus.QUEUED)
_IS_LEASED = equals_literal(outbox.c.status, OutboxStatus.LEASED)


def _literal(kind: str) -> sa.ColumnClause[str]:
    """Return a kind spelled out in the SQL, as partial indexes need it."""
    return sa.literal_column(f"'{kind}'")


def _leasing(*of_kinds: sa.ColumnElement[bool]) -> sa.UpdateBase:
    """Return the statement that leases `:batch` due rows that meet the conditions."""
    due = leases.next_unlocked(
        outbox.c.id,
        _IS_QUEUED,
        outbox.c.not_before <= sa.bindparam("now"),
        *of_kinds,
        order=(outbox.c.not_before, outbox.c.id),
        limit=sa.bindparam("batch", type_=sa.Integer),
    )
    return (
        sa.update(outbox)
        .where(due)
        .values(
            status=OutboxStatus.LEASED,
            leased_until=sa.bindparam("until"),
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox)
    )


@cache
def _lease_only(kinds: frozenset[str]) -> sa.UpdateBase:
    return _leasing(outbox.c.kind.in_(sorted(kinds)))


_lease = _leasing()
_lease_prompt = _leasing(
    outbox.c.kind.not_in([_literal(kind) for kind in (*OUTSIDE_KINDS, BULK_KIND)])
)
_lease_bulk = _leasing(outbox.c.kind == _literal(BULK_KIND))


def lease(
    connection: Connection,
    *,
    now: datetime,
    limit: int = 50,
    duration: timedelta = LEASE,
    only: frozenset[str] = frozenset(),
) -> tuple[OutboxRow, ...]:
    """Lease up to `limit` due rows, oldest first, to this worker until the lease ends.

    With `only`, rows of these kinds. The attempt is counted here, so that a message that crashes
    its sender is given up in the end.
    """
    statement = _lease_only(only) if only else _lease
    return _leased(connection, statement, now, limit, duration)


def lease_mail(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    bulk_limit: int,
    duration: timedelta = LEASE,
) -> tuple[OutboxRow, ...]:
    """Lease up to `limit` rows of mail: first what somebody waits for, then updates.

    Of the updates, at most as many that there are `bulk_limit` rows altogether.
    """
    prompt = _leased(connection, _lease_prompt, now, limit, duration)
    room = min(limit, bulk_limit) - len(prompt)
    return prompt + _leased(connection, _lease_bulk, now, room, duration)


def _leased(
    connection: Connection, statement: sa.UpdateBase, now: datetime, limit: int, duration: timedelta
) -> tuple[OutboxRow, ...]:
    if limit <= 0:
        return ()
    rows = connection.execute(
        statement, {"now": now, "batch": limit, "until": now + duration}
    ).all()
    return tuple(sorted((_outbox_row(row) for row in rows), key=lambda w: (w.not_before, w.id)))


def complete(connection: Connection, ids: Sequence[int], *, now: datetime) -> None:
    """Mark rows as sent and delete their addresses. Repeating it is harmless."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.status != OutboxStatus.SENT)
        .values(status=OutboxStatus.SENT, finished_at=now, leased_until=None, last_error="", to="")
    )


def delay(
    connection: Connection,
    row: OutboxRow,
    *,
    now: datetime,
    until: datetime,
    error: str = "",
) -> bool:
    """Return a leased row to the queue for an attempt at `until`; fail it after `MAX_ATTEMPTS`.

    `error` is a code or a reason without personal data. Returns True if the row will be tried
    again.
    """
    if row.attempts >= MAX_ATTEMPTS:
        give_up(connection, row, now=now, error=error)
        return False
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id, outbox.c.status == OutboxStatus.LEASED)
        .values(
            status=OutboxStatus.QUEUED,
            leased_until=None,
            last_error=error[:200],
            not_before=until,
        )
    )
    return True


def hold(connection: Connection, row: OutboxRow, *, until: datetime, reason: str) -> None:
    """Return a leased row to the queue until the receiver is open again; no attempt counts.

    Rows that were held together come back spread over ten minutes.
    """
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id, outbox.c.status == OutboxStatus.LEASED)
        .values(
            status=OutboxStatus.QUEUED,
            leased_until=None,
            attempts=outbox.c.attempts - 1,
            last_error=reason[:200],
            not_before=until + _SPREAD * (secrets.randbelow(1000) / 1000),
        )
    )


def release(connection: Connection, ids: Sequence[int]) -> None:
    """Return leased rows to the queue without an attempt, because the worker stops."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.status == OutboxStatus.LEASED)
        .values(status=OutboxStatus.QUEUED, leased_until=None, attempts=outbox.c.attempts - 1)
    )


def give_up(
    connection: Connection,
    row: OutboxRow,
    *,
    now: datetime,
    error: str = "",
    is_unwanted: bool = False,
) -> None:
    """Mark a row as failed; organizers see its error.

    With `is_unwanted`, the row is never tried again, so its address is deleted.
    """
    values: dict[str, Any] = {"to": ""} if is_unwanted else {}
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id, outbox.c.status != OutboxStatus.SENT)
        .values(
            status=OutboxStatus.FAILED,
            finished_at=now,
            leased_until=None,
            last_error=error[:200],
            **values,
        )
    )


def forget_address(connection: Connection, address: str) -> None:
    """Delete queued mail to an address, and the address from other rows.

    Rows of a signature are skipped; they are deleted with the signature.
    """
    # SQLite lowers only ASCII letters, so compare the exact spelling too.
    is_same = (sa.func.lower(outbox.c.to) == address.lower()) | (outbox.c.to == address)
    without_signature = is_same & outbox.c.signature_id.is_(None)
    connection.execute(sa.delete(outbox).where(without_signature, _IS_QUEUED))
    connection.execute(sa.update(outbox).where(without_signature).values(to=""))


def reap(connection: Connection, *, now: datetime) -> int:
    """Take back rows whose lease ended, because their worker died; return how many.

    A row that has used all its attempts is failed.
    """
    expired = _IS_LEASED & (outbox.c.leased_until <= now)
    spent = outbox.c.attempts >= MAX_ATTEMPTS
    gone = connection.execute(
        sa.update(outbox)
        .where(expired, spent)
        .values(
            status=OutboxStatus.FAILED,
            finished_at=now,
            leased_until=None,
            last_error="lease-expired",
        )
    ).rowcount
    back = connection.execute(
        sa.update(outbox)
        .where(expired, ~spent)
        .values(
            status=OutboxStatus.QUEUED,
            leased_until=None,
            not_before=now,
            last_error="lease-expired",
        )
    ).rowcount
    return gone + back


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
    return connection.execute(
        sa.select(sa.func.min(outbox.c.not_before)).where(_IS_QUEUED)
    ).scalar()


def due_in(connection: Connection, campaign: str, *, now: datetime) -> tuple[int, datetime | None]:
    """Return how many messages of a campaign are due, and when the oldest became due."""
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.min(outbox.c.not_before)).where(
            _IS_QUEUED, outbox.c.not_before <= now, outbox.c.campaign == campaign
        )
    ).one()
    return row[0], row[1]


def queue_status(connection: Connection, *, now: datetime) -> QueueStatus:
    """Return how many rows have each status, and when the oldest due one became due."""
    rows = connection.execute(sa.select(outbox.c.status, sa.func.count()).group_by(outbox.c.status))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    oldest = connection.execute(
        sa.select(sa.func.min(outbox.c.not_before)).where(_IS_QUEUED, outbox.c.not_before <= now)
    ).scalar()
    return QueueStatus(
        queued=counted.get(OutboxStatus.QUEUED, 0),
        leased=counted.get(OutboxStatus.LEASED, 0),
        sent=counted.get(OutboxStatus.SENT, 0),
        failed=counted.get(OutboxStatus.FAILED, 0),
        oldest_due=oldest,
    )


def _outbox_row(row: Row[Any]) -> OutboxRow:
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
