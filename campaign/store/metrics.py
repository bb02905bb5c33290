"""What monitoring reads: a few sums over small tables and small indexes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import counts, daily_counters, heartbeats, jobs
from campaign.store.db.literals import equals_literal
from campaign.store.heartbeats import Thread
from campaign.store.models import daily as daily_table
from campaign.store.models import endpoints, outbox, signatures
from campaign.store.statuses import Origin, OutboxStatus, SignatureStatus


@dataclass(frozen=True)
class Gauges:
    """The state of an installation; on SQLite, of one moment.

    `outbox` counts unsent rows by kind and status, and `oldest_due` is when the oldest of them
    became due. `signatures` counts by campaign and status: online, paper (both confirmed), pending,
    held. `outcomes` counts outbox rows by outcome and kind since counting began. `last_beats` is by
    thread of the worker, as `heartbeats.last_beats` returns it.
    """

    outbox: dict[tuple[str, str], int]
    oldest_due: datetime | None
    signatures: dict[tuple[str, str], int]
    outcomes: dict[tuple[str, str], int]
    jobs: dict[str, int]
    endpoints: dict[tuple[str, str], int]
    last_beats: Mapping[Thread, datetime]


def read(connection: Connection, *, now: datetime) -> Gauges:
    """Return the state of the installation, without reading the confirmed signatures."""
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
        last_beats=heartbeats.last_beats(connection, now=now),
    )


def _outbox(connection: Connection) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = {}
    for status in (OutboxStatus.QUEUED, OutboxStatus.LEASED):
        rows = connection.execute(
            sa.select(outbox.c.kind, sa.func.count())
            .where(equals_literal(outbox.c.status, status))
            .group_by(outbox.c.kind)
        )
        counted |= {(kind, status): count for kind, count in rows}
    return counted


def _signatures(connection: Connection) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = {}
    for name, (total, paper) in counts.totals_by_campaign(connection).items():
        counted[name, Origin.ONLINE], counted[name, Origin.PAPER] = total - paper, paper
    for status in (SignatureStatus.PENDING, SignatureStatus.HELD):
        rows = connection.execute(
            sa.select(signatures.c.campaign, sa.func.count())
            .where(equals_literal(signatures.c.status, status))
            .group_by(signatures.c.campaign)
        )
        counted |= {(name, status): count for name, count in rows}
    return counted


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
    counted = {}
    for kind, count in rows:
        what, _, row_kind = kind.partition("/")
        if what in known:
            counted[what, row_kind] = int(count)
    return counted
