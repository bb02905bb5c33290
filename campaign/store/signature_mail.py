"""Mail about signatures: queued, counted, canceled, and who is due a reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.mail_address import mailable
from campaign.store.db import leases
from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.conditional_insert import conditional_insert
from campaign.store.db.literals import equals_literal
from campaign.store.models import outbox, signatures
from campaign.store.outbox import message_id
from campaign.store.signature_changes import returning_signature
from campaign.store.signatures import Signature
from campaign.store.statuses import OutboxStatus, SignatureStatus

_COLUMNS = (
    "kind", "campaign", "to", "payload", "message_id", "signature_id", "status", "not_before",
    "attempts", "last_error", "created_at",
)  # fmt: skip

_queue = CompiledStatement(conditional_insert(outbox, _COLUMNS))


def queue(
    connection: Connection,
    kind: str,
    *,
    campaign: str,
    to: str,
    signature_id: int,
    language: str,
    now: datetime,
    wanted: bool = True,
) -> None:
    """Queue a mail about a signature, if `wanted`.

    `to` is an address as typed; it is prepared for mail here.
    """
    _queue.run(
        connection,
        {
            "kind": kind,
            "campaign": campaign,
            "to": mailable(to),
            "payload": {"signature": signature_id, "language": language},
            "message_id": message_id(),
            "signature_id": signature_id,
            "status": OutboxStatus.QUEUED,
            "not_before": now,
            "attempts": 0,
            "last_error": "",
            "created_at": now,
            "wanted": wanted,
        },
    )


_count_mail = CompiledStatement(
    sa.update(signatures)
    .where(signatures.c.id == sa.bindparam("row"))
    .values(mails=signatures.c.mails + 1, mailed_at=sa.bindparam("now"))
)


def count_mail(connection: Connection, row: int, *, now: datetime) -> None:
    """Count one more mail to a signer. Row 0 matches nothing."""
    _count_mail.run(connection, {"row": row, "now": now})


@dataclass(frozen=True)
class Mailed:
    """How many confirmation mails a signer got, and when the last one was sent."""

    mails: int
    at: datetime | None


def mailed(connection: Connection, row_id: int) -> Mailed:
    """Return how many confirmation mails the signer of that row got."""
    row = connection.execute(
        sa.select(signatures.c.mails, signatures.c.mailed_at).where(signatures.c.id == row_id)
    ).one()
    return Mailed(row.mails, row.mailed_at)


def count_another(
    connection: Connection, row: int, *, fewer_than: int, mailed_before: datetime, now: datetime
) -> Signature | None:
    """Count one more confirmation mail to a pending signer and return the signature.

    None if it is not pending, has no address, was mailed after `mailed_before`, or got `fewer_than`
    mails or more.
    """
    columns = signatures.c
    statement = sa.update(signatures).where(
        columns.id == row,
        columns.status == SignatureStatus.PENDING,
        columns.email.is_not(None),
        columns.mails < fewer_than,
        columns.mailed_at.is_(None) | (columns.mailed_at <= mailed_before),
    )
    return returning_signature(connection, statement.values(mailed_at=now, mails=columns.mails + 1))


def cancel(connection: Connection, row: int, kinds: Sequence[str]) -> int:
    """Delete queued mails of these kinds about a signature; return how many."""
    return connection.execute(
        sa.delete(outbox).where(
            outbox.c.signature_id == row,
            outbox.c.kind.in_(kinds),
            outbox.c.status == OutboxStatus.QUEUED,
        )
    ).rowcount


@dataclass(frozen=True, repr=False)
class Reminder:
    """A pending signature whose signer gets a reminder now."""

    id: int
    campaign: str
    email: str
    language: str


def mark_reminded(
    connection: Connection,
    *,
    signed_after: datetime,
    signed_before: datetime,
    fewer_mails_than: int,
    now: datetime,
    limit: int,
) -> tuple[Reminder, ...]:
    """Mark up to `limit` pending signatures as reminded, and return them.

    Only signers who got at least one and fewer than `fewer_mails_than` mails, and did not
    unsubscribe.
    """
    due = leases.next_unlocked(
        signatures.c.id,
        equals_literal(signatures.c.status, SignatureStatus.PENDING),
        signatures.c.created_at > signed_after,
        signatures.c.created_at <= signed_before,
        signatures.c.reminded_at.is_(None),
        signatures.c.unsubscribed_at.is_(None),
        signatures.c.mails.between(1, fewer_mails_than - 1),
        order=(signatures.c.created_at,),
        limit=limit,
    )
    rows = connection.execute(
        sa.update(signatures)
        .where(due)
        .values(reminded_at=now, mailed_at=now, mails=signatures.c.mails + 1)
        .returning(
            signatures.c.id, signatures.c.campaign, signatures.c.email, signatures.c.language
        )
    )
    return tuple(Reminder(*row) for row in rows)
