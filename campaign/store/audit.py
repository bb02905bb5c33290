"""The audit log: who did what with people's data, and when. It does not name the people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import audit


@dataclass(frozen=True)
class Record:
    """One action. The keys of `details` depend on the action."""

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
    """Return records, latest first, of one action and one campaign if given.

    With a `limit` of None, return all of them.
    """
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if action:
        query = query.where(audit.c.action == action)
    if campaign:
        query = query.where(audit.c.campaign == campaign)
    return tuple(of_row(row) for row in connection.execute(query))


def of_bulk_decision(connection: Connection, campaign: str, press: str) -> Mapping[str, str]:
    """Return {public id: action} of one decision about many signatures, oldest first."""
    if not press.isalnum():
        return {}
    rows = connection.execute(
        sa.select(audit)
        .where(
            audit.c.campaign == campaign,
            audit.c.action.in_(("release", "invalidate")),
            sa.cast(audit.c.details, sa.String).contains(f'"{press}"', autoescape=True),
        )
        .order_by(audit.c.id)
    )
    matching = (of_row(row) for row in rows)
    return {
        str(record.details["signature"]): record.action
        for record in matching
        if record.details.get("press") == press
    }


@dataclass(frozen=True)
class AuditFilter:
    """Which records of a campaign to return; "" and None match all.

    `accounts` are the ids of those who run it. What they do to their own accounts (log in, change
    the password) belongs to no campaign, but is included.
    """

    campaign: str
    accounts: tuple[int, ...] = ()
    action: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page(
    connection: Connection,
    wanted: AuditFilter,
    *,
    before: int | None = None,
    limit: int | None = 100,
) -> tuple[Record, ...]:
    """Return matching records, latest first, starting below the id `before`."""
    query = sa.select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    return tuple(of_row(row) for row in connection.execute(query))


def actions(connection: Connection, wanted: AuditFilter) -> tuple[str, ...]:
    """Return the actions in a campaign's log, sorted."""
    query = (
        sa.select(audit.c.action).where(*_conditions(wanted)).distinct().order_by(audit.c.action)
    )
    return tuple(connection.scalars(query))


def actors(connection: Connection, wanted: AuditFilter) -> tuple[str, ...]:
    """Return the actors in a campaign's log, sorted; "" is someone without an account."""
    query = sa.select(audit.c.actor).where(*_conditions(wanted)).distinct().order_by(audit.c.actor)
    return tuple(connection.scalars(query))


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a filter."""
    of_accounts = (audit.c.campaign == "") & audit.c.actor.in_(
        ("", *(f"user:{number}" for number in wanted.accounts))
    )
    where: list[sa.ColumnElement[bool]] = [(audit.c.campaign == wanted.campaign) | of_accounts]
    if wanted.action:
        where.append(audit.c.action == wanted.action)
    if wanted.actor:
        where.append(audit.c.actor == wanted.actor)
    if wanted.since is not None:
        where.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(audit.c.at < wanted.until)
    return where


def of_row(row: Row[Any]) -> Record:
    """Return the record in a row of the table."""
    return Record(row.id, row.at, row.actor, row.action, row.campaign, row.details)
