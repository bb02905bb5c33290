"""The signers in a petition packet: confirmed signers of a place, with name, place and comment.

It never includes email or street addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.literals import equals_literal
from campaign.store.models import signatures, unlisted
from campaign.store.statuses import CommentStatus, Origin, SignatureStatus

# Rows of one query. On PostgreSQL, a long result would keep a transaction open.
_BATCH = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class Constituent:
    """A confirmed signer. `comment` is "" unless it was approved.

    `wording_version` is what was signed. Names are empty if retention has erased the personal data:
    such a signature counts, but cannot be listed.
    """

    first_name: str
    last_name: str
    zip: str
    city: str
    state: str
    district: str
    is_paper: bool
    comment: str
    wording_version: str = ""


_columns = (
    signatures.c.id,
    signatures.c.first_name,
    signatures.c.last_name,
    signatures.c.zip,
    signatures.c.city,
    signatures.c.state,
    signatures.c.district,
    signatures.c.origin,
    signatures.c.comment_status,
    signatures.c.comment,
    signatures.c.wording_version,
)


def constituents(
    connection: Connection, campaign: str, *, state: str = "", district: str = ""
) -> Iterator[Constituent]:
    """Yield the confirmed signers of a state (`CA`), a district (`CA-30`) or everywhere.

    They come in the order of signing, those without a name last, and are read in batches, so that
    memory does not grow.
    """
    query = (
        sa.select(*_columns)
        .where(
            signatures.c.campaign == campaign,
            equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
            signatures.c.anonymised_at.is_(None),
            signatures.c.id > sa.bindparam("after"),
        )
        .order_by(signatures.c.id)
        .limit(_BATCH)
    )
    if state:
        query = query.where(signatures.c.state == state)
    if district:
        query = query.where(signatures.c.district == district)
    after = 0
    while rows := connection.execute(query, {"after": after}).all():
        after = rows[-1][0]
        for _, first, last, zip_, city, st, dist, origin, status, comment, version in rows:
            words = comment if status == CommentStatus.APPROVED else ""
            is_paper = origin == Origin.PAPER
            yield Constituent(first, last, zip_, city, st, dist, is_paper, words, version)
    yield from _unlisted(connection, campaign, state=state, district=district)


def _unlisted(
    connection: Connection, campaign: str, *, state: str, district: str
) -> Iterator[Constituent]:
    """Yield a constituent without a name for each signature whose data retention has erased."""
    query = sa.select(unlisted).where(unlisted.c.campaign == campaign)
    if state:
        query = query.where(unlisted.c.state == state)
    if district:
        query = query.where(unlisted.c.district == district)
    for row in connection.execute(query):
        blank = Constituent("", "", "", "", row.state, row.district, row.origin == Origin.PAPER, "")
        yield from repeat(blank, row._mapping["count"])


def by_zip(connection: Connection, campaign: str) -> dict[tuple[str, str], int]:
    """Return {(state, ZIP): number of confirmed signers}; "" for an unknown or erased part."""
    query = (
        sa.select(signatures.c.state, signatures.c.zip, sa.func.count())
        .where(
            signatures.c.campaign == campaign,
            equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
            signatures.c.anonymised_at.is_(None),
        )
        .group_by(signatures.c.state, signatures.c.zip)
    )
    found = {(state, zip_): count for state, zip_, count in connection.execute(query)}
    erased = sa.select(unlisted.c.state, sa.func.sum(unlisted.c.count)).where(
        unlisted.c.campaign == campaign
    )
    for state, count in connection.execute(erased.group_by(unlisted.c.state)):
        found[(state, "")] = found.get((state, ""), 0) + int(count)
    return found


def waiting_comments(
    connection: Connection, campaign: str, *, state: str = "", district: str = ""
) -> int:
    """Return how many comments of confirmed signers there wait for review."""
    query = sa.select(sa.func.count()).where(
        signatures.c.campaign == campaign,
        equals_literal(signatures.c.comment_status, CommentStatus.WAITING),
        signatures.c.status == SignatureStatus.CONFIRMED,
    )
    if state:
        query = query.where(signatures.c.state == state)
    if district:
        query = query.where(signatures.c.district == district)
    return int(connection.execute(query).scalar_one())
