"""What whoever watches an installation asks: a few sums over small tables and small indexes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import counts, daily_counters, heartbeats, jobs
from campaign.store.db.literals import equals_literal
from campaign.store.heartbeats import Thread
from campaign.store.models import daily as daily_table
from campaign.store.models import endpoints, journal, outbox, signatures, tallies
from campaign.store.statuses import Origin, OutboxStatus, SignatureStatus


@dataclass(frozen=True)
class Gauges:
    """How an installation stands, of one moment on SQLite.

    `outbox` by kind and status, rows that wait or are being sent; `oldest_due` the time of the
    oldest among those that wait and are due. `signatures` by campaign and status: online, paper
    (both confirmed), pending, held. `outcomes` by outcome and kind of row, since counting began.
    `last_turns` by thread of the worker, as `heartbeats.last_turns` has them.
    """

    outbox: dict[tuple[str, str], int]
    oldest_due: datetime | None
    signatures: dict[tuple[str, str], int]
    outcomes: dict[tuple[str, str], int]
    jobs: dict[str, int]
    endpoints: dict[tuple[str, str], int]
    last_turns: Mapping[Thread, datetime]


def read(connection: Connection, *, now: datetime) -> Gauges:
    """Return how the installation stands. Nothing here walks over signatures that count."""
    return Gauges(
        outbox=_outbox(connection),
        oldest_due=connection.execute(
            sa.select(sa.func.min(outbox.c.not_before)).where(
                equals_literal(outbox.c.status, OutboxStatus.QUEUED), outbox.c.not_before <= now
            )
        ).scalar(),
        signatures=_signatures(connection),
        outcomes=_outcomes(connection),
        jobs=jobs.count_by_status(connection),
        endpoints={
            (kind, status): count
            for kind, status, count in connection.execute(
                sa.select(endpoints.c.kind, endpoints.c.status, sa.func.count()).group_by(
                    endpoints.c.kind, endpoints.c.status
                )
            )
        },
        last_turns=heartbeats.last_turns(connection, now=now),
    )


def _outbox(connection: Connection) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for status in (OutboxStatus.QUEUED, OutboxStatus.LEASED):
        rows = connection.execute(
            sa.select(outbox.c.kind, sa.func.count())
            .where(equals_literal(outbox.c.status, status))
            .group_by(outbox.c.kind)
        )
        found |= {(kind, status): count for kind, count in rows}
    return found


def _signatures(connection: Connection) -> dict[tuple[str, str], int]:
    names = connection.scalars(
        sa.union(sa.select(tallies.c.campaign), sa.select(journal.c.campaign))
    ).all()
    found: dict[tuple[str, str], int] = {}
    for name in names:
        total, paper = counts.standing(connection, name)
        found[name, Origin.ONLINE], found[name, Origin.PAPER] = total - paper, paper
    for status in (SignatureStatus.PENDING, SignatureStatus.HELD):
        rows = connection.execute(
            sa.select(signatures.c.campaign, sa.func.count())
            .where(equals_literal(signatures.c.status, status))
            .group_by(signatures.c.campaign)
        )
        found |= {(name, status): count for name, count in rows}
    return found


def _outcomes(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        sa.select(daily_table.c.kind, sa.func.sum(daily_table.c.count)).group_by(daily_table.c.kind)
    )
    known = {
        daily_counters.SENT,
        daily_counters.DEFERRED,
        daily_counters.FAILED,
        daily_counters.BOUNCED,
        daily_counters.BLOCKED,
    }
    found = {}
    for kind, count in rows:
        what, _, row_kind = kind.partition("/")
        if what in known:
            found[what, row_kind] = int(count)
    return found
