"""The log of attempts to reach endpoints, without the bodies of requests and responses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import endpoint_attempts, endpoints, outbox
from campaign.store.outbox import OutboxRow
from campaign.store.statuses import EndpointStatus, OutboxStatus

#: An endpoint is disabled after all deliveries failed for this long.
DISABLE_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class Attempt:
    """One attempt to send an outbox row; `status_code` is 0 if there was no response.

    `is_last` is True for the latest attempt of its row; `outcome` is the current status of the row.
    """

    outbox_id: int
    message_id: str
    event: str
    attempt: int
    status_code: int
    milliseconds: int
    error: str
    at: datetime
    outcome: OutboxStatus
    is_last: bool

    @property
    def can_be_sent_again(self) -> bool:
        """True if no worker will send it by itself."""
        return self.is_last and self.outcome in {OutboxStatus.SENT, OutboxStatus.FAILED}


def record(
    connection: Connection,
    endpoint_id: int,
    row: OutboxRow,
    *,
    status_code: int,
    milliseconds: int,
    error: str,
    now: datetime,
) -> bool:
    """Log an attempt, which succeeded if `error` is empty.

    Returns True if the endpoint has now failed for `DISABLE_AFTER`. Logs nothing if the outbox row
    or the endpoint was deleted meanwhile.
    """
    attempt = sa.select(
        sa.literal(endpoint_id),
        outbox.c.id,
        sa.literal(str(row.payload.get("event", ""))),
        sa.literal(row.attempts),
        sa.literal(status_code),
        sa.literal(milliseconds),
        sa.literal(error[:200]),
        sa.literal(now, endpoint_attempts.c.at.type),
    ).where(
        outbox.c.id == row.id,
        sa.exists(sa.select(endpoints.c.id).where(endpoints.c.id == endpoint_id)),
    )
    names = [
        "endpoint_id", "outbox_id", "event", "attempt", "status_code", "milliseconds", "error", "at"
    ]  # fmt: skip
    connection.execute(sa.insert(endpoint_attempts).from_select(names, attempt))
    same = endpoints.c.id == endpoint_id
    first = sa.func.coalesce(
        endpoints.c.failing_since, sa.literal(now, endpoints.c.failing_since.type)
    )
    if not error:
        connection.execute(
            sa.update(endpoints)
            .where(same, endpoints.c.failing_since.is_not(None))
            .values(failing_since=None)
        )
        return False
    since = connection.execute(
        sa.update(endpoints)
        .where(same)
        .values(failing_since=first)
        .returning(endpoints.c.failing_since)
    ).scalar()
    return since is not None and now - since >= DISABLE_AFTER


def disable(connection: Connection, endpoint_id: int, note: str) -> bool:
    """Turn an endpoint off for the reason in `note`; False if it was not on."""
    changed = connection.execute(
        sa.update(endpoints)
        .where(endpoints.c.id == endpoint_id, endpoints.c.status == EndpointStatus.ON)
        .values(status=EndpointStatus.DISABLED, note=note)
    )
    return changed.rowcount == 1


def recent(connection: Connection, endpoint_id: int, *, limit: int = 50) -> tuple[Attempt, ...]:
    """Return the latest attempts of an endpoint, newest first."""
    later = endpoint_attempts.alias()
    rows = connection.execute(
        sa.select(
            endpoint_attempts,
            outbox.c.message_id,
            outbox.c.status.label("outcome"),
            ~sa.exists(
                sa.select(later.c.id).where(
                    later.c.outbox_id == endpoint_attempts.c.outbox_id,
                    later.c.id > endpoint_attempts.c.id,
                )
            ).label("is_last"),
        )
        .join(outbox, outbox.c.id == endpoint_attempts.c.outbox_id)
        .where(endpoint_attempts.c.endpoint_id == endpoint_id)
        .order_by(endpoint_attempts.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Attempt(
            outbox_id=row.outbox_id,
            message_id=row.message_id,
            event=row.event,
            attempt=row.attempt,
            status_code=row.status_code,
            milliseconds=row.milliseconds,
            error=row.error,
            at=row.at,
            outcome=OutboxStatus(row.outcome),
            is_last=bool(row.is_last),
        )
        for row in rows
    )


def send_again(
    connection: Connection, public_id: str, endpoint_id: int, message_id: str, *, now: datetime
) -> bool:
    """Queue a row that was sent or given up once more, under the same message id.

    Returns False if the endpoint's log has no such row.
    """
    logged = sa.select(endpoint_attempts.c.outbox_id).where(
        endpoint_attempts.c.endpoint_id == endpoint_id
    )
    changed = connection.execute(
        sa.update(outbox)
        .where(
            outbox.c.message_id == message_id,
            outbox.c.id.in_(logged),
            outbox.c.status.in_((OutboxStatus.SENT, OutboxStatus.FAILED)),
        )
        .values(
            status=OutboxStatus.QUEUED, to=public_id, not_before=now, attempts=0, finished_at=None
        )
    )
    return changed.rowcount == 1
