"""Changes to signatures, each in one statement that includes its condition.

Each function returns the changed signature, or None if its condition no longer held. Count, report
and log only what was returned: what was read before may be out of date.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.first_names import with_name_status
from campaign.store.models import signatures
from campaign.store.signatures import Signature, of_row
from campaign.store.statuses import CommentStatus, NameStatus, Origin, SignatureStatus


def returning_signature(
    connection: Connection, statement: sa.Update | sa.Delete
) -> Signature | None:
    """Run a statement that changes one signature at most, and return that signature."""
    row = connection.execute(statement.returning(signatures)).one_or_none()
    return None if row is None else of_row(row)


_confirm = (
    sa.update(signatures)
    .where(
        signatures.c.id == sa.bindparam("row"),
        signatures.c.status == SignatureStatus.PENDING,
        signatures.c.confirm_nonce == sa.bindparam("proof"),
    )
    .values(
        status=SignatureStatus.CONFIRMED,
        confirmed_at=sa.bindparam("now"),
        mailed_at=sa.bindparam("now"),
        earlier=sa.null(),
    )
    .returning(signatures)
)


def confirm(
    connection: Connection,
    row: int,
    confirm_nonce: bytes,
    *,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
) -> Signature | None:
    """Confirm a pending signature and return it; of concurrent calls, only one confirms it.

    `answers` are columns that the signer corrected on the confirmation page.
    """
    statement = _confirm.values(with_name_status(answers)) if answers else _confirm
    values = {"row": row, "proof": confirm_nonce, "now": now}
    confirmed = connection.execute(statement, values).one_or_none()
    return None if confirmed is None else of_row(confirmed)


def change(
    connection: Connection, row: int, *, was: Sequence[SignatureStatus], values: dict[str, Any]
) -> Signature | None:
    """Change columns of a signature whose status is one of `was`."""
    statement = sa.update(signatures).where(signatures.c.id == row, signatures.c.status.in_(was))
    return returning_signature(connection, statement.values(with_name_status(values)))


def change_own(connection: Connection, seen: Signature, values: dict[str, Any]) -> Signature | None:
    """Change columns of a signature as its signer asked.

    Its status and place must still be those of `seen`, and its personal data must not be erased.
    """
    statement = sa.update(signatures).where(
        signatures.c.id == seen.id,
        signatures.c.status == seen.status,
        signatures.c.state == seen.state,
        signatures.c.district == seen.district,
        signatures.c.anonymised_at.is_(None),
    )
    return returning_signature(connection, statement.values(with_name_status(values)))


def change_wording(connection: Connection, seen: Signature, version: str) -> Signature | None:
    """Set the wording version of a confirmed signature that still has the version of `seen`."""
    statement = sa.update(signatures).where(
        signatures.c.id == seen.id,
        signatures.c.status == SignatureStatus.CONFIRMED,
        signatures.c.wording_version == seen.wording_version,
        signatures.c.anonymised_at.is_(None),
    )
    return returning_signature(connection, statement.values(wording_version=version))


def reinstate(connection: Connection, row: int, *, confirm_nonce: bytes) -> Signature | None:
    """Undo `invalid`: the signature is confirmed if it was confirmed before, otherwise held."""
    was_confirmed = signatures.c.confirmed_at.is_not(None)
    statement = sa.update(signatures).where(
        signatures.c.id == row, signatures.c.status == SignatureStatus.INVALID
    )
    return returning_signature(
        connection,
        statement.values(
            status=sa.case(
                (was_confirmed, SignatureStatus.CONFIRMED.value), else_=SignatureStatus.HELD.value
            ),
            confirm_nonce=sa.case(
                (was_confirmed, signatures.c.confirm_nonce),
                else_=sa.literal(confirm_nonce, signatures.c.confirm_nonce.type),
            ),
            reason="",
            ended_at=None,
        ),
    )


def unsubscribe(connection: Connection, row: int, *, now: datetime) -> Signature | None:
    """Take a signer off the mailing list; None if they had left it before."""
    statement = sa.update(signatures).where(
        signatures.c.id == row, signatures.c.unsubscribed_at.is_(None)
    )
    return returning_signature(connection, statement.values(mail_opt_in=False, unsubscribed_at=now))


def set_credit(connection: Connection, row: int, nonce: bytes | None) -> Signature | None:
    """Set the nonce of the links that name a confirmed signer, or end these links with None.

    A nonce that is there stays, so that links sent earlier go on working. Returns None for a
    signature that does not count, or whose personal data was erased.
    """
    statement = sa.update(signatures).where(
        signatures.c.id == row,
        signatures.c.status == SignatureStatus.CONFIRMED,
        signatures.c.anonymised_at.is_(None),
    )
    kept = None if nonce is None else sa.func.coalesce(signatures.c.credit_nonce, nonce)
    return returning_signature(connection, statement.values(credit_nonce=kept))


def set_name_status(
    connection: Connection, seen: Signature, status: NameStatus
) -> Signature | None:
    """Set whether the first name may be shown; None if it differs from that of `seen`."""
    statement = sa.update(signatures).where(
        signatures.c.id == seen.id,
        signatures.c.first_name == seen.first_name,
        signatures.c.first_name != "",
    )
    return returning_signature(connection, statement.values(name_status=status))


def set_comment_status(
    connection: Connection, seen: Signature, status: CommentStatus
) -> Signature | None:
    """Set the review status of the comment; None if it differs from that of `seen`."""
    statement = sa.update(signatures).where(
        signatures.c.id == seen.id,
        signatures.c.comment == seen.comment,
        signatures.c.comment != "",
    )
    return returning_signature(connection, statement.values(comment_status=status))


def delete(
    connection: Connection, row: int, *, was: Sequence[SignatureStatus] | None = None
) -> Signature | None:
    """Delete a signature with its consents and queued mail, if its status is one of `was`."""
    statement = sa.delete(signatures).where(signatures.c.id == row)
    if was is not None:
        statement = statement.where(signatures.c.status.in_(was))
    return returning_signature(connection, statement)


def delete_paper(connection: Connection, row: int) -> Signature | None:
    """Delete a paper signature that is confirmed or held."""
    statement = sa.delete(signatures).where(
        signatures.c.id == row,
        signatures.c.status.in_((SignatureStatus.CONFIRMED, SignatureStatus.HELD)),
        signatures.c.origin == Origin.PAPER,
        signatures.c.anonymised_at.is_(None),
    )
    return returning_signature(connection, statement)
