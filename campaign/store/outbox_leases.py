"""Leases of the outbox: a worker takes due rows, sends them, and says what became of each.

Delivery is at least once: a row whose worker dies goes back to the queue when its lease ends. The
caller owns the transaction.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db import leases
from campaign.store.db.literals import equals_literal
from campaign.store.models import outbox
from campaign.store.models.petition import BULK_KIND, OUTSIDE_KINDS
from campaign.store.outbox import IS_QUEUED, OutboxRow, of_row
from campaign.store.statuses import OutboxStatus

#: A message is given up after this many attempts, over about two days.
MAX_ATTEMPTS = 12


#: How long a worker may keep a row before another may lease it.
LEASE = timedelta(seconds=120)


# Rows that were held together come back spread over this time.
_SPREAD = timedelta(minutes=10)


_IS_LEASED = equals_literal(outbox.c.status, OutboxStatus.LEASED)


def _literal(kind: str) -> sa.ColumnClause[str]:
    """Return a kind spelled out in the SQL, as partial indexes need it."""
    return sa.literal_column(f"'{kind}'")


def _leasing(*of_kinds: sa.ColumnElement[bool]) -> sa.UpdateBase:
    """Return the statement that leases `:batch` due rows that meet the conditions."""
    due = leases.next_unlocked(
        outbox.c.id,
        IS_QUEUED,
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
    """Lease up to `limit` rows of mail: first messages that somebody waits for, then updates.

    Updates are leased only until there are `bulk_limit` rows altogether.
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
    return tuple(sorted((of_row(row) for row in rows), key=lambda w: (w.not_before, w.id)))


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
