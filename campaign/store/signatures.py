"""Signatures: the row as a value, and how to find one. The caller owns the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import signatures
from campaign.store.statuses import CommentStatus, NameStatus, Origin, SignatureStatus


@dataclass(frozen=True, repr=False)
class Signature:
    """A signature as it is stored. Its `repr()` shows only the public id and the status."""

    id: int
    public_id: str
    campaign: str
    status: SignatureStatus
    first_name: str
    last_name: str
    name_key: str
    email: str
    email_key: str
    household_slot: int
    zip: str
    state: str
    district: str
    lines: int
    signed_district: str
    signed_lines: int
    city: str
    comment: str
    comment_status: CommentStatus
    show_name: bool
    name_status: NameStatus
    mail_opt_in: bool
    source: str
    sheet: str
    language: str
    origin: Origin
    reason: str
    flags: tuple[str, ...]
    network: str
    nonce: bytes
    confirm_nonce: bytes | None
    credit_nonce: bytes | None
    earlier: Mapping[str, Any] | None
    wording_version: str
    created_at: datetime
    reminded_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    unsubscribed_at: datetime | None
    anonymised_at: datetime | None
    number: int

    def __repr__(self) -> str:
        return f"Signature({self.public_id}, {self.status})"

    @property
    def is_confirmed(self) -> bool:
        """True if it counts."""
        return self.status == SignatureStatus.CONFIRMED


_by_public_id = sa.select(signatures).where(signatures.c.public_id == sa.bindparam("wanted_id"))

_by_id = sa.select(signatures).where(signatures.c.id == sa.bindparam("wanted_id"))

_by_email = sa.select(signatures).where(signatures.c.email_key == sa.bindparam("address"))


def by_public_id(
    connection: Connection, public_id: str, *, for_change: bool = False
) -> Signature | None:
    """Return the signature with that public id, or None.

    With `for_change`, the row stays locked until the transaction ends. Lock several signatures in
    the order of their ids.
    """
    query = _locked(_by_public_id) if for_change else _by_public_id
    row = connection.execute(query, {"wanted_id": public_id}).one_or_none()
    return None if row is None else of_row(row)


def _locked(query: sa.Select[Any]) -> sa.Select[Any]:
    # SQLite ignores this clause, because it has one writer at a time.
    return query.with_for_update(key_share=True)


def by_public_ids(
    connection: Connection, campaign: str, public_ids: Sequence[str]
) -> tuple[Signature, ...]:
    """Return those of these signatures that belong to the campaign, locked as by `for_change`."""
    query = sa.select(signatures).where(
        signatures.c.public_id.in_(list(public_ids)), signatures.c.campaign == campaign
    )
    rows = connection.execute(_locked(query.order_by(signatures.c.id)))
    return tuple(of_row(row) for row in rows)


def by_id(connection: Connection, row_id: int) -> Signature | None:
    """Return the signature with that row id, or None."""
    row = connection.execute(_by_id, {"wanted_id": row_id}).one_or_none()
    return None if row is None else of_row(row)


def by_email(connection: Connection, email_key: str) -> tuple[Signature, ...]:
    """Return all signatures of an address, by `email_key`, in every campaign, oldest first."""
    rows = connection.execute(_by_email.order_by(signatures.c.id), {"address": email_key})
    return tuple(of_row(row) for row in rows)


def of_row(row: Row[Any]) -> Signature:
    """Return the signature in a row of the table."""
    return Signature(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        status=SignatureStatus(row.status),
        first_name=row.first_name,
        last_name=row.last_name,
        name_key=row.name_key,
        email=row.email or "",
        email_key=row.email_key or "",
        household_slot=row.household_slot,
        zip=row.zip,
        state=row.state,
        district=row.district,
        lines=row.lines,
        signed_district=row.signed_district,
        signed_lines=row.signed_lines,
        city=row.city,
        comment=row.comment,
        comment_status=CommentStatus(row.comment_status),
        show_name=row.show_name,
        name_status=NameStatus(row.name_status),
        mail_opt_in=row.mail_opt_in,
        source=row.source,
        sheet=row.sheet,
        language=row.language,
        origin=Origin(row.origin),
        reason=row.reason,
        flags=tuple(row.flags.split()),
        network=row.network,
        nonce=row.nonce,
        confirm_nonce=row.confirm_nonce,
        credit_nonce=row.credit_nonce,
        earlier=row.earlier,
        wording_version=row.wording_version,
        created_at=row.created_at,
        reminded_at=row.reminded_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        unsubscribed_at=row.unsubscribed_at,
        anonymised_at=row.anonymised_at,
        number=row.number or 0,
    )
