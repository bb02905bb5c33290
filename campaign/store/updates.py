"""Updates: news from organizers to signers, from draft to sent. The caller owns the transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store import update_figures
from campaign.store.models import outbox, updates
from campaign.store.signers import Search
from campaign.store.statuses import OutboxStatus, UpdateStatus
from campaign.store.update_figures import Figures

#: The error of an outbox row that an organizer stopped.
STOPPED = "canceled: the update was stopped"


@dataclass(frozen=True)
class Update:
    """News to signers. `audience` maps `AUDIENCE` fields to values.

    `about` says what it asks its readers to contact officials about (`campaign.packs.asks`). A
    draft with `send_at` is scheduled, by the actor `scheduled_by`; `not_sent` says why one was not
    sent at its time.
    """

    id: int
    public_id: str
    campaign: str
    subject: str
    body: str
    audience: Mapping[str, str]
    about: str
    status: UpdateStatus
    created_by: str
    created_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None
    send_at: datetime | None
    scheduled_by: str
    not_sent: str
    reached: int
    queued: int
    figures: Figures

    @property
    def asks_again(self) -> bool:
        """True if it asks signers of an earlier wording to agree to a later one."""
        return bool(self.audience.get("wording"))

    @property
    def is_draft(self) -> bool:
        """True while it can be changed."""
        return self.status == UpdateStatus.DRAFT

    def search(self) -> Search:
        """Return the search for its audience."""
        return audience_search(self.campaign, self.audience)


#: The fields of an audience. `wording` is the version that its readers have not signed, and are
#: asked to agree to.
AUDIENCE = ("state", "district", "source", "origin", "wording")


def audience_search(campaign: str, audience: Mapping[str, str]) -> Search:
    """Return the search for an audience."""
    state, district, source, origin, wording = (audience.get(name, "") for name in AUDIENCE)
    return Search(
        campaign,
        state=state,
        district=district,
        source=source,
        origin=origin,
        other_words_than=wording,
    )


def add(
    connection: Connection,
    *,
    campaign: str,
    subject: str,
    body: str,
    audience: Mapping[str, str],
    about: str = "",
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
            "about": about,
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
    about: str = "",
) -> bool:
    """Change a draft, which is then not scheduled; False if it is no longer a draft."""
    changed = connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == UpdateStatus.DRAFT)
        .values(
            subject=subject,
            body=body,
            audience=dict(audience),
            about=about,
            send_at=None,
            not_sent="",
        )
    )
    return changed.rowcount == 1


def schedule(connection: Connection, update: Update, *, at: datetime, by: str) -> bool:
    """Schedule a draft whose text and time are as read; False otherwise."""
    return _set(connection, update, send_at=at, scheduled_by=by, not_sent="")


def cancel_schedule(connection: Connection, update: Update, *, why: str) -> bool:
    """Make a scheduled draft an ordinary one; False if its schedule was changed meanwhile."""
    return update.send_at is not None and _set(connection, update, send_at=None, not_sent=why)


def _set(connection: Connection, update: Update, **values: Any) -> bool:
    """Change columns of a draft if its subject, body and time are still as they were read."""
    changed = connection.execute(sa.update(updates).where(*_as_read(update)).values(**values))
    return changed.rowcount == 1


def _as_read(update: Update) -> list[sa.ColumnElement[bool]]:
    return [
        updates.c.id == update.id,
        updates.c.status == UpdateStatus.DRAFT,
        updates.c.subject == update.subject,
        updates.c.body == update.body,
        updates.c.send_at.is_not_distinct_from(update.send_at),
    ]


def due(connection: Connection, now: datetime) -> tuple[Update, ...]:
    """Return the scheduled drafts whose time has come, the earliest first, with their figures."""
    rows = connection.execute(
        sa.select(updates)
        .where(updates.c.status == UpdateStatus.DRAFT, updates.c.send_at <= now)
        .order_by(updates.c.send_at)
        .limit(50)
    ).all()
    figures = update_figures.of_rows(connection, rows)
    return tuple(_update(row, figures[row.id]) for row in rows)


def delete(connection: Connection, update: Update) -> bool:
    """Delete a draft; False if it is no longer a draft."""
    changed = connection.execute(
        sa.delete(updates).where(updates.c.id == update.id, updates.c.status == UpdateStatus.DRAFT)
    )
    return changed.rowcount == 1


def find(connection: Connection, public_id: str) -> Update | None:
    """Return the update with that public id and its figures, or None."""
    row = connection.execute(
        sa.select(updates).where(updates.c.public_id == public_id)
    ).one_or_none()
    return None if row is None else _update(row, update_figures.of_rows(connection, [row])[row.id])


def by_id(connection: Connection, update_id: int) -> Update | None:
    """Return the update with that row id and its figures, or None."""
    row = connection.execute(sa.select(updates).where(updates.c.id == update_id)).one_or_none()
    return None if row is None else _update(row, update_figures.of_rows(connection, [row])[row.id])


def of_campaign(connection: Connection, campaign: str, *, limit: int = 50) -> tuple[Update, ...]:
    """Return a campaign's updates with their figures, newest first."""
    rows = connection.execute(
        sa.select(updates)
        .where(updates.c.campaign == campaign)
        .order_by(updates.c.id.desc())
        .limit(limit)
    ).all()
    figures = update_figures.of_rows(connection, rows)
    return tuple(_update(row, figures[row.id]) for row in rows)


