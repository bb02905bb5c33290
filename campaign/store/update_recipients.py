"""Who gets an update: confirmed signers who asked for news and are below the weekly limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.mail_address import mailable
from campaign.store import wordings
from campaign.store.db import advisory_locks
from campaign.store.models import outbox, signatures, updates
from campaign.store.signers import Search
from campaign.store.statuses import OutboxStatus, SignatureStatus, UpdateStatus
from campaign.store.update_bounces import UNREACHABLE
from campaign.store.updates import Update


@dataclass(frozen=True)
class Recipient:
    """A signer who gets an update."""

    id: int
    public_id: str
    email: str
    email_key: str
    language: str


@dataclass(frozen=True)
class Reach:
    """How many mailboxes get an update, and how many are at the limit.

    `first_queued_at` is when the first recent message to one of the latter was queued.
    """

    readers: int
    at_limit: int
    first_queued_at: datetime | None


def lock(connection: Connection) -> None:
    """Let only one transaction at a time choose recipients."""
    advisory_locks.lock_until_commit(connection, "update-readers")


def _wanted(search: Search) -> list[Any]:
    """Return the conditions on confirmed signers of a search who want news and can be reached."""
    return [
        *search.conditions(),
        signatures.c.status == SignatureStatus.CONFIRMED,
        signatures.c.mail_opt_in,
        signatures.c.unsubscribed_at.is_(None),
        signatures.c.anonymised_at.is_(None),
        signatures.c.email.is_not(None),
        signatures.c.id.not_in(UNREACHABLE),
    ]


def _received(since: datetime) -> sa.Select[Any]:
    """Select {email key, number of updates, time of the first} for updates queued since then."""
    return (
        sa.select(
            signatures.c.email_key,
            sa.func.count(sa.distinct(outbox.c.update_id)).label("updates"),
            sa.func.min(outbox.c.created_at).label("first"),
        )
        .join(signatures, signatures.c.id == outbox.c.signature_id)
        .where(
            sa.text("outbox.update_id IS NOT NULL"),
            outbox.c.status != OutboxStatus.FAILED,
            outbox.c.created_at >= since,
            outbox.c.kind == "update",
        )
        .group_by(signatures.c.email_key)
    )


def reach(connection: Connection, search: Search, *, since: datetime, limit: int) -> Reach:
    """Return how many mailboxes would get an update now.

    Mailboxes that got `limit` updates since `since`, from any campaign of this site, are at the
    limit.
    """
    wanted = sa.select(signatures.c.email_key).where(*_wanted(search)).distinct().subquery()
    with_limit = _received(since).having(sa.func.count(sa.distinct(outbox.c.update_id)) >= limit)
    at_limit = with_limit.subquery()
    row = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(at_limit.c.email_key),
            sa.func.min(at_limit.c.first),
        ).select_from(wanted.outerjoin(at_limit, at_limit.c.email_key == wanted.c.email_key))
    ).one()
    return Reach(row[0] - row[1], row[1], row[2])


def below_limit(
    connection: Connection,
    update: Update,
    recipients: Sequence[Recipient],
    *,
    since: datetime,
    limit: int,
) -> tuple[Recipient, ...]:
    """Return those of a batch whose mailbox is below the limit and did not get this update yet."""
    keys = {each.email_key for each in recipients}
    received = _received(since).where(signatures.c.email_key.in_(keys))
    at_limit = {row.email_key for row in connection.execute(received) if row.updates >= limit}
    had_this = (
        sa.select(signatures.c.email_key)
        .join(outbox, outbox.c.signature_id == signatures.c.id)
        .where(outbox.c.update_id == update.id, signatures.c.email_key.in_(keys))
    )
    seen = at_limit | set(connection.scalars(had_this))
    below = []
    for each in recipients:
        if each.email_key not in seen:
            seen.add(each.email_key)
            below.append(each)
    return tuple(below)


def next_batch(
    connection: Connection, update: Update, *, after: int, limit: int
) -> tuple[Recipient, ...]:
    """Return up to `limit` recipients with ids above `after`, in the order of signing."""
    rows = connection.execute(
        sa.select(
            signatures.c.id,
            signatures.c.public_id,
            signatures.c.email,
            sa.func.coalesce(signatures.c.email_key, signatures.c.email),
            signatures.c.language,
        )
        .where(*_wanted(update.search()), signatures.c.id > after)
        .order_by(signatures.c.id)
        .limit(limit)
    )
    return tuple(Recipient(*row) for row in rows)


def queue(
    connection: Connection,
    update: Update,
    messages: Sequence[tuple[Recipient, str]],
    *,
    reached: int,
    not_before: datetime,
    now: datetime,
) -> bool:
    """Queue a message to each recipient under its message id, and set the update's progress.

    Signatures that were erased since get none. Returns False, with nothing queued, if the update
    was stopped or another worker has made progress.
    """
    existing = _lock_existing(connection, [recipient.id for recipient, _ in messages])
    messages = [message for message in messages if message[0].id in existing]
    moved = connection.execute(
        sa.update(updates)
        .where(
            updates.c.id == update.id,
            updates.c.status == UpdateStatus.SENDING,
            updates.c.reached == update.reached,
        )
        .values(reached=reached, queued=updates.c.queued + len(messages))
    )
    if moved.rowcount != 1:
        return False
    if messages:
        rows = [
            _outbox_row(update, recipient, message_id, not_before, now)
            for recipient, message_id in messages
        ]
        connection.execute(sa.insert(outbox), rows)
    return True


def _lock_existing(connection: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Return those of these signatures that exist, locked against erasure.

    A concurrent erasure waits until the messages are queued, and deletes them too.
    """
    query = sa.select(signatures.c.id).where(signatures.c.id.in_(ids)).order_by(signatures.c.id)
    return frozenset(connection.scalars(query.with_for_update(read=True, key_share=True)))


def _outbox_row(
    update: Update, recipient: Recipient, message_id: str, not_before: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "kind": "update",
        "campaign": update.campaign,
        "to": mailable(recipient.email),
        "payload": {
            "signature": recipient.id,
            "language": recipient.language,
            "update": update.id,
        },
        "message_id": message_id,
        "signature_id": recipient.id,
        "not_before": not_before,
        "created_at": now,
        "update_id": update.id,
    }


def is_wanted(connection: Connection, update: Update, signature_id: int) -> bool:
    """True if a message of an update may still be sent to a signer; checked when it is sent."""
    version = update.audience.get("wording", "")
    is_open_question = [wordings.signed_other_words(version)] if version else []
    wanted = connection.execute(
        sa.select(updates.c.id)
        .join(signatures, signatures.c.id == signature_id)
        .where(
            updates.c.id == update.id,
            updates.c.status != UpdateStatus.STOPPED,
            *is_open_question,
            signatures.c.status == SignatureStatus.CONFIRMED,
            signatures.c.mail_opt_in,
            signatures.c.unsubscribed_at.is_(None),
            signatures.c.id.not_in(UNREACHABLE),
        )
    ).one_or_none()
    return wanted is not None
