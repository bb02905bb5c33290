"""Exports that include people who were erased later.

A downloaded file cannot be recalled. So each erasure records the exports that may include the
person, and they are listed until an organizer marks them as deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import audit
from campaign.store.audit import Record
from campaign.store.models import audit as audit_table

#: The action of an organizer who marks an export as deleted or repeated.
DELETED = "export-deleted"

#: The action recorded before the first byte of a download. Its end is an "export" with the same
#: `download`; without one, it is unknown how much was downloaded.
BEGUN = "export-begun"

# An export reads its signers at most this long after its recorded time.
_BEGINS = timedelta(minutes=10)


@dataclass(frozen=True)
class StaleCopy:
    """An export that may include people who were erased later.

    `erased` are the public ids of their signatures.
    """

    export: Record
    erased: tuple[str, ...]


def outdated(connection: Connection, campaign: str = "") -> tuple[StaleCopy, ...]:
    """Return the exports that should be deleted or repeated, oldest first."""
    marked = deleted(connection)
    erased: dict[int, list[str]] = {}
    for record in reversed(audit.records(connection, action="erase", limit=None)):
        for export in record.details["exports"]:
            if export not in marked:
                erased.setdefault(export, []).extend(record.details["signatures"])
    exports = _exports(connection, erased)
    return tuple(
        StaleCopy(export, tuple(erased[export.id]))
        for export in exports
        if campaign in {"", export.campaign}
    )


def may_contain(
    connection: Connection, campaigns: Iterable[tuple[str, datetime]]
) -> tuple[Record, ...]:
    """Return the exports, not marked as deleted, that were made after these times.

    `campaigns` are names, each with the time when a signature of it was confirmed.
    """
    since = list(campaigns)
    marked = deleted(connection)
    return tuple(
        record
        for record in (
            *audit.records(connection, action="export", limit=None),
            *unfinished(connection),
        )
        if record.id not in marked
        and any(name == record.campaign and at <= record.at + _BEGINS for name, at in since)
    )


def unfinished(connection: Connection, campaign: str = "") -> tuple[Record, ...]:
    """Return the downloads that have begun but not ended: running, or interrupted by a crash."""
    ended = audit.records(connection, action="export", campaign=campaign, limit=None)
    downloads = {record.details.get("download") for record in ended}
    begun = audit.records(connection, action=BEGUN, campaign=campaign, limit=None)
    return tuple(record for record in begun if record.details["download"] not in downloads)


def mark_deleted(
    connection: Connection, campaign: str, export: int, *, actor: str, now: datetime
) -> bool:
    """Record that an export was deleted; False if `outdated` does not list it."""
    if all(copy.export.id != export for copy in outdated(connection, campaign)):
        return False
    audit.record(
        connection, DELETED, actor=actor, now=now, campaign=campaign, details={"export": export}
    )
    return True


def deleted(connection: Connection) -> frozenset[int]:
    """Return the audit ids of exports that are marked as deleted."""
    records = audit.records(connection, action=DELETED, limit=None)
    return frozenset(record.details["export"] for record in records)


def _exports(connection: Connection, ids: Iterable[int]) -> tuple[Record, ...]:
    rows = connection.execute(
        sa.select(audit_table).where(audit_table.c.id.in_(list(ids))).order_by(audit_table.c.id)
    )
    return tuple(audit.of_row(row) for row in rows)
