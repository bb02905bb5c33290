"""Restore exported signatures in bulk: which exist already, and adding many rows at once."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import audit
from campaign.store.models import consents, signatures
from campaign.store.new_signature import KEPT_ANSWERS, NewSignature
from campaign.store.statuses import ConsentAct, SignatureStatus


def existing(connection: Connection, public_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return {public id: (campaign, status)} of those signatures that exist."""
    query = sa.select(signatures.c.public_id, signatures.c.campaign, signatures.c.status).where(
        signatures.c.public_id.in_(public_ids)
    )
    return {row.public_id: (row.campaign, row.status) for row in connection.execute(query)}


def households(
    connection: Connection, campaign: str, email_keys: Sequence[str]
) -> dict[str, dict[int, str]]:
    """Return {address key: {household slot: name key}} of those who signed with these addresses."""
    query = sa.select(
        signatures.c.email_key, signatures.c.household_slot, signatures.c.name_key
    ).where(signatures.c.campaign == campaign, signatures.c.email_key.in_(email_keys))
    members: dict[str, dict[int, str]] = {}
    for row in connection.execute(query):
        members.setdefault(row.email_key, {})[row.household_slot] = row.name_key
    return members


def erased(connection: Connection) -> frozenset[str]:
    """Return the public ids of all erased signatures, which must not be restored."""
    return frozenset(
        public_id
        for record in audit.records(connection, action="erase", limit=None)
        for public_id in record.details["signatures"]
    )


def unsubscribed(connection: Connection) -> frozenset[str]:
    """Return the public ids of all signatures whose signers unsubscribed."""
    query = sa.select(signatures.c.public_id).where(signatures.c.unsubscribed_at.is_not(None))
    return frozenset(connection.scalars(query))


def withdrawn(connection: Connection) -> frozenset[str]:
    """Return the public ids of all withdrawn signatures."""
    query = sa.select(signatures.c.public_id).where(
        signatures.c.status == SignatureStatus.WITHDRAWN
    )
    return frozenset(connection.scalars(query))


_COLUMNS = (
    *KEPT_ANSWERS, "name_key", "name_status", "comment_status", "public_id", "campaign", "status",
    "email", "email_key", "household_slot", "sheet", "origin", "unsubscribed_at", "number",
    "created_at", "confirmed_at", "nonce",
)  # fmt: skip


def add(connection: Connection, new: Sequence[NewSignature], *, sentence: str) -> None:
    """Add signatures, and to each the consent that it implies.

    `sentence` is recorded as the text that the signers agreed to.
    """
    ids = connection.scalars(
        sa.insert(signatures).returning(signatures.c.id, sort_by_parameter_order=True),
        [each.columns(_COLUMNS) for each in new],
    ).all()
    connection.execute(
        sa.insert(consents),
        [
            {
                "signature_id": row_id,
                "act": ConsentAct.SIGNED,
                "wording_version": each.answers.wording_version,
                "sentence": sentence,
                "mail_opt_in": each.answers.mail_opt_in,
                "show_name": each.answers.show_name,
                "at": each.created_at,
            }
            for row_id, each in zip(ids, new, strict=True)
        ],
    )
