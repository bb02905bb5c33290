"""Updates: their texts, who gets them, how far they have come. The caller owns the transaction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store import turns
from campaign.store.models import bounces, outbox, signatures, updates
from campaign.store.signers import Search
from campaign.store.upsert import both, dialect_of

#: What is written beside a row of the outbox that an organiser stopped.
STOPPED = "cancelled: the update was stopped"


@dataclass(frozen=True)
class Figures:
    """What became of an update's messages; `waiting` are those that have not left yet."""

    queued: int
    waiting: int
    sent: int
    failed: int
    cancelled: int
    bounced: int
    complained: int
    unsubscribed: int


@dataclass(frozen=True)
class Update:
    """News to signers. `audience` are fields of a `Search` by place, source and origin."""

    id: int
    public_id: str
    campaign: str
    subject: str
    body: str
    audience: Mapping[str, str]
    status: str
    created_by: str
    created_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None
    reached: int
    queued: int
    figures: Figures

    @property
    def is_draft(self) -> bool:
        """True while it can be changed."""
        return self.status == "draft"

    def search(self) -> Search:
        """Return who would get it, as far as places and sources say."""
        return audience_search(self.campaign, self.audience)


#: The fields of a `Search` that an audience may have.
AUDIENCE = ("state", "district", "source", "origin")


def audience_search(campaign: str, audience: Mapping[str, str]) -> Search:
    """Return the search for an audience's fields."""
    state, district, source, origin = (audience.get(name, "") for name in AUDIENCE)
    return Search(campaign, state=state, district=district, source=source, origin=origin)


@dataclass(frozen=True)
class Recipient:
    """A signer that an update goes to."""

    id: int
    public_id: str
    email: str
    language: str


def add(
    connection: Connection,
    *,
    campaign: str,
    subject: str,
    body: str,
    audience: Mapping[str, str],
    created_by: str,
    now: datetime,
) -> str:
    """Add a draft and return its public id."""
    public_id = secrets.token_hex(8)
    connection.execute(
        sa.insert(updates),
        {
            "public_id": public_id,
            "campaign": campaign,
            "subject": subject,
            "body": body,
            "audience": dict(audience),
            "created_by": created_by,
            "created_at": now,
        },
    )
    return public_id


def change(
    connection: Connection,
    update: Update,
    *,
    subject: str,
    body: str,
    audience: Mapping[str, str],
) -> bool:
    """Change a draft; False when it is none any more."""
    done = connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == "draft")
        .values(subject=subject, body=body, audience=dict(audience))
    )
    return done.rowcount == 1


def delete(connection: Connection, update: Update) -> bool:
    """Delete a draft; False when it is none any more."""
    done = connection.execute(
        sa.delete(updates).where(updates.c.id == update.id, updates.c.status == "draft")
    )
    return done.rowcount == 1


def find(connection: Connection, public_id: str) -> Update | None:
    """Return that update with its figures, or None."""
    row = connection.execute(
        sa.select(updates).where(updates.c.public_id == public_id)
    ).one_or_none()
    return None if row is None else _update(row, _figures(connection, [row])[row.id])


def by_id(connection: Connection, update_id: int) -> Update | None:
    """Return the update in that row, or None."""
    row = connection.execute(sa.select(updates).where(updates.c.id == update_id)).one_or_none()
    return None if row is None else _update(row, _figures(connection, [row])[row.id])


def of_campaign(connection: Connection, campaign: str, *, limit: int = 50) -> tuple[Update, ...]:
    """Return a campaign's updates with their figures, the newest first."""
    rows = connection.execute(
        sa.select(updates)
        .where(updates.c.campaign == campaign)
        .order_by(updates.c.id.desc())
        .limit(limit)
    ).all()
    figures = _figures(connection, rows)
    return tuple(_update(row, figures[row.id]) for row in rows)


def take_turn(connection: Connection, campaign: str) -> None:
    """Let whoever sends an update of a campaign take turns until the transaction ends."""
    turns.take(connection, f"update:{campaign}")


