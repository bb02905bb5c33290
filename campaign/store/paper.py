"""Signatures that were given on paper: who was entered already, and who signed online before."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import paper, signatures
from campaign.store.upsert import both, dialect_of

_remember = {
    name: insert.on_conflict_do_nothing(index_elements=[paper.c.key]).returning(paper.c.key)
    for name, insert in both(paper).items()
}


def remember(connection: Connection, campaign: str, key: bytes, *, now: datetime) -> bool:
    """Note that this signer, by a keyed hash, was entered. False when that is known already."""
    values = {"key": key, "campaign": campaign, "at": now}
    return connection.execute(_remember[dialect_of(connection)], values).first() is not None


def entered(connection: Connection, keys: Collection[bytes]) -> frozenset[bytes]:
    """Return which of these keys are remembered."""
    return frozenset(connection.scalars(sa.select(paper.c.key).where(paper.c.key.in_(keys))))


def signed_online(
    connection: Connection, campaign: str, zips: Collection[str]
) -> frozenset[tuple[str, str]]:
    """Return name key and ZIP of the confirmed online signers in these ZIPs.

    It reads through a campaign's signatures, so ask for many ZIPs at once.
    """
    rows = connection.execute(
        sa.select(signatures.c.name_key, signatures.c.zip).where(
            signatures.c.campaign == campaign,
            signatures.c.status == sa.literal_column("'confirmed'"),
            signatures.c.origin == "online",
            signatures.c.zip.in_(zips),
        )
    )
    return frozenset((row[0], row[1]) for row in rows)


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Add a confirmed paper signature of these columns and return its row."""
    made = sa.insert(signatures).values(**values, origin="paper", status="confirmed")
    return int(connection.execute(made.returning(signatures.c.id)).scalar_one())
