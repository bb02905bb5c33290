"""Daily counters by campaign and kind, without personal data."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import civil_days
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import daily

#: Page views: of the petition, and of the pages for sharing it.
VIEW, SHARE = "view", "share"
#: Outcomes of outbox rows: sent, delayed, given up, bounced, or refused because the receiver blocks
#: this sender.
SENT, DEFERRED, FAILED, BOUNCED, BLOCKED = "sent", "deferred", "failed", "bounced", "blocked"
#: Messages that mailboxes of a large provider accepted, such as `to/google`.
TO = "to"
#: Requests came, or may have come, through a proxy that the settings do not list. Counted once a
#: day and process, for no campaign.
PROXY, PROXY_PERHAPS = "proxy", "proxy-perhaps"

_add = {
    name: insert.on_conflict_do_update(
        index_elements=[daily.c.campaign, daily.c.day, daily.c.kind],
        set_={"count": daily.c.count + insert.excluded.count},
    )
    for name, insert in both(daily).items()
}


def outcome(what: str, kind: str) -> str:
    """Return the kind that counts an outcome of outbox rows of a kind, such as `sent/confirm`."""
    return f"{what}/{kind}"


def add_at(connection: Connection, at: datetime, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the counters of each campaign's civil day at an instant, as `add` does."""
    by_day: defaultdict[date, dict[tuple[str, str], int]] = defaultdict(dict)
    days: dict[str, date] = {}
    for (campaign, kind), count in counted.items():
        if campaign not in days:
            days[campaign] = civil_days.day_of(connection, campaign, at)
        by_day[days[campaign]][campaign, kind] = count
    for day in sorted(by_day):
        add(connection, day, by_day[day])


def is_outcome(kind: str, what: str) -> bool:
    """True if a kind counts this outcome of outbox rows of any kind."""
    return kind.partition("/")[0] == what


def add(connection: Connection, day: date, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the counters of a day: {(campaign, kind): number}."""
    rows = [
        {"campaign": campaign, "day": day, "kind": kind, "count": count}
        # Sorted, so that concurrent transactions cannot deadlock.
        for (campaign, kind), count in sorted(counted.items())
        if count
    ]
    if rows:
        connection.execute(_add[dialect_of(connection)], rows)


def totals(connection: Connection, campaign: str, *, since: date | None = None) -> dict[str, int]:
    """Return {kind: number}, from a day on if given."""
    query = (
        sa.select(daily.c.kind, sa.func.sum(daily.c.count).label("number"))
        .where(daily.c.campaign == campaign)
        .group_by(daily.c.kind)
    )
    if since is not None:
        query = query.where(daily.c.day >= since)
    return {row.kind: int(row.number) for row in connection.execute(query)}


def blocked(connection: Connection, *, since: date) -> int:
    """Return how many messages, from a day on, were refused because of the sender."""
    query = sa.select(sa.func.sum(daily.c.count)).where(
        daily.c.kind.like(f"{BLOCKED}/%"), daily.c.day >= since
    )
    return int(connection.execute(query).scalar_one() or 0)


def most_to_providers(connection: Connection, *, since: date) -> dict[str, int]:
    """Return {provider: messages of its busiest day}, from a day on, over all campaigns."""
    query = (
        sa.select(daily.c.kind, sa.func.sum(daily.c.count).label("number"))
        .where(daily.c.kind.like(f"{TO}/%"), daily.c.day >= since)
        .group_by(daily.c.kind, daily.c.day)
    )
    most: dict[str, int] = {}
    for row in connection.execute(query):
        provider = row.kind.partition("/")[2]
        most[provider] = max(most.get(provider, 0), int(row.number))
    return most


def by_day(connection: Connection, campaign: str, kind: str) -> dict[date, int]:
    """Return {day: number} of one kind, oldest first."""
    query = (
        sa.select(daily.c.day, daily.c.count.label("number"))
        .where(daily.c.campaign == campaign, daily.c.kind == kind)
        .order_by(daily.c.day)
    )
    return {row.day: row.number for row in connection.execute(query)}
