"""Tables of signers that were exported before somebody in them was erased.

A file that left the house cannot be called back. So each erasure notes the exports that may hold
the person, and they are listed until an organizer says that they are deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import audit
from campaign.store.audit import Record
from campaign.store.models import audit as audit_table

#: The action by which an organizer puts on record that an export is deleted, or made anew.
DELETED = "export-deleted"

#: The action by which a download is on record before its first byte leaves. Its end is an "export"
#: of the same `download`; without one, nobody knows how far it came.
BEGUN = "export-begun"

# An export reads its signers this long after the time on record at most.
_BEGINS = timedelta(minutes=10)


@dataclass(frozen=True)
class Copy:
    """An export that may hold people who were erased since: their signatures' public ids."""

    export: Record
    erased: tuple[str, ...]


def outdated(connection: Connection, campaign: str = "") -> tuple[Copy, ...]:
    """Return the exports that should be deleted or made anew, the oldest first."""
    gone = deleted(connection)
    erased: dict[int, list[str]] = {}
    for record in reversed(audit.records(connection, action="erase", limit=None)):
        for export in record.details["exports"]:
            if export not in gone:
                erased.setdefault(export, []).extend(record.details["signatures"])
    exports = _exports(connection, erased)
    return tuple(
        Copy(export, tuple(erased[export.id]))
        for export in exports
        if campaign in {"", export.campaign}
    )


def holding(
    connection: Connection, campaigns: Iterable[tuple[str, datetime]]
) -> tuple[Record, ...]:
    """Return the exports, not deleted since, that were made after these moments.

    `campaigns` are names, each with when a signature of it was confirmed.
    """
    since = list(campaigns)
    gone = deleted(connection)
    return tuple(
        record
        for record in (
            *audit.records(connection, action="export", limit=None),
            *unended(connection),
        )
        if record.id not in gone
        and any(name == record.campaign and at <= record.at + _BEGINS for name, at in since)
    )


def unended(connection: Connection, campaign: str = "") -> tuple[Record, ...]:
    """Return the downloads that have begun and not ended: running still, or cut off by a crash."""
    ended = audit.records(connection, action="export", campaign=campaign, limit=None)
    downloads = {record.details.get("download") for record in ended}
    begun = audit.records(connection, action=BEGUN, campaign=campaign, limit=None)
    return tuple(record for record in begun if record.details["download"] not in downloads)


def mark_deleted(
    connection: Connection, campaign: str, export: int, *, actor: str, now: datetime
) -> bool:
    """Put on record that an export is deleted. False where it is not one that `outdated` lists."""
    if all(copy.export.id != export for copy in outdated(connection, campaign)):
        return False
    audit.record(
        connection, DELETED, actor=actor, now=now, campaign=campaign, details={"export": export}
    )
    return True


def deleted(connection: Connection) -> frozenset[int]:
    """Return the exports that are on record as deleted."""
    records = audit.records(connection, action=DELETED, limit=None)
    return frozenset(record.details["export"] for record in records)


def _exports(connection: Connection, ids: Iterable[int]) -> tuple[Record, ...]:
    rows = connection.execute(
        sa.select(audit_table).where(audit_table.c.id.in_(list(ids))).order_by(audit_table.c.id)
    )
    return tuple(audit.of_row(row) for row in rows)
