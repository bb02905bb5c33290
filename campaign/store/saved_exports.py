"""A campaign's saved exports, by name. The caller owns the transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import saved_exports


@dataclass(frozen=True)
class SavedExport:
    """A preset, a filter and a purpose under a name. `filter` is as typed."""

    id: int
    campaign: str
    name: str
    preset: str
    filter: Mapping[str, str]
    purpose: str
    actor: str
    saved_at: datetime


_save = {
    name: insert.on_conflict_do_update(
        index_elements=[saved_exports.c.campaign, saved_exports.c.name],
        set_={
            column: insert.excluded[column]
            for column in ("preset", "filter", "purpose", "actor", "saved_at")
        },
    )
    for name, insert in both(saved_exports).items()
}


def save(
    connection: Connection,
    campaign: str,
    name: str,
    *,
    preset: str,
    filter: Mapping[str, str],
    purpose: str,
    actor: str,
    now: datetime,
) -> None:
    """Save an export under a name, in place of any that had it."""
    connection.execute(
        _save[dialect_of(connection)],
        {
            "campaign": campaign,
            "name": name,
            "preset": preset,
            "filter": dict(filter),
            "purpose": purpose,
            "actor": actor,
            "saved_at": now,
        },
    )


def of_campaign(connection: Connection, campaign: str) -> tuple[SavedExport, ...]:
    """Return a campaign's saved exports, sorted by name."""
    query = (
        sa.select(saved_exports)
        .where(saved_exports.c.campaign == campaign)
        .order_by(saved_exports.c.name)
    )
    return tuple(_saved(row) for row in connection.execute(query))


def find(connection: Connection, campaign: str, name: str) -> SavedExport | None:
    """Return a campaign's saved export of that name, or None."""
    query = sa.select(saved_exports).where(
        saved_exports.c.campaign == campaign, saved_exports.c.name == name
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _saved(row)


def forget(connection: Connection, campaign: str, name: str) -> bool:
    """Delete a campaign's saved export of that name; False if there is none."""
    deleted = connection.execute(
        sa.delete(saved_exports).where(
            saved_exports.c.campaign == campaign, saved_exports.c.name == name
        )
    )
    return deleted.rowcount == 1


def _saved(row: Row[Any]) -> SavedExport:
    return SavedExport(**row._mapping)
