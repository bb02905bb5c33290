"""Counts of signatures: changes are appended to a journal, and later moved into tallies.

A total is the tally plus the journal, read in one statement, so that moving rows between them never
loses or doubles a signature. No row is updated by every confirmation, so concurrent confirmations
do not wait for each other.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import civil_days
from campaign.store.db import advisory_locks, leases
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import journal, tallies
from campaign.store.signatures import Signature
from campaign.store.statuses import Origin

Kind = Literal["total", "state", "district", "day", "origin", "source", "paper-day"]

_append = sa.insert(journal)


def append(
    connection: Connection,
    campaign: str,
    *,
    state: str,
    district: str,
    at: datetime,
    delta: int,
    origin: str = Origin.ONLINE,
    source: str = "",
) -> None:
    """Record that the count of a campaign changed by `delta`, on its civil day of `at`.

    `origin` is one of `Origin`; `source` is the tag of the link that brought the person.
    """
    connection.execute(
        _append,
        {
            "campaign": campaign,
            "state": state,
            "district": district,
            "day": civil_days.day_of(connection, campaign, at),
            "delta": delta,
            "origin": origin,
            "source": Origin.PAPER if origin == Origin.PAPER else source,
        },
    )


def append_signature(
    connection: Connection, signature: Signature, *, at: datetime, delta: int
) -> None:
    """Record that a signature counts now (`delta` 1) or no longer counts (-1).

    `signature` must be returned by the statement that changed it, because earlier reads may be
    out of date.
    """
    append(
        connection,
        signature.campaign,
        state=signature.state,
        district=signature.district,
        at=at,
        delta=delta,
        origin=signature.origin,
        source=signature.source,
    )


def move_signature(
    connection: Connection, was: Signature, signature: Signature, *, at: datetime
) -> None:
    """Record that a counting signature changed its place or source from those of `was`."""
    compared = ("state", "district", "origin", "source")
    if all(getattr(was, name) == getattr(signature, name) for name in compared):
        return
    append_signature(connection, was, at=at, delta=-1)
    append_signature(connection, signature, at=at, delta=1)


def _sum_statement(
    kind: Kind, key: str, *newer: sa.ColumnElement[bool]
) -> sa.ScalarSelect[int | None]:
    """Return the tally of a key plus the journal's rows that meet the conditions."""
    rolled = (
        sa.select(tallies.c.count)
        .where(
            tallies.c.campaign == sa.bindparam("name"),
            tallies.c.kind == kind,
            tallies.c.key == key,
        )
        .scalar_subquery()
    )
    since = (
        sa.select(sa.func.sum(journal.c.delta))
        .where(journal.c.campaign == sa.bindparam("name"), *newer)
        .scalar_subquery()
    )
    return sa.select(sa.func.coalesce(rolled, 0) + sa.func.coalesce(since, 0)).scalar_subquery()


_sum_of_all = _sum_statement("total", "")
_total = sa.select(_sum_of_all)
_total_and_paper = sa.select(
    _sum_of_all, _sum_statement("origin", Origin.PAPER, journal.c.origin == Origin.PAPER)
)


def total(connection: Connection, campaign: str) -> int:
    """Return the number of confirmed signatures."""
    return int(connection.execute(_total, {"name": campaign}).scalar_one() or 0)


def total_and_paper(connection: Connection, campaign: str) -> tuple[int, int]:
    """Return the number of confirmed signatures, and how many of them are on paper."""
    row = connection.execute(_total_and_paper, {"name": campaign}).one()
    return int(row[0] or 0), int(row[1] or 0)


_nothing: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)
_totals = sa.union_all(
    sa.select(tallies.c.campaign, tallies.c.count.label("total"), _nothing.label("paper")).where(
        tallies.c.kind == "total", tallies.c.key == ""
    ),
    sa.select(tallies.c.campaign, _nothing, tallies.c.count).where(
        tallies.c.kind == "origin", tallies.c.key == Origin.PAPER
    ),
    sa.select(
        journal.c.campaign,
        journal.c.delta,
        sa.case((journal.c.origin == Origin.PAPER, journal.c.delta), else_=_nothing),
    ),
).subquery()
_totals_by_campaign = sa.select(
    _totals.c.campaign, sa.func.sum(_totals.c.total), sa.func.sum(_totals.c.paper)
).group_by(_totals.c.campaign)


