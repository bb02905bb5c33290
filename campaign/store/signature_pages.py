"""Confirmed signatures page by page, in the order of confirming, for programs that read them all.

A page is found by what came before it (`After`), or by counting past so many rows of a small index.
Only signatures confirmed before `until` are listed: as long as that lies a little in the past,
nothing is added to a page that was read already, since times of confirming are whole seconds and a
transaction ends a moment after its time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import consents, signatures


@dataclass(frozen=True)
class After:
    """The place in the list behind one signature: when it was confirmed, and its row."""

    confirmed_at: datetime
    id: int


#: When a signature was confirmed; when it was confirmed, or its signer last agreed to something or
#: changed it, whichever is later.
TimeField = Literal["confirmed", "changed"]


@dataclass(frozen=True)
class Bound:
    """A time that a signature's field lies after or before, never at."""

    field: TimeField
    side: Literal["after", "before"]
    at: datetime

    def condition(self) -> sa.ColumnElement[bool]:
        """The bound in SQL. Consents are found by their time, not one signature after another."""
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
class Listed:
    """Which signatures: of a campaign, confirmed from `since` on and before `until`, in bounds."""

    campaign: str
    until: datetime
    since: datetime | None = None
    bounds: tuple[Bound, ...] = ()

    def where(self) -> list[sa.ColumnElement[bool]]:
        """The conditions, spelled as the index spells them."""
        conditions = [
            sa.text("signatures.status = 'confirmed' AND signatures.anonymised_at IS NULL"),
            signatures.c.campaign == self.campaign,
            signatures.c.confirmed_at < self.until,
        ]
        if self.since is not None:
            conditions.append(signatures.c.confirmed_at >= self.since)
        conditions += [bound.condition() for bound in self.bounds]
        return conditions  # type: ignore[return-value]


def count(connection: Connection, listed: Listed) -> int:
    """Return how many signatures are listed."""
    asked = sa.select(sa.func.count()).select_from(signatures).where(*listed.where())
    return int(connection.execute(asked).scalar_one())


def page(
    connection: Connection,
    listed: Listed,
    *,
    limit: int,
    offset: int = 0,
    after: After | None = None,
) -> tuple[Row[Any], ...]:
    """Return up to `limit` rows of `signatures`, `offset` rows into the list or behind `after`."""
    found = sa.select(signatures.c.id).where(*listed.where())
    if after is not None:
        found = found.where(
            sa.tuple_(signatures.c.confirmed_at, signatures.c.id)
            > sa.tuple_(
                sa.literal(after.confirmed_at, signatures.c.confirmed_at.type), sa.literal(after.id)
            )
        )
    # The index alone finds the rows; only those of the page are read.
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


def one(connection: Connection, listed: Listed, public_id: str) -> Row[Any] | None:
    """Return the row of that signature, None where it is not listed."""
    asked = sa.select(signatures).where(signatures.c.public_id == public_id, *listed.where())
    return connection.execute(asked).one_or_none()


def changed_at(connection: Connection, ids: list[int]) -> dict[int, datetime]:
    """Return when each of these signers last agreed to something, changed it or took it back."""
    rows = connection.execute(
        sa.select(consents.c.signature_id, sa.func.max(consents.c.at))
        .where(consents.c.signature_id.in_(ids))
        .group_by(consents.c.signature_id)
    )
    return {row[0]: row[1] for row in rows}
