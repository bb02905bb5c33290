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


def of_press(connection: Connection, campaign: str, press: str) -> Mapping[str, str]:
    """Return what one decision did to many signatures: public id -> action, oldest first."""
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
    found = (of_row(row) for row in rows)
    return {
        str(record.details["signature"]): record.action
        for record in found
        if record.details.get("press") == press
    }


@dataclass(frozen=True)
class Question:
    """Which records of a campaign are asked for; "" and None ask for all.

    `accounts` are the numbers of those who run it: what they do to their own account (log in,
    change the password) belongs to no campaign, and is shown with it.
    """

    campaign: str
    accounts: tuple[int, ...] = ()
    action: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page(
    connection: Connection, asked: Question, *, before: int | None = None, limit: int | None = 100
) -> tuple[Record, ...]:
    """Return the latest records that answer the question, first those below the id `before`."""
    found = sa.select(audit).where(*_answers(asked)).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        found = found.where(audit.c.id < before)
    return tuple(of_row(row) for row in connection.execute(found))


def actions(connection: Connection, asked: Question) -> tuple[str, ...]:
    """Return the actions that are on record for a campaign, in order."""
    found = sa.select(audit.c.action).where(*_answers(asked)).distinct().order_by(audit.c.action)
    return tuple(connection.scalars(found))


def actors(connection: Connection, asked: Question) -> tuple[str, ...]:
    """Return who is on record for a campaign, in order; "" is somebody without an account."""
    found = sa.select(audit.c.actor).where(*_answers(asked)).distinct().order_by(audit.c.actor)
    return tuple(connection.scalars(found))


def _answers(asked: Question) -> list[sa.ColumnElement[bool]]:
    of_accounts = (audit.c.campaign == "") & audit.c.actor.in_(
        ("", *(f"user:{number}" for number in asked.accounts))
    )
    where: list[sa.ColumnElement[bool]] = [(audit.c.campaign == asked.campaign) | of_accounts]
    if asked.action:
        where.append(audit.c.action == asked.action)
    if asked.actor:
        where.append(audit.c.actor == asked.actor)
    if asked.since is not None:
        where.append(audit.c.at >= asked.since)
    if asked.until is not None:
        where.append(audit.c.at < asked.until)
    return where


def of_row(row: Row[Any]) -> Record:
    """Return the record in a row of the table."""
    return Record(row.id, row.at, row.actor, row.action, row.campaign, row.details)