def count_sent_by_about(
    connection: Connection, campaign: str, *, since: datetime, before: datetime
) -> dict[str, int]:
    """Return {what updates ask about: emails sent} of the updates that began in a period.

    Updates that ask nothing of their readers are left out; `before` is not included.
    """
    rows = connection.execute(
        sa.select(updates).where(
            updates.c.campaign == campaign,
            updates.c.about != "",
            updates.c.sent_at >= since,
            updates.c.sent_at < before,
        )
    ).all()
    figures = update_figures.of_rows(connection, rows)
    found: dict[str, int] = {}
    for row in rows:
        found[row.about] = found.get(row.about, 0) + figures[row.id].sent
    return found


def id_of(connection: Connection, public_id: str) -> int:
    """Return the row id of an update; 0 if it was deleted."""
    query = sa.select(updates.c.id).where(updates.c.public_id == public_id)
    return int(connection.execute(query).scalar_one_or_none() or 0)


def begin(connection: Connection, update: Update, *, now: datetime) -> bool:
    """Start sending a draft whose text and time are as read; False otherwise."""
    return _set(connection, update, status=UpdateStatus.SENDING, sent_at=now, send_at=None)


def finish(connection: Connection, update: Update, *, now: datetime) -> None:
    """Record that all messages are queued."""
    connection.execute(
        sa.update(updates)
        .where(updates.c.id == update.id, updates.c.status == UpdateStatus.SENDING)
        .values(status=UpdateStatus.SENT, finished_at=now)
    )


def stop(connection: Connection, update: Update, *, now: datetime) -> int:
    """Stop an update: fail its queued messages, and return how many."""
    connection.execute(
        sa.update(updates)
        .where(
            updates.c.id == update.id,
            updates.c.status.in_([UpdateStatus.SENDING, UpdateStatus.SENT]),
        )
        .values(status=UpdateStatus.STOPPED, finished_at=now)
    )
    return connection.execute(
        sa.update(outbox)
        .where(
            sa.text("update_id IS NOT NULL"),
            outbox.c.update_id == update.id,
            outbox.c.status == OutboxStatus.QUEUED,
        )
        .values(status=OutboxStatus.FAILED, finished_at=now, last_error=STOPPED, to="")
    ).rowcount


def _update(row: Row[Any], figures: Figures) -> Update:
    return Update(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        subject=row.subject,
        body=row.body,
        audience=row.audience,
        about=row.about,
        status=UpdateStatus(row.status),
        created_by=row.created_by,
        created_at=row.created_at,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
        send_at=row.send_at,
        scheduled_by=row.scheduled_by,
        not_sent=row.not_sent,
        reached=row.reached,
        queued=row.queued,
        figures=figures,
    )
