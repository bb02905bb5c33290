"""Figures of updates: counted from the outbox, and archived before its rows are deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import outbox, updates
from campaign.store.statuses import OutboxStatus


@dataclass(frozen=True)
class Figures:
    """The number of an update's messages by outcome; `waiting` ones are not sent yet."""

    queued: int
    waiting: int
    sent: int
    failed: int
    canceled: int
    bounced: int
    blocked: int
    complained: int
    unsubscribed: int


def of_rows(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Figures]:
    """Return {id of the update: its figures} for rows of `updates`."""
    settled = {row.id for row in rows if row.sent + row.failed + row.canceled}
    live = _count_outbox(connection, [row.id for row in rows if row.id not in settled])
    figures = {}
    for row in rows:
        now = live.get(row.id, {})
        is_settled = row.id in settled
        figures[row.id] = Figures(
            queued=row.queued,
            waiting=now.get(OutboxStatus.QUEUED, 0) + now.get(OutboxStatus.LEASED, 0),
            sent=row.sent if is_settled else now.get(OutboxStatus.SENT, 0),
            failed=row.failed if is_settled else now.get(OutboxStatus.FAILED, 0),
            canceled=row.canceled if is_settled else now.get("canceled", 0),
            bounced=row.bounced,
            blocked=row.blocked,
            complained=row.complained,
            unsubscribed=row.unsubscribed,
        )
    return figures


def _count_outbox(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return {id of the update: {outcome: number}} from the outbox."""
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


def count_unsubscribed(connection: Connection, signature_id: int) -> None:
    """Count an unsubscription for the latest update that was sent to the signer."""
    latest = (
        sa.select(sa.func.max(outbox.c.update_id))
        .where(
            outbox.c.signature_id == signature_id,
            sa.text("update_id IS NOT NULL"),
            outbox.c.status == OutboxStatus.SENT,
        )
        .scalar_subquery()
    )
    connection.execute(
        sa.update(updates)
        .where(updates.c.id == latest)
        .values(unsubscribed=updates.c.unsubscribed + 1)
    )


_store_figures = (
    sa.update(updates)
    .where(updates.c.id == sa.bindparam("row"))
    .values({name: sa.bindparam(name) for name in ("sent", "failed", "canceled")})
)


def archive(connection: Connection, *, created_before: datetime) -> int:
    """Store the figures of older updates, before their outbox rows are deleted; return how many."""
    rows = connection.execute(
        sa.select(updates).where(
            updates.c.finished_at.is_not(None),
            updates.c.sent_at < created_before,
            updates.c.queued > 0,
            updates.c.sent + updates.c.failed + updates.c.canceled == 0,
        )
    ).all()
    counted = _count_outbox(connection, [row.id for row in rows])
    figures = []
    for row in rows:
        live = counted.get(row.id, {})
        sent, failed = live.get(OutboxStatus.SENT, 0), live.get(OutboxStatus.FAILED, 0)
        canceled = row.queued - sent - failed
        figures.append({"row": row.id, "sent": sent, "failed": failed, "canceled": canceled})
    if figures:
        connection.execute(_store_figures, figures)
    return len(rows)
