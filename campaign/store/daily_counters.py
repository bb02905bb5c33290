"""Figures by campaign, its civil day and kind: added to, never about a person."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import civil_days
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import daily

#: Pages that this site sent: of the petition, of the ways to pass it on.
VIEW, SHARE = "view", "share"
#: What became of a row of the outbox: it left, was put off, was given up, came back, or was refused
#: since the other side blocks this sender.
SENT, DEFERRED, FAILED, BOUNCED, BLOCKED = "sent", "deferred", "failed", "bounced", "blocked"
#: Visitors came through a proxy of this network, or perhaps through one elsewhere, that the
#: settings do not know: once a day and process, of no campaign.
PROXY, PROXY_PERHAPS = "proxy", "proxy-perhaps"

_add = {
    name: insert.on_conflict_do_update(
        index_elements=[daily.c.campaign, daily.c.day, daily.c.kind],
        set_={"count": daily.c.count + insert.excluded.count},
    )
    for name, insert in both(daily).items()
}


def outcome(what: str, kind: str) -> str:
    """Return the kind of figure for what became of the outbox's rows of a kind: `sent/confirm`."""
    return f"{what}/{kind}"


def add_at(connection: Connection, at: datetime, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to each campaign's figures of its civil day at an instant, as `add` does."""
    by_day: defaultdict[date, dict[tuple[str, str], int]] = defaultdict(dict)
    days: dict[str, date] = {}
    for (campaign, kind), count in counted.items():
        if campaign not in days:
            days[campaign] = civil_days.day_of(connection, campaign, at)
        by_day[days[campaign]][campaign, kind] = count
    for day in sorted(by_day):
        add(connection, day, by_day[day])


def is_outcome(kind: str, what: str) -> bool:
    """True where a kind of figure says that this became of rows of the outbox, of any kind."""
    return kind.partition("/")[0] == what


def add(connection: Connection, day: date, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the figures of a day: {(campaign, kind): how often}."""
    rows = [
        {"campaign": campaign, "day": day, "kind": kind, "count": count}
        # In one order everywhere, so that two at the same time cannot lock each other.
        for (campaign, kind), count in sorted(counted.items())
        if count
    ]
    if rows:
        connection.execute(_add[dialect_of(connection)], rows)


def totals(connection: Connection, campaign: str, *, since: date | None = None) -> dict[str, int]:
    """Return how often each kind happened, from a day on or ever."""
    asked = (
        sa.select(daily.c.kind, sa.func.sum(daily.c.count).label("number"))
        .where(daily.c.campaign == campaign)
        .group_by(daily.c.kind)
    )
    if since is not None:
        asked = asked.where(daily.c.day >= since)
    return {row.kind: int(row.number) for row in connection.execute(asked)}


def blocked(connection: Connection, *, since: date) -> int:
    """Return how many messages of all campaigns were refused, from a day on, as the sender's."""
    asked = sa.select(sa.func.sum(daily.c.count)).where(
        daily.c.kind.like(f"{BLOCKED}/%"), daily.c.day >= since
    )
    return int(connection.execute(asked).scalar_one() or 0)


def by_day(connection: Connection, campaign: str, kind: str) -> dict[date, int]:
    """Return how often one kind happened on each day on which it did, oldest first."""
    asked = (
        sa.select(daily.c.day, daily.c.count.label("number"))
        .where(daily.c.campaign == campaign, daily.c.kind == kind)
        .order_by(daily.c.day)
    )
    return {row.day: row.number for row in connection.execute(asked)}
