"""Updates: their texts, who gets them, how far they have come. The caller owns the transaction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.mail_address import mailable
from campaign.store import wordings
from campaign.store.db import advisory_locks
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import bounces, outbox, signatures, updates
from campaign.store.signers import Search

#: What is written beside a row of the outbox that an organizer stopped.
STOPPED = "canceled: the update was stopped"


@dataclass(frozen=True)
class Figures:
    """What became of an update's messages; `waiting` are those that have not left yet."""

    queued: int
    waiting: int
    sent: int
    failed: int
    canceled: int
    bounced: int
    blocked: int
    complained: int
    unsubscribed: int


#: What a mail server said of an update that did not arrive; `complained` is its reader's word.
BounceKind = Literal["gone", "full", "blocked", "failed", "complained"]

#: After so many updates that found a mailbox full, it gets no more.
MAX_FULL = 3


@dataclass(frozen=True)
class Update:
    """News to signers. `audience` are fields of a `Search`: by place, source, origin, wording."""

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
    def asks_again(self) -> bool:
        """True where it asks signers of an earlier wording to agree to a later one."""
        return bool(self.audience.get("wording"))

    @property
    def is_draft(self) -> bool:
        """True while it can be changed."""
        return self.status == "draft"

    def search(self) -> Search:
        """Return who would get it, as far as places and sources say."""
        return audience_search(self.campaign, self.audience)


#: The fields of a `Search` that an audience may have; `wording` is the version that its readers
#: have not signed, and are asked to.
AUDIENCE = ("state", "district", "source", "origin", "wording")


def audience_search(campaign: str, audience: Mapping[str, str]) -> Search:
    """Return the search for an audience's fields."""
    state, district, source, origin, wording = (audience.get(name, "") for name in AUDIENCE)
    return Search(
        campaign,
        state=state,
        district=district,
        source=source,
        origin=origin,
        other_words_than=wording,
    )


@dataclass(frozen=True)
class Recipient:
    """A signer that an update goes to."""

    id: int
    public_id: str
    email: str
    email_key: str
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


def take_turn(connection: Connection) -> None:
    """Let those who choose readers of an update take turns until the transaction ends."""
    advisory_locks.lock_until_commit(connection, "update-readers")


def begin(connection: Connection, update: Update, *, now: datetime) -> bool:
    """Turn a draft into one that is being sent; False when it is none any more."""
    done = connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == "draft")
        .values(status="sending", sent_at=now)
    )
    return done.rowcount == 1


#: Signers whose mailbox is gone or was full too often, or who complained.
_UNREACHABLE = sa.union_all(
    sa.select(bounces.c.signature_id).where(bounces.c.kind.in_(["gone", "complained"])),
    sa.select(bounces.c.signature_id)
    .where(bounces.c.kind == "full")
    .group_by(bounces.c.signature_id)
    .having(sa.func.count() >= MAX_FULL),
)


def _wanted(search: Search) -> list[Any]:
    """Confirmed signers of a search who asked for news and can be reached."""
    return [
        *search.conditions(),
        signatures.c.status == "confirmed",
        signatures.c.mail_opt_in,
        signatures.c.unsubscribed_at.is_(None),
        signatures.c.anonymised_at.is_(None),
        signatures.c.email.is_not(None),
        signatures.c.id.not_in(_UNREACHABLE),
    ]


@dataclass(frozen=True)
class Reach:
    """How many mailboxes an update goes to, and how many rest: they had enough for now.

    `first_queued_at` is the earliest time within the window at which one that rests was mailed.
    """

    readers: int
    resting: int
    first_queued_at: datetime | None


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
            outbox.c.status != "failed",
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


def not_resting(
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


def recipients(
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
            updates.c.status == "sending",
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


def is_wanted(connection: Connection, update: Update, signature_id: int) -> bool:
    """True while a message of an update may still go to a signer: asked again as it leaves."""
    asked = update.audience.get("wording", "")
    is_open_question = [wordings.signed_other(asked)] if asked else []
    found = connection.execute(
        sa.select(updates.c.id)
        .join(signatures, signatures.c.id == signature_id)
        .where(
            updates.c.id == update.id,
            updates.c.status != "stopped",
            *is_open_question,
            signatures.c.status == "confirmed",
            signatures.c.mail_opt_in,
            signatures.c.unsubscribed_at.is_(None),
            signatures.c.id.not_in(_UNREACHABLE),
        )
    ).one_or_none()
    return found is not None


# A later report replaces an earlier one only where it says more: a complaint more than all, and
# that a mailbox is gone more than that it was full.
_WEIGHT = {"failed": 0, "blocked": 0, "full": 1, "gone": 2, "complained": 3}
_note = {
    name: insert.on_conflict_do_update(
        index_elements=[bounces.c.signature_id, bounces.c.update_id],
        set_={"kind": insert.excluded.kind, "at": insert.excluded.at},
        where=sa.case(_WEIGHT, value=insert.excluded.kind) > sa.case(_WEIGHT, value=bounces.c.kind),
    ).returning(bounces.c.signature_id)
    for name, insert in both(bounces).items()
}


def note_bounce(
    connection: Connection, signature_id: int, kind: BounceKind, *, update_id: int, now: datetime
) -> bool:
    """Keep what a mail server or a reader said of an update to a signer.

    False, with nothing changed, where as much was known of this update and signer.
    """
    new = connection.execute(
        _note[dialect_of(connection)],
        {"signature_id": signature_id, "update_id": update_id, "kind": kind, "at": now},
    )
    if new.one_or_none() is None:
        return False
    name = kind if kind in {"complained", "blocked"} else "bounced"
    column = updates.c[name]
    connection.execute(
        sa.update(updates).where(updates.c.id == update_id).values({name: column + 1})
    )
    return True


def row_of(connection: Connection, public_id: str) -> int:
    """Return the row of an update; 0 where it is gone."""
    asked = sa.select(updates.c.id).where(updates.c.public_id == public_id)
    return int(connection.execute(asked).scalar_one_or_none() or 0)


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
            updates.c.sent + updates.c.failed + updates.c.canceled == 0,
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
                canceled=row.queued - live.get("sent", 0) - live.get("failed", 0),
            )
        )
    return len(rows)


def _live(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Count the outbox's rows of updates by what became of them."""
    state = sa.case(
        (outbox.c.last_error.like("canceled%"), "canceled"), else_=outbox.c.status
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
    settled = {row.id for row in rows if row.sent + row.failed + row.canceled}
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
            canceled=row.canceled if is_settled else now.get("canceled", 0),
            bounced=row.bounced,
            blocked=row.blocked,
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
