"""Move signatures to new districts when district lines change.

`signed_district` is the district on the day of signing; `district` is today's, or "" while it is
unknown.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.congress.apportionment import begins_at, congress_at
from campaign.store import counts
from campaign.store.models import signatures, unlisted
from campaign.store.signature_changes import returning_signature
from campaign.store.signatures import Signature, of_row

#: The columns to reset when a signer gives the place again: no older lines apply to it.
NEW: dict[str, Any] = {"signed_district": "", "signed_lines": 0}


def lines_of(district: str, lines: int, signed_at: datetime) -> int:
    """Return the Congress whose lines a signature's district follows, 0 without a district."""
    return (lines or congress_at(signed_at)) if district else 0


def outdated(
    connection: Connection,
    *,
    congress: int,
    redrawn: Collection[str],
    published: Collection[str],
    after: int,
    limit: int,
) -> Sequence[Signature]:
    """Return signatures whose district may differ under the lines of a Congress, by row id.

    `redrawn` are the states with new lines. For those in `published`, the new districts of ZIPs are
    known, so signatures whose district became unknown may get one.
    """
    query = (
        sa.select(signatures)
        .where(
            signatures.c.id > after,
            sa.or_(_is_older(congress, redrawn), _may_gain(published)),
        )
        .order_by(signatures.c.id)
        .limit(limit)
    )
    return [of_row(row) for row in connection.execute(query)]


def move(
    connection: Connection, seen: Signature, district: str, *, congress: int, now: datetime
) -> bool:
    """Set the district of a signature by the lines of a Congress, "" if it is not known.

    Its counts move with it. Returns False if the signature was changed since it was seen.
    """
    values: dict[str, Any] = {"district": district, "lines": congress if district else 0}
    if not seen.signed_lines:
        values |= {"signed_district": seen.district, "signed_lines": _lines_of(seen)}
    changed = returning_signature(
        connection,
        sa.update(signatures)
        .where(
            signatures.c.id == seen.id,
            signatures.c.status == seen.status,
            signatures.c.state == seen.state,
            signatures.c.district == seen.district,
            signatures.c.lines == seen.lines,
        )
        .values(values),
    )
    if changed is not None and changed.is_confirmed:
        counts.move_signature(connection, seen, changed, at=now)
    return changed is not None


def _lines_of(seen: Signature) -> int:
    return lines_of(seen.district, seen.lines, seen.created_at)


def clear_unlisted(
    connection: Connection, *, congress: int, redrawn: Collection[str], now: datetime
) -> int:
    """Count anonymized signatures in states with new lines for the state, not for a district.

    Their ZIP is erased, so their new district cannot be found. Returns how many there are.
    """
    rows = connection.execute(
        sa.delete(unlisted)
        .where(
            unlisted.c.district != "",
            unlisted.c.lines < congress,
            sa.or_(unlisted.c.state.in_(redrawn), unlisted.c.lines < congress - 1),
        )
        .returning(*unlisted.c)
    ).all()
    for row in sorted(rows):
        _count_for_state(connection, row, now)
    return sum(row._mapping["count"] for row in rows)


def _count_for_state(connection: Connection, row: sa.Row[Any], now: datetime) -> None:
    number = row._mapping["count"]
    place = {"campaign": row.campaign, "state": row.state, "district": "", "origin": row.origin}
    same = sa.and_(*(unlisted.c[name] == value for name, value in place.items()))
    added = connection.execute(
        sa.update(unlisted).where(same).values(count=unlisted.c["count"] + number)
    )
    if not added.rowcount:
        connection.execute(sa.insert(unlisted), place | {"count": number})
    for district, delta in ((row.district, -number), ("", number)):
        counts.append(
            connection,
            row.campaign,
            state=row.state,
            district=district,
            at=now,
            delta=delta,
            origin=row.origin,
        )


def _is_older(congress: int, redrawn: Collection[str]) -> sa.ColumnElement[bool]:
    """True if a district follows older lines than those of a Congress."""

    def is_before(number: int) -> sa.ColumnElement[bool]:
        return sa.or_(
            signatures.c.lines.between(1, number - 1),
            (signatures.c.lines == 0) & (signatures.c.created_at < begins_at(number)),
        )

    # The table of new lines says nothing about lines older than those of the last Congress.
    return sa.and_(
        signatures.c.district != "",
        is_before(congress),
        sa.or_(signatures.c.state.in_(redrawn), is_before(congress - 1)),
    )


def _may_gain(published: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        signatures.c.district == "",
        signatures.c.signed_lines > 0,
        signatures.c.state.in_(published),
    )
