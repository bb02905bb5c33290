"""Requests to deliver letters through CWC: one person's letters, to be approved by a mailed link.

CWC is Communicating with Congress, the system that takes messages to offices. The caller owns the
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store import cwc_deliveries
from campaign.store.cwc_deliveries import IS_LETTER, Delivery
from campaign.store.db.literals import equals_literal
from campaign.store.models import deliveries, outbox, sendings
from campaign.store.statuses import CwcRequestStatus, DeliveryStatus

# Spelled out, not bound, so that both databases use the small index of these rows.
_IS_APPROVAL = outbox.c.kind == sa.literal_column("'approve'")

_PERSON = (
    "prefix", "first_name", "last_name", "address1", "address2", "city", "state", "zip", "phone",
    "email",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class CwcRequest:
    """One person's letters, to be approved together: the writer, and whether they approved."""

    id: int
    public_id: str
    campaign: str
    status: CwcRequestStatus
    nonce: bytes
    person_key: bytes
    prefix: str
    first_name: str
    last_name: str
    address1: str
    address2: str
    city: str
    state: str
    zip: str
    phone: str
    email: str
    wants_reply: bool
    language: str
    created_at: datetime
    expires_at: datetime
    approved_at: datetime | None
    sentence: str
    digest: str
    emptied_at: datetime | None

    @property
    def is_approved(self) -> bool:
        """True if the writer approved the letters."""
        return self.status == CwcRequestStatus.APPROVED


def add(
    connection: Connection, request: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]
) -> int:
    """Add an unapproved request with its letters, given as columns, and return its id."""
    sending_id = connection.execute(
        sa.insert(sendings).values(dict(request)).returning(sendings.c.id)
    ).scalar_one()
    connection.execute(
        sa.insert(deliveries), [{**letter, "sending_id": sending_id} for letter in letters]
    )
    return int(sending_id)


def writer_fields(request: CwcRequest) -> tuple[str, ...]:
    """Return what offices learn of the writer: name, address, contact, whether to answer."""
    person = (str(getattr(request, name)) for name in _PERSON)
    return (*person, "answer" if request.wants_reply else "no answer")


def by_public_id(connection: Connection, public_id: str) -> CwcRequest | None:
    """Return the request of a mailed link; None if there is none."""
    row = connection.execute(
        sa.select(sendings).where(sendings.c.public_id == public_id)
    ).one_or_none()
    return _request(row) if row else None


def of_mailbox(connection: Connection, person_key: bytes) -> tuple[CwcRequest, ...]:
    """Return a mailbox's requests, oldest first; `person_key` is the mailbox's keyed hash."""
    rows = connection.execute(
        sa.select(sendings).where(sendings.c.person_key == person_key).order_by(sendings.c.id)
    )
    return tuple(_request(row) for row in rows)


def find_letter(connection: Connection, delivery: int) -> tuple[CwcRequest, Delivery] | None:
    """Return one letter with its request; None if there is none."""
    row = connection.execute(sa.select(deliveries).where(deliveries.c.id == delivery)).one_or_none()
    if row is None:
        return None
    letter = cwc_deliveries.of_row(row)
    request = connection.execute(sa.select(sendings).where(sendings.c.id == letter.sending_id))
    return _request(request.one()), letter


def approve(
    connection: Connection, request_id: int, *, sentence: str, digest: str, now: datetime
) -> bool:
    """Record that the writer approved these texts; False if they were approved before."""
    changed = connection.execute(
        sa.update(sendings)
        .where(sendings.c.id == request_id, sendings.c.status == CwcRequestStatus.ASKED)
        .values(status=CwcRequestStatus.APPROVED, approved_at=now, sentence=sentence, digest=digest)
    )
    return bool(changed.rowcount)


def rekey(connection: Connection, older: bytes, key: bytes) -> None:
    """Move a mailbox's requests to its current key."""
    connection.execute(
        sa.update(sendings).where(sendings.c.person_key == older).values(person_key=key)
    )


def delete(
    connection: Connection,
    request: CwcRequest,
    *,
    only_unapproved: bool = False,
) -> bool:
    """Delete a request with its letters and their queued messages.

    With `only_unapproved`, an approved request stays. Returns False if nothing was deleted.
    """
    return delete_all(connection, [request], only_unapproved=only_unapproved) == 1


def delete_all(
    connection: Connection,
    requests: Sequence[CwcRequest],
    *,
    with_mail: bool = True,
    only_unapproved: bool = False,
) -> int:
    """Delete requests as `delete` does, in four statements; return how many were deleted.

    Without `with_mail`, the mail that asks for approval stays for the letters that replace these.
    """
    if not requests:
        return 0
    ids = [request.id for request in requests]
    letters = connection.execute(
        sa.select(deliveries.c.sending_id, deliveries.c.delivery_id).where(
            deliveries.c.sending_id.in_(ids)
        )
    ).all()
    deletion = sa.delete(sendings).where(sendings.c.id.in_(ids))
    if only_unapproved:
        deletion = deletion.where(sendings.c.status == CwcRequestStatus.ASKED)
    gone = set(connection.scalars(deletion.returning(sendings.c.id)))
    if named := [row.delivery_id for row in letters if row.sending_id in gone]:
        connection.execute(sa.delete(outbox).where(IS_LETTER, outbox.c.to.in_(named)))
    mailed = {(one.email, one.campaign) for one in requests if one.id in gone and one.email}
    if mailed and with_mail:
        is_one = sa.tuple_(outbox.c.to, outbox.c.campaign).in_(sorted(mailed))
        connection.execute(sa.delete(outbox).where(_IS_APPROVAL, is_one))
    return len(gone)


def expired(connection: Connection, *, now: datetime, limit: int) -> tuple[CwcRequest, ...]:
    """Return up to `limit` unapproved requests whose link has expired."""
    rows = connection.execute(
        sa.select(sendings)
        .where(
            equals_literal(sendings.c.status, CwcRequestStatus.ASKED), sendings.c.expires_at <= now
        )
        .limit(limit)
    )
    return tuple(_request(row) for row in rows)


def finished(connection: Connection, *, approved_before: datetime, limit: int) -> tuple[int, ...]:
    """Return the ids of approved, not yet erased requests with no letter still queued."""
    is_queued = sa.exists().where(
        deliveries.c.sending_id == sendings.c.id,
        equals_literal(deliveries.c.status, DeliveryStatus.QUEUED),
    )
    return tuple(
        connection.scalars(
            sa.select(sendings.c.id)
            .where(
                equals_literal(sendings.c.status, CwcRequestStatus.APPROVED),
                sendings.c.emptied_at.is_(None),
                sendings.c.approved_at <= approved_before,
                ~is_queued,
            )
            .limit(limit)
        )
    )


def erase_texts(connection: Connection, ids: Sequence[int], *, now: datetime) -> int:
    """Erase the writer and texts of requests; return how many.

    Members, times and digests stay.
    """
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.sending_id.in_(ids))
        .values(subject="", statement="", own="", note="")
    )
    return connection.execute(
        sa.update(sendings)
        .where(sendings.c.id.in_(ids))
        .values(**dict.fromkeys(_PERSON, ""), emptied_at=now, person_key=b"", nonce=b"")
    ).rowcount


def _request(row: Row[Any]) -> CwcRequest:
    values = {each.name: getattr(row, each.name) for each in fields(CwcRequest)}
    return CwcRequest(**values | {"status": CwcRequestStatus(row.status)})