def sent_since(connection: Connection, campaign: str, since: datetime) -> tuple[datetime, ...]:
    """Return when updates of a campaign were sent from a moment on, the earliest first."""
    rows = connection.execute(
        sa.select(updates.c.sent_at)
        .where(updates.c.campaign == campaign, updates.c.sent_at >= since)
        .order_by(updates.c.sent_at)
    )
    return tuple(rows.scalars())


def begin(connection: Connection, update: Update, *, now: datetime) -> bool:
    """Turn a draft into one that is being sent; False when it is none any more."""
    done = connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == "draft")
        .values(status="sending", sent_at=now)
    )
    return done.rowcount == 1


def _wanted(search: Search) -> list[Any]:
    """Confirmed signers of a search who asked for news and can be reached."""
    refused = sa.select(outbox.c.signature_id).where(
        sa.text("update_id IS NOT NULL"),
        outbox.c.signature_id.is_not(None),
        outbox.c.status == "failed",
        outbox.c.last_error.not_like("cancelled%"),
    )
    return [
        *search.conditions(),
        signatures.c.status == "confirmed",
        signatures.c.mail_opt_in,
        signatures.c.unsubscribed_at.is_(None),
        signatures.c.anonymised_at.is_(None),
        signatures.c.email.is_not(None),
        signatures.c.id.not_in(sa.select(bounces.c.signature_id)),
        signatures.c.id.not_in(refused),
    ]


def count_recipients(connection: Connection, search: Search) -> int:
    """Return how many would get an update."""
    asked = sa.select(sa.func.count()).select_from(signatures).where(*_wanted(search))
    return int(connection.execute(asked).scalar_one())


def recipients(
    connection: Connection, update: Update, *, after: int, limit: int
) -> tuple[Recipient, ...]:
    """Return the next signers that an update goes to, in the order in which they signed."""
    rows = connection.execute(
        sa.select(
            signatures.c.id, signatures.c.public_id, signatures.c.email, signatures.c.language
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
    not_before: datetime,
    now: datetime,
) -> bool:
    """Queue a message to each of them under its message id, and move on behind the last.

    False, with nothing queued, when the update was stopped or somebody else has moved on.
    """
    last = who[-1][0].id
    moved = connection.execute(
        sa.update(updates)
        .where(
            updates.c.id == update.id,
            updates.c.status == "sending",
            updates.c.reached == update.reached,
        )
        .values(reached=last, queued=updates.c.queued + len(who))
    )
    if moved.rowcount != 1:
        return False
    connection.execute(
        sa.insert(outbox),
        [
            {
                "kind": "update",
                "campaign": update.campaign,
                "to": recipient.email,
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


def finish(connection: Connection, update: Update, *, now: datetime) -> None:
    """Note that everybody is queued."""
    connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == "sending")
        .values(status="sent", finished_at=now)
    )


def stop(connection: Connection, update: Update, *, now: datetime) -> int:
    """Stop an update: what has not left will not. Return how many messages that is."""
    connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status.in_(["sending", "sent"]))
        .values(status="stopped", finished_at=now)
    )
    return connection.execute(
        sa.update(outbox)
        .where(
            sa.text("update_id IS NOT NULL"),
            outbox.c.update_id == update.id,
            outbox.c.status == "queued",
        )
        .values(status="failed", finished_at=now, last_error=STOPPED, to="")
    ).rowcount


def is_wanted(connection: Connection, update_id: int, signature_id: int) -> bool:
    """True while a message of an update may still go to a signer: asked again as it leaves."""
    found = connection.execute(
        sa.select(updates.c.id)
        .join(signatures, signatures.c.id == signature_id)
        .where(
            updates.c.id == update_id,
            updates.c.status != "stopped",
            signatures.c.status == "confirmed",
            signatures.c.mail_opt_in,
            signatures.c.unsubscribed_at.is_(None),
            sa.not_(sa.exists().where(bounces.c.signature_id == signatures.c.id)),
        )
    ).one_or_none()
    return found is not None


