"""Confirmed signatures in pages, in the order of confirmation, for API clients.

A page starts after a signature (`After`) or at an offset in a small index. Only signatures
confirmed before `until` are listed. If `until` is slightly in the past, pages that were read do not
change: confirmation times are whole seconds, and a transaction ends a moment after its time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import consents, signatures


@dataclass(frozen=True)
class After:
    """The position in the list after one signature: its confirmation time and row id."""

    confirmed_at: datetime
    id: int


#: "confirmed": when it was confirmed. "changed": when it was confirmed or its signer last agreed to
#: or changed something, whichever is later.
TimeField = Literal["confirmed", "changed"]


@dataclass(frozen=True)
class Bound:
    """An exclusive bound on a time of a signature."""

    field: TimeField
    side: Literal["after", "before"]
    at: datetime

    def condition(self) -> sa.ColumnElement[bool]:
        """Return the bound in SQL. Consents are found by their time, not for each signature."""
        at = sa.literal(self.at, signatures.c.confirmed_at.type)
        confirmed = signatures.c.confirmed_at
        if self.field == "confirmed":
            return confirmed > at if self.side == "after" else confirmed < at
        if self.side == "after":
            later = sa.select(consents.c.signature_id).where(consents.c.at > at)
            return sa.or_(confirmed > at, signatures.c.id.in_(later))
        not_before = sa.select(consents.c.signature_id).where(consents.c.at >= at)
        return sa.and_(confirmed < at, signatures.c.id.not_in(not_before))


@dataclass(frozen=True)
class SignatureFilter:
    """Which signatures of a campaign; `since` is inclusive, `until` exclusive."""

    campaign: str
    until: datetime
    since: datetime | None = None
    bounds: tuple[Bound, ...] = ()

    def where(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions, spelled as in the partial index."""
        conditions = [
            sa.text("signatures.status = 'confirmed' AND signatures.anonymised_at IS NULL"),
            signatures.c.campaign == self.campaign,
            signatures.c.confirmed_at < self.until,
        ]
        if self.since is not None:
            conditions.append(signatures.c.confirmed_at >= self.since)
        conditions += [bound.condition() for bound in self.bounds]
        return conditions  # type: ignore[return-value]


def count(connection: Connection, wanted: SignatureFilter) -> int:
    """Return how many signatures match."""
    query = sa.select(sa.func.count()).select_from(signatures).where(*wanted.where())
    return int(connection.execute(query).scalar_one())


def page(
    connection: Connection,
    wanted: SignatureFilter,
    *,
    limit: int,
    offset: int = 0,
    after: After | None = None,
) -> tuple[Row[Any], ...]:
    """Return up to `limit` rows of `signatures`, starting at `offset` or after `after`."""
    found = sa.select(signatures.c.id).where(*wanted.where())
    if after is not None:
        found = found.where(
            sa.tuple_(signatures.c.confirmed_at, signatures.c.id)
            > sa.tuple_(
                sa.literal(after.confirmed_at, signatures.c.confirmed_at.type), sa.literal(after.id)
            )
        )
    # The rows are found in the index only; the table is read for this page only.
    chosen = (
        found.order_by(signatures.c.confirmed_at, signatures.c.id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = connection.execute(
        sa.select(signatures)
        .join(chosen, chosen.c.id == signatures.c.id)
        .order_by(signatures.c.confirmed_at, signatures.c.id)
    )
    return tuple(rows)


def one(connection: Connection, wanted: SignatureFilter, public_id: str) -> Row[Any] | None:
    """Return the row of that signature, None if it does not match."""
    query = sa.select(signatures).where(signatures.c.public_id == public_id, *wanted.where())
    return connection.execute(query).one_or_none()


def changed_at(connection: Connection, ids: list[int]) -> dict[int, datetime]:
    """Return {row id: when the signer last agreed to, changed or took back something}."""
    rows = connection.execute(
        sa.select(consents.c.signature_id, sa.func.max(consents.c.at))
        .where(consents.c.signature_id.in_(ids))
        .group_by(consents.c.signature_id)
    )
    return {row[0]: row[1] for row in rows}
