"""Versions of campaign texts; rows are only added. The caller owns the transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import text_versions


@dataclass(frozen=True)
class Version:
    """A version of a file of a campaign; `actor` is "" for the version before the first edit."""

    id: int
    campaign: str
    file: str
    text: str
    actor: str
    why: str
    at: datetime


def add(
    connection: Connection,
    *,
    campaign: str,
    file: str,
    text: str,
    actor: str,
    why: str,
    now: datetime,
) -> None:
    """Append a version."""
    connection.execute(
        sa.insert(text_versions),
        {
            "campaign": campaign,
            "file": file,
            "text": text,
            "actor": actor,
            "why": why,
            "at": now,
        },
    )


def latest(connection: Connection, campaign: str, file: str) -> Version | None:
    """Return the newest version of a file, None if it was never edited here."""
    row = connection.execute(
        _of(campaign).where(text_versions.c.file == file).limit(1)
    ).one_or_none()
    return None if row is None else _version(row)


def history(
    connection: Connection, campaign: str, *, file: str = "", limit: int = 100
) -> tuple[Version, ...]:
    """Return the versions of a campaign's texts, or of one file, newest first."""
    query = _of(campaign).limit(limit)
    if file:
        query = query.where(text_versions.c.file == file)
    return tuple(_version(row) for row in connection.execute(query))


def find(connection: Connection, campaign: str, version: int) -> Version | None:
    """Return that version of a campaign's texts, or None."""
    row = connection.execute(_of(campaign).where(text_versions.c.id == version)).one_or_none()
    return None if row is None else _version(row)


def before(connection: Connection, version: Version) -> Version | None:
    """Return the previous version of the same file, or None."""
    row = connection.execute(
        _of(version.campaign)
        .where(text_versions.c.file == version.file, text_versions.c.id < version.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _version(row)


def _of(campaign: str) -> sa.Select[Any]:
    return (
        sa.select(text_versions)
        .where(text_versions.c.campaign == campaign)
        .order_by(text_versions.c.id.desc())
    )


def _version(row: Row[Any]) -> Version:
    return Version(row.id, row.campaign, row.file, row.text, row.actor, row.why, row.at)
