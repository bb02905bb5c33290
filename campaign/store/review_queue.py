"""What waits for review by an organizer: held sign-ups, comments, first names, unusual sign-ups."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.literals import equals_literal
from campaign.store.models import signatures
from campaign.store.statuses import CommentStatus, NameStatus, SignatureStatus

_PAGE = 1000

_FLAGGED = signatures.c.flags != sa.literal_column("''")
_HELD = equals_literal(signatures.c.status, SignatureStatus.HELD)
_UNREAD = equals_literal(signatures.c.comment_status, CommentStatus.WAITING)
_UNREAD_NAME = (
    equals_literal(signatures.c.status, SignatureStatus.CONFIRMED)
    & equals_literal(signatures.c.name_status, NameStatus.WAITING)
    & signatures.c.show_name
)


@dataclass(frozen=True)
class ReviewItem:
    """A held or flagged sign-up, without personal data."""

    public_id: str
    status: SignatureStatus
    at: datetime
    flags: tuple[str, ...]
    network: str
    domain: str
    state: str

    @property
    def hour(self) -> str:
        """The hour of the sign-up in UTC, such as `2026-06-15T12`."""
        return f"{self.at:%Y-%m-%dT%H}"


@dataclass(frozen=True)
class Comment:
    """A comment of a confirmed signer that waits for review."""

    public_id: str
    first_name: str
    state: str
    text: str


@dataclass(frozen=True)
class Name:
    """A first name that its signer wants shown, and that waits for review."""

    public_id: str
    first_name: str
    state: str


@dataclass(frozen=True)
class Group:
    """The number of flagged sign-ups that share a key, how many count, and how many are held."""

    key: str
    total: int
    confirmed: int
    held: int


@dataclass(frozen=True)
class Trends:
    """Flagged sign-ups grouped by what they share, largest groups first."""

    total: int
    by_flag: tuple[Group, ...]
    by_network: tuple[Group, ...]
    by_domain: tuple[Group, ...]
    by_hour: tuple[Group, ...]


def count_held(connection: Connection, campaign: str) -> int:
    """Return how many sign-ups are held."""
    return _count(connection, signatures.c.campaign == campaign, _HELD)


@dataclass(frozen=True)
class HeldCount:
    """How many sign-ups of a campaign are held, and when the latest of them came."""

    count: int
    latest: datetime


def held_by_campaign(connection: Connection) -> dict[str, HeldCount]:
    """Return {campaign: its held sign-ups}, only for campaigns that have any."""
    rows = connection.execute(
        sa.select(
            signatures.c.campaign,
            sa.func.count(),
            sa.func.max(signatures.c.created_at, type_=signatures.c.created_at.type),
        )
        .where(_HELD)
        .group_by(signatures.c.campaign)
        .order_by(signatures.c.campaign)
    )
    return {campaign: HeldCount(count, latest) for campaign, count, latest in rows}


def count_comments(connection: Connection, campaign: str) -> int:
    """Return how many comments of confirmed signers wait for review."""
    return _count(
        connection,
        signatures.c.campaign == campaign,
        _UNREAD,
        signatures.c.status == SignatureStatus.CONFIRMED,
    )


def count_names(connection: Connection, campaign: str) -> int:
    """Return how many first names wait for review."""
    return _count(connection, signatures.c.campaign == campaign, _UNREAD_NAME)


def count_flagged(connection: Connection, campaign: str) -> int:
    """Return how many confirmed signatures are flagged as unusual."""
    return _count(
        connection,
        signatures.c.campaign == campaign,
        _FLAGGED,
        signatures.c.status == SignatureStatus.CONFIRMED,
    )


def pending_since(connection: Connection, campaign: str, since: datetime) -> int:
    """Return how many people signed since then and have not confirmed."""
    return _count(
        connection,
        equals_literal(signatures.c.status, SignatureStatus.PENDING),
        signatures.c.campaign == campaign,
        signatures.c.created_at >= since,
    )


def held(connection: Connection, campaign: str) -> Iterator[ReviewItem]:
    """Yield the held sign-ups, oldest first."""
    return _items(connection, signatures.c.campaign == campaign, _HELD)


def flagged(connection: Connection, campaign: str) -> Iterator[ReviewItem]:
    """Yield the flagged sign-ups, oldest first."""
    return _items(connection, signatures.c.campaign == campaign, _FLAGGED)


def comments(connection: Connection, campaign: str) -> Iterator[Comment]:
    """Yield the comments that wait for review, oldest first."""
    columns = (
        signatures.c.public_id,
        signatures.c.first_name,
        signatures.c.state,
        signatures.c.comment,
    )
    conditions = (_UNREAD, signatures.c.status == SignatureStatus.CONFIRMED)
    for row in _in_pages(connection, columns, signatures.c.campaign == campaign, *conditions):
        yield Comment(row.public_id, row.first_name, row.state, row.comment)


def first_comments(connection: Connection, campaign: str, *, limit: int) -> tuple[Comment, ...]:
    """Return up to `limit` of the oldest comments that wait for review."""
    return tuple(islice(comments(connection, campaign), limit))


def names(connection: Connection, campaign: str) -> Iterator[Name]:
    """Yield the first names that wait for review, oldest first."""
    columns = (signatures.c.public_id, signatures.c.first_name, signatures.c.state)
    for row in _in_pages(connection, columns, signatures.c.campaign == campaign, _UNREAD_NAME):
        yield Name(row.public_id, row.first_name, row.state)


def first_names(connection: Connection, campaign: str, *, limit: int) -> tuple[Name, ...]:
    """Return up to `limit` of the oldest first names that wait for review."""
    return tuple(islice(names(connection, campaign), limit))


@dataclass(frozen=True)
class SameComment:
    """A comment that several people left word for word; `public_id` is one of their signatures."""

    public_id: str
    text: str
    total: int


def same_comments(
    connection: Connection, campaign: str, *, minimum: int = 3, limit: int = 10
) -> tuple[SameComment, ...]:
    """Return comments that at least `minimum` signers share, most frequent first.

    Comments that wait for review or are approved are compared.
    """
    left = sa.union_all(
        sa.select(signatures.c.comment, signatures.c.public_id).where(
            _UNREAD, signatures.c.campaign == campaign
        ),
        sa.select(signatures.c.comment, signatures.c.public_id).where(
            equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
            equals_literal(signatures.c.comment_status, CommentStatus.APPROVED),
            signatures.c.campaign == campaign,
        ),
    ).subquery()
    number = sa.func.count()
    rows = connection.execute(
        sa.select(sa.func.min(left.c.public_id), left.c.comment, number)
        .where(left.c.comment != "")
        .group_by(left.c.comment)
        .having(number >= minimum)
        .order_by(number.desc(), left.c.comment)
        .limit(limit)
    )
    return tuple(SameComment(*row) for row in rows)


def trends(connection: Connection, campaign: str, *, limit: int) -> Trends:
    """Return what flagged sign-ups share: up to `limit` groups of each kind."""
    kinds: dict[str, Counter[tuple[str, str]]] = {
        kind: Counter() for kind in ("flag", "network", "domain", "hour")
    }
    total = 0
    for item in flagged(connection, campaign):
        total += 1
        for flag in item.flags:
            kinds["flag"][flag, item.status] += 1
        for kind, key in (("network", item.network), ("domain", item.domain), ("hour", item.hour)):
            if key:
                kinds[kind][key, item.status] += 1
    groups = {kind: _groups(counter, limit) for kind, counter in kinds.items()}
    return Trends(total, groups["flag"], groups["network"], groups["domain"], groups["hour"])


def _groups(counter: Counter[tuple[str, str]], limit: int) -> tuple[Group, ...]:
    totals: Counter[str] = Counter()
    for (key, _), count in counter.items():
        totals[key] += count
    largest = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return tuple(
        Group(
            key, total, counter[key, SignatureStatus.CONFIRMED], counter[key, SignatureStatus.HELD]
        )
        for key, total in largest
    )


def _count(connection: Connection, *conditions: sa.ColumnElement[bool]) -> int:
    return int(
        connection.execute(
            sa.select(sa.func.count()).select_from(signatures).where(*conditions)
        ).scalar_one()
    )


def _items(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Iterator[ReviewItem]:
    columns = (
        signatures.c.public_id,
        signatures.c.status,
        signatures.c.created_at,
        signatures.c.flags,
        signatures.c.network,
        signatures.c.email_key,
        signatures.c.state,
    )
    for row in _in_pages(connection, columns, *conditions):
        yield ReviewItem(
            public_id=row.public_id,
            status=SignatureStatus(row.status),
            at=row.created_at,
            flags=tuple(row.flags.split()),
            network=row.network,
            domain=(row.email_key or "").rpartition("@")[2],
            state=row.state,
        )


def _in_pages(
    connection: Connection,
    columns: Sequence[sa.ColumnElement[Any]],
    *conditions: sa.ColumnElement[bool],
) -> Iterator[sa.Row[Any]]:
    """Yield rows of these columns, oldest first, in pages, because an attack leaves many."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(signatures.c.id, *columns)
            .where(*conditions, signatures.c.id > last)
            .order_by(signatures.c.id)
            .limit(_PAGE)
        ).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        last = rows[-1][0]
