"""Putting signatures back that were exported: who is there already, and many rows at once."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import audit
from campaign.store.first_names import name_status
from campaign.store.models import consents, signatures


def standing(connection: Connection, public_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return campaign and status of those signatures that are there, by public id."""
    asked = sa.select(signatures.c.public_id, signatures.c.campaign, signatures.c.status).where(
        signatures.c.public_id.in_(public_ids)
    )
    return {row.public_id: (row.campaign, row.status) for row in connection.execute(asked)}


def households(
    connection: Connection, campaign: str, email_keys: Sequence[str]
) -> dict[str, dict[int, str]]:
    """Return the name keys of who signed a campaign with these addresses, by address and slot."""
    asked = sa.select(
        signatures.c.email_key, signatures.c.household_slot, signatures.c.name_key
    ).where(signatures.c.campaign == campaign, signatures.c.email_key.in_(email_keys))
    found: dict[str, dict[int, str]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.email_key, {})[row.household_slot] = row.name_key
    return found


def erased(connection: Connection) -> frozenset[str]:
    """Return the public ids of all signatures that were erased: they must not come back."""
    return frozenset(
        public_id
        for record in audit.records(connection, action="erase", limit=None)
        for public_id in record.details["signatures"]
    )


def unsubscribed(connection: Connection) -> frozenset[str]:
    """Return the public ids of all signatures whose mailbox has left the list."""
    asked = sa.select(signatures.c.public_id).where(signatures.c.unsubscribed_at.is_not(None))
    return frozenset(connection.scalars(asked))


def withdrawn(connection: Connection) -> frozenset[str]:
    """Return the public ids of all signatures that were taken back."""
    asked = sa.select(signatures.c.public_id).where(signatures.c.status == "withdrawn")
    return frozenset(connection.scalars(asked))


def add(
    connection: Connection, rows: Sequence[dict[str, Any]], agreed: Sequence[dict[str, Any]]
) -> None:
    """Add signatures with all of their columns, and to each what its signer agreed to."""
    added = connection.scalars(
        sa.insert(signatures).returning(signatures.c.id, sort_by_parameter_order=True),
        [row | {"name_status": name_status(row["first_name"])} for row in rows],
    ).all()
    connection.execute(
        sa.insert(consents),
        [
            {"signature_id": row_id, **consent}
            for row_id, consent in zip(added, agreed, strict=True)
        ],
    )