_note = {
    name: insert.on_conflict_do_nothing(index_elements=[bounces.c.signature_id]).returning(
        bounces.c.signature_id
    )
    for name, insert in both(bounces).items()
}


def note_bounce(
    connection: Connection, signature_id: int, kind: str, *, update: str, now: datetime
) -> bool:
    """Keep that a mailbox cannot be reached (`bounced`) or its owner `complained`, once.

    `update` is the public id of the one that came back. False where that was known.
    """
    new = connection.execute(
        _note[dialect_of(connection)], {"signature_id": signature_id, "kind": kind, "at": now}
    )
    if new.one_or_none() is None:
        return False
    column = updates.c.bounced if kind == "bounced" else updates.c.complained
    connection.execute(
        sa.update(updates).where(updates.c.public_id == update).values({column: column + 1})
    )
    return True


def note_unsubscribed(connection: Connection, signature_id: int) -> None:
    """Count somebody who left the list with the latest update that they were sent."""
    latest = (
        sa.select(sa.func.max(outbox.c.update_id))
        .where(
            outbox.c.signature_id == signature_id,
            sa.text("update_id IS NOT NULL"),
            outbox.c.status == "sent",
        )
        .scalar_subquery()
    )
    connection.execute(
        sa.update(updates)
        .where(updates.c.id == latest)
        .values(unsubscribed=updates.c.unsubscribed + 1)
    )


def settle(connection: Connection, *, created_before: datetime) -> int:
    """Write down what became of older updates, before the outbox forgets. Return how many."""
    rows = connection.execute(
        sa.select(updates).where(
            updates.c.finished_at.is_not(None),
            updates.c.sent_at < created_before,
            updates.c.queued > 0,
            updates.c.sent + updates.c.failed + updates.c.cancelled == 0,
        )
    ).all()
    for row in rows:
        live = _live(connection, [row.id]).get(row.id, {})
        connection.execute(
            sa.update(updates)
            .where(updates.c.id == row.id)
            .values(
                sent=live.get("sent", 0),
                failed=live.get("failed", 0),
                cancelled=row.queued - live.get("sent", 0) - live.get("failed", 0),
            )
        )
    return len(rows)


def _live(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Count the outbox's rows of updates by what became of them."""
    state = sa.case(
        (outbox.c.last_error.like("cancelled%"), "cancelled"), else_=outbox.c.status
    ).label("state")
    counted: dict[int, dict[str, int]] = {}
    for update_id, what, number in connection.execute(
        sa.select(outbox.c.update_id, state, sa.func.count())
        .where(sa.text("update_id IS NOT NULL"), outbox.c.update_id.in_(ids))
        .group_by(outbox.c.update_id, state)
    ):
        counted.setdefault(update_id, {})[what] = number
    return counted


def _figures(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Figures]:
    settled = {row.id for row in rows if row.sent + row.failed + row.cancelled}
    live = _live(connection, [row.id for row in rows if row.id not in settled])
    found = {}
    for row in rows:
        now = live.get(row.id, {})
        is_settled = row.id in settled
        found[row.id] = Figures(
            queued=row.queued,
            waiting=now.get("queued", 0) + now.get("leased", 0),
            sent=row.sent if is_settled else now.get("sent", 0),
            failed=row.failed if is_settled else now.get("failed", 0),
            cancelled=row.cancelled if is_settled else now.get("cancelled", 0),
            bounced=row.bounced,
            complained=row.complained,
            unsubscribed=row.unsubscribed,
        )
    return found


def _update(row: Row[Any], figures: Figures) -> Update:
    return Update(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        subject=row.subject,
        body=row.body,
        audience=row.audience,
        status=row.status,
        created_by=row.created_by,
        created_at=row.created_at,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
        reached=row.reached,
        queued=row.queued,
        figures=figures,
    )
