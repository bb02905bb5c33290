"""Where members stand, as evidence with a day and a source. The caller owns the transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.packs.bills import Bill, BillType
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord, standings
from campaign.packs.standing_cache import ReadRecords
from campaign.store.db.engine import Database
from campaign.store.models import stances


@dataclass(frozen=True)
class StanceEntry:
    """A record as it is kept: `actor` recorded it at that instant (as in `audit.actor`)."""

    id: int
    record: StanceRecord
    actor: str
    at: datetime


def add(
    connection: Connection,
    campaign: str,
    records: Iterable[StanceRecord],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Append records that are not there already, in their order; return how many were new.

    A record is there already if the newest one for the same member and bill says the same, of the
    same day and from the same source. So importing a file twice changes nothing.
    """
    newest: dict[tuple[str, Bill | None], StanceRecord] = {}
    for entry in history(connection, campaign, limit=None):
        newest.setdefault((entry.record.bioguide, entry.record.bill), entry.record)
    rows: list[dict[str, object]] = []
    for record in records:
        key = (record.bioguide, record.bill)
        if newest.get(key) == record:
            continue
        newest[key] = record
        bill = record.bill
        rows.append(
            {
                "campaign": campaign,
                "member": record.bioguide,
                "stance": record.stance,
                "bill_congress": bill.congress if bill else 0,
                "bill_type": bill.type if bill else "",
                "bill_number": bill.number if bill else 0,
                "as_of": record.as_of,
                "source": record.source,
                "actor": actor,
                "at": now,
            }
        )
    if rows:
        connection.execute(sa.insert(stances), rows)
    return len(rows)


def records(connection: Connection, campaign: str) -> tuple[StanceRecord, ...]:
    """Return all evidence of a campaign, in the order in which it was recorded."""
    query = sa.select(stances).where(stances.c.campaign == campaign).order_by(stances.c.id)
    return tuple(_entry(row).record for row in connection.execute(query))


def history(
    connection: Connection, campaign: str, *, member: str = "", limit: int | None = 200
) -> tuple[StanceEntry, ...]:
    """Return the evidence of a campaign, or about one member, the newest entry first."""
    query = (
        sa.select(stances)
        .where(stances.c.campaign == campaign)
        .order_by(stances.c.id.desc())
        .limit(limit)
    )
    if member:
        query = query.where(stances.c.member == member)
    return tuple(_entry(row) for row in connection.execute(query))


def reader(database: Database) -> ReadRecords:
    """Return the function that reads a campaign's evidence for a StandingCache."""

    def read(campaign: str) -> tuple[StanceRecord, ...]:
        with database.reading() as connection:
            return records(connection, campaign)

    return read


def attach(connection: Connection, pack: Pack) -> Pack:
    """Return the campaign with where members stand on its day."""
    return replace(pack, standings=standings(records(connection, pack.name), pack.day))


def _entry(row: Row[Any]) -> StanceEntry:
    bill = (
        Bill(row.bill_congress, cast(BillType, row.bill_type), row.bill_number)
        if row.bill_type
        else None
    )
    record = StanceRecord(row.member, Stance(row.stance), row.as_of, row.source, bill)
    return StanceEntry(row.id, record, row.actor, row.at)
