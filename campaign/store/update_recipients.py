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
    """A signer that an update goes to."""

    id: int
    public_id: str
    email: str
    email_key: str
    language: str


@dataclass(frozen=True)
class Reach:
    """How many mailboxes an update goes to, and how many rest: they had enough for now.

    `first_queued_at` is the earliest time within the window at which one that rests was mailed.
    """

    readers: int
    resting: int
    first_queued_at: datetime | None


def lock(connection: Connection) -> None:
    """Let those who choose readers of an update take turns until the transaction ends."""
    advisory_locks.lock_until_commit(connection, "update-readers")


def _wanted(search: Search) -> list[Any]:
    """Confirmed signers of a search who asked for news and can be reached."""
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
    """Each mailbox that updates went to since then: how many of them, and when the first."""
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

    Those rest that got `limit` updates since then, from any campaign of this site.
    """
    wanted = sa.select(signatures.c.email_key).where(*_wanted(search)).distinct().subquery()
    full = _received(since).having(sa.func.count(sa.distinct(outbox.c.update_id)) >= limit)
    resting = full.subquery()
    row = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(resting.c.email_key),
            sa.func.min(resting.c.first),
        ).select_from(wanted.outerjoin(resting, resting.c.email_key == wanted.c.email_key))
    ).one()
    return Reach(row[0] - row[1], row[1], row[2])


def below_limit(
    connection: Connection,
    update: Update,
    who: Sequence[Recipient],
    *,
    since: datetime,
    limit: int,
) -> tuple[Recipient, ...]:
    """Return those of a batch whose mailbox may get this update: once, and not above the limit."""
    keys = {each.email_key for each in who}
    received = _received(since).where(signatures.c.email_key.in_(keys))
    resting = {row.email_key for row in connection.execute(received) if row.updates >= limit}
    had_this = (
        sa.select(signatures.c.email_key)
        .join(outbox, outbox.c.signature_id == signatures.c.id)
        .where(outbox.c.update_id == update.id, signatures.c.email_key.in_(keys))
    )
    seen = resting | set(connection.scalars(had_this))
    free = []
    for each in who:
        if each.email_key not in seen:
            seen.add(each.email_key)
            free.append(each)
    return tuple(free)


def next_batch(
    connection: Connection, update: Update, *, after: int, limit: int
) -> tuple[Recipient, ...]:
    """Return the next signers that an update goes to, in the order in which they signed."""
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
    who: Sequence[tuple[Recipient, str]],
    *,
    reached: int,
    not_before: datetime,
    now: datetime,
) -> bool:
    """Queue a message to each of them under its message id, and move on behind signature `reached`.

    Signatures that were erased since they were read get none. False, with nothing queued, when the
    update was stopped or somebody else has moved on.
    """
    there = set(
        connection.scalars(
            sa.select(signatures.c.id)
            .where(signatures.c.id.in_([recipient.id for recipient, _ in who]))
            .order_by(signatures.c.id)
            # Whoever erases one of them now waits until its message is queued, and takes it along.
            .with_for_update(read=True, key_share=True)
        )
    )
    who = [one for one in who if one[0].id in there]
    moved = connection.execute(
        sa.update(updates)
        .where(
            updates.c.id == update.id,
            updates.c.status == UpdateStatus.SENDING,
            updates.c.reached == update.reached,
        )
        .values(reached=reached, queued=updates.c.queued + len(who))
    )
    if moved.rowcount != 1:
        return False
    if not who:
        return True
    connection.execute(
        sa.insert(outbox),
        [
            {
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
            for recipient, message_id in who
        ],
    )
    return True


def is_wanted(connection: Connection, update: Update, signature_id: int) -> bool:
    """True while a message of an update may still go to a signer: asked again as it leaves."""
    asked = update.audience.get("wording", "")
    is_open_question = [wordings.signed_other(asked)] if asked else []
    found = connection.execute(
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
    return found is not None