def totals_by_campaign(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return {campaign: `total_and_paper`}, for campaigns that ever had a signature."""
    rows = connection.execute(_totals_by_campaign)
    return {campaign: (int(total), int(paper)) for campaign, total, paper in rows}


def _by_statement(
    kind: Kind, column: sa.ColumnElement[str], *only: sa.ColumnElement[bool]
) -> sa.Select[str, int]:
    parts = sa.union_all(
        sa.select(tallies.c.key.label("key"), tallies.c.count.label("delta")).where(
            tallies.c.campaign == sa.bindparam("name"), tallies.c.kind == kind
        ),
        sa.select(column.label("key"), journal.c.delta.label("delta")).where(
            journal.c.campaign == sa.bindparam("name"), *only
        ),
    ).subquery()
    count = sa.func.sum(parts.c.delta)
    return sa.select(parts.c.key, count).group_by(parts.c.key).having(count != 0)


_by: dict[Kind, sa.Select[str, int]] = {
    "state": _by_statement("state", journal.c.state),
    "district": _by_statement("district", journal.c.district),
    "day": _by_statement("day", sa.cast(journal.c.day, sa.String)),
    "origin": _by_statement("origin", journal.c.origin),
    "source": _by_statement("source", journal.c.source),
    "paper-day": _by_statement(
        "paper-day", sa.cast(journal.c.day, sa.String), journal.c.origin == Origin.PAPER
    ),
}


def by(connection: Connection, campaign: str, kind: Kind) -> dict[str, int]:
    """Return {key: count} of a kind, sorted by key. Days are ISO dates such as "2026-11-24".

    The kind "paper-day" counts paper signatures by day.
    """
    rows = connection.execute(_by[kind], {"name": campaign})
    return {row[0]: int(row[1]) for row in sorted(rows, key=lambda row: str(row[0]))}


_add_to = {
    name: insert.on_conflict_do_update(
        index_elements=[tallies.c.campaign, tallies.c.kind, tallies.c.key],
        set_={"count": tallies.c.count + insert.excluded.count},
    )
    for name, insert in both(tallies).items()
}


def roll_up(connection: Connection, *, limit: int = 10_000) -> int:
    """Move up to `limit` of the oldest journal rows into the tallies; return how many.

    Rows are deleted, not marked by position: on PostgreSQL, a row with a lower id may be committed
    later, and would be lost.
    """
    oldest = leases.next_unlocked(journal.c.id, order=(journal.c.id,), limit=limit)
    rows = connection.execute(
        sa.delete(journal)
        .where(oldest)
        .returning(
            journal.c.campaign,
            journal.c.state,
            journal.c.district,
            journal.c.day,
            journal.c.delta,
            journal.c.origin,
            journal.c.source,
        )
    ).all()
    sums: Counter[tuple[str, Kind, str]] = Counter()
    for campaign, state, district, day, delta, origin, source in rows:
        for kind, key in keys_of(state, district, day, origin, source).items():
            sums[campaign, kind, key] += delta
    add(connection, sums)
    return len(rows)


def keys_of(
    state: str, district: str, day: date | None, origin: str, source: str
) -> Mapping[Kind, str]:
    """Return {kind: key} of the counts that include a signature, those by day only with a day."""
    keys: dict[Kind, str] = {
        "total": "",
        "state": state,
        "district": district,
        "origin": origin,
        "source": Origin.PAPER if origin == Origin.PAPER else source,
    }
    if day is not None:
        keys["day"] = day.isoformat()
        if origin == Origin.PAPER:
            keys["paper-day"] = day.isoformat()
    return keys


def add(connection: Connection, sums: Mapping[tuple[str, Kind, str], int]) -> None:
    """Add to the tallies: {(campaign, kind, key): number}."""
    rows = [
        {"campaign": campaign, "kind": kind, "key": key, "count": count}
        # Sorted, so that concurrent roll-ups cannot deadlock.
        for (campaign, kind, key), count in sorted(sums.items())
    ]
    if rows:
        connection.execute(_add_to[dialect_of(connection)], rows)


def lock(connection: Connection, campaign: str) -> None:
    """Let confirmations of one campaign run one after the other, until the transaction ends.

    Only a signer's number needs this: two people must not both be number 100. SQLite has one writer
    at a time anyway.
    """
    advisory_locks.lock_until_commit(connection, f"confirm:{campaign}")
