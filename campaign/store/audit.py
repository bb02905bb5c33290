"""Who did what with people's data, and when. A record names things and counts, never people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import audit


@dataclass(frozen=True)
class Record:
    """One thing that somebody did. `details` depend on the action."""

    id: int
    at: datetime
    actor: str
    action: str
    campaign: str
    details: Mapping[str, Any]


def record(
    connection: Connection,
    action: str,
    *,
    actor: str,
    now: datetime,
    campaign: str = "",
    details: Mapping[str, Any],
) -> None:
    """Append a record."""
    connection.execute(
        sa.insert(audit),
        {
            "at": now,
            "actor": actor,
            "action": action,
            "campaign": campaign,
            "details": dict(details),
        },
    )


def records(
    connection: Connection, *, action: str = "", campaign: str = "", limit: int | None = 100
) -> tuple[Record, ...]:
    """Return the latest records first, of one action and one campaign where these are given.

    A `limit` of None is all of them.
    """
    found = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if action:
        found = found.where(audit.c.action == action)
    if campaign:
        found = found.where(audit.c.campaign == campaign)
    return tuple(of_row(row) for row in connection.execute(found))


def of_row(row: Row[Any]) -> Record:
    """Return the record in a row of the table."""
    return Record(row.id, row.at, row.actor, row.action, row.campaign, row.details)
