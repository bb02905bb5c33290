"""Letters to offices through CWC: queued, delivered, refused, or given up.

A row holds the exact words that its writer approved, until some time after the delivery. The caller
owns the transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.literals import equals_literal
from campaign.store.models import deliveries, outbox, sendings
from campaign.store.statuses import DeliveryStatus, OutboxStatus

#: The kind of an outbox row for one letter. Its `to` is the letter's DeliveryId, not an address.
KIND = "cwc"

#: Spelled out, not bound, so that both databases use the small index of these rows.
IS_LETTER = outbox.c.kind == sa.literal_column(f"'{KIND}'")


@dataclass(frozen=True, repr=False)
class Delivery:
    """One letter to one office. `sending_id` is the id of its request (`cwc_requests`)."""

    id: int
    sending_id: int
    campaign: str
    member: str
    office: str
    delivery_id: str
    subject: str
    statement: str
    own: str
    digest: str
    committees: str
    status: DeliveryStatus
    note: str
    created_at: datetime
    finished_at: datetime | None


def of_request(connection: Connection, sending_id: int) -> tuple[Delivery, ...]:
    """Return a request's letters in the order in which they were requested."""
    rows = connection.execute(
        sa.select(deliveries).where(deliveries.c.sending_id == sending_id).order_by(deliveries.c.id)
    )
    return tuple(of_row(row) for row in rows)


def of_requests(
    connection: Connection, sending_ids: Sequence[int]
) -> dict[int, tuple[Delivery, ...]]:
    """Return {id of the request: its letters}; requests without letters are left out."""
    rows = connection.execute(
        sa.select(deliveries)
        .where(deliveries.c.sending_id.in_(sending_ids))
        .order_by(deliveries.c.id)
    )
    found: dict[int, tuple[Delivery, ...]] = {}
    for row in rows:
        found[row.sending_id] = (*found.get(row.sending_id, ()), of_row(row))
    return found


def mark(
    connection: Connection, delivery: int, status: DeliveryStatus, *, now: datetime, note: str = ""
) -> None:
    """Set a letter's status, with a note on why."""
    finished = None if status in {DeliveryStatus.WAITING, DeliveryStatus.QUEUED} else now
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(status=status, note=note, finished_at=finished)
    )


def mark_given_up(connection: Connection, *, now: datetime) -> int:
    """Mark the letters that the outbox gave up on; return how many."""
    given_up = sa.exists().where(
        IS_LETTER,
        outbox.c.status == OutboxStatus.FAILED,
        outbox.c.to == deliveries.c.delivery_id,
    )
    return connection.execute(
        sa.update(deliveries)
        .where(equals_literal(deliveries.c.status, DeliveryStatus.QUEUED), given_up)
        .values(
            status=DeliveryStatus.GIVEN_UP, note="no response after all attempts", finished_at=now
        )
    ).rowcount


def give_up_old(connection: Connection, *, queued_before: datetime, now: datetime) -> int:
    """Give up on letters that were queued before that time; return how many."""
    return connection.execute(
        sa.update(outbox)
        .where(
            IS_LETTER, outbox.c.status == OutboxStatus.QUEUED, outbox.c.created_at < queued_before
        )
        .values(status=OutboxStatus.FAILED, finished_at=now)
    ).rowcount


def queue_again(
    connection: Connection, campaign: str = "", *, queued_after: datetime
) -> tuple[int, ...]:
    """Queue letters again that were given up; return the ids of their outbox rows.

    Letters queued before `queued_after` stay given up, because their writers no longer expect them.
    """
    chosen = (deliveries.c.status == DeliveryStatus.GIVEN_UP) & (
        outbox.c.created_at >= queued_after
    )
    if campaign:
        chosen &= deliveries.c.campaign == campaign
    rows = connection.execute(
        sa.select(deliveries.c.id, outbox.c.id.label("row"))
        .join(outbox, outbox.c.to == deliveries.c.delivery_id)
        .where(chosen, IS_LETTER, outbox.c.status == OutboxStatus.FAILED)
    ).all()
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in rows]))
        .values(status=DeliveryStatus.QUEUED, note="", finished_at=None)
    )
    return tuple(row.row for row in rows)


def counts(connection: Connection, campaign: str = "") -> Mapping[str, Mapping[str, int]]:
    """Return the number of letters as {campaign: {status: count}}; "" counts all campaigns."""
    query = sa.select(deliveries.c.campaign, deliveries.c.status, sa.func.count()).group_by(
        deliveries.c.campaign, deliveries.c.status
    )
    if campaign:
        query = query.where(deliveries.c.campaign == campaign)
    return _nested(connection.execute(query))


def by_member(connection: Connection, campaign: str) -> Mapping[str, Mapping[str, int]]:
    """Return the number of a campaign's letters as {member: {status: count}}."""
    query = (
        sa.select(deliveries.c.member, deliveries.c.status, sa.func.count())
        .where(deliveries.c.campaign == campaign)
        .group_by(deliveries.c.member, deliveries.c.status)
    )
    return _nested(connection.execute(query))


def recent_failures(
    connection: Connection, campaign: str = "", *, limit: int = 20
) -> tuple[Delivery, ...]:
    """Return the letters that were refused or given up, latest first."""
    query = (
        sa.select(deliveries)
        .where(deliveries.c.status.in_((DeliveryStatus.REFUSED, DeliveryStatus.GIVEN_UP)))
        .order_by(deliveries.c.finished_at.desc(), deliveries.c.id.desc())
        .limit(limit)
    )
    if campaign:
        query = query.where(deliveries.c.campaign == campaign)
    return tuple(of_row(row) for row in connection.execute(query))


def not_erased(connection: Connection, delivery_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these DeliveryIds belong to letters whose texts are still kept."""
    rows = connection.scalars(
        sa.select(deliveries.c.delivery_id)
        .join(sendings, sendings.c.id == deliveries.c.sending_id)
        .where(deliveries.c.delivery_id.in_(delivery_ids), sendings.c.emptied_at.is_(None))
    )
    return frozenset(rows)


def of_row(row: Row[Any]) -> Delivery:
    """Return the letter of a row of `deliveries`."""
    values = {each.name: getattr(row, each.name) for each in fields(Delivery)}
    return Delivery(**values | {"status": DeliveryStatus(row.status)})


def _nested(rows: Iterable[Row[str, str, int]]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for name, status, count in rows:
        counted.setdefault(name, {})[status] = count
    return counted
