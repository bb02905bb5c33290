"""What an organiser decides: let a held signature go on, strike a false one, show a comment.

Nothing is deleted here, and each decision is on record with who took it. Where `campaign` is given,
the signature has to be that campaign's.
"""

from datetime import datetime

from sqlalchemy import Connection

from campaign.errors import SignatureUnknown
from campaign.petition.signing import end
from campaign.store import audit, counts, endpoints, signatures
from campaign.store.engine import Database
from campaign.store.signatures import Signature

_UNKNOWN = "No signature like that waits for this decision. Load the list again."


def release(db: Database, public_id: str, *, actor: str, now: datetime, campaign: str = "") -> None:
    """Let a held signature go on: it becomes pending, and its confirming mail is queued.

    Raises SignatureUnknown when it is not held (any more), StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        values = {"status": "pending", "reason": "", "mailed_at": now, "mails": 1}
        # What waited for weeks is reminded and deleted by the day of its release.
        values["created_at"] = now
        if not signatures.change(connection, found.id, was=("held",), values=values):
            raise SignatureUnknown(_UNKNOWN)
        signatures.queue_mail(
            connection,
            "confirm",
            campaign=found.campaign,
            to=found.email,
            signature_id=found.id,
            language=found.language,
            now=now,
        )
        _note(connection, "release", found, actor=actor, now=now)


def invalidate(
    db: Database, public_id: str, reason: str, *, actor: str, now: datetime, campaign: str = ""
) -> None:
    """Take a signature out of the count without deleting it, with the reason.

    Raises SignatureUnknown when it is neither confirmed, pending nor held; StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        if not end(connection, found, "invalid", now=now, reason=reason):
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, "invalidate", found, actor=actor, now=now, reason=reason)


def reinstate(
    db: Database, public_id: str, *, actor: str, now: datetime, campaign: str = ""
) -> None:
    """Take back an `invalidate` of a signature that had been confirmed: it counts again.

    Raises SignatureUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        values = {"status": "confirmed", "reason": "", "ended_at": None}
        if found.confirmed_at is None or not signatures.change(
            connection, found.id, was=("invalid",), values=values
        ):
            raise SignatureUnknown(_UNKNOWN)
        counts.append(
            connection,
            found.campaign,
            state=found.state,
            district=found.district,
            at=now,
            delta=1,
            origin=found.origin,
            source=found.source,
        )
        endpoints.tell(connection, "signature.confirmed", found, now=now)
        _note(connection, "reinstate", found, actor=actor, now=now)


def judge_comment(
    db: Database,
    public_id: str,
    *,
    is_approved: bool,
    actor: str,
    now: datetime,
    campaign: str = "",
) -> None:
    """Show a comment to everybody, or do not. Raises SignatureUnknown, StoreUnavailable."""
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        if not found.comment:
            raise SignatureUnknown(_UNKNOWN)
        status = "approved" if is_approved else "rejected"
        signatures.change(
            connection, found.id, was=(found.status,), values={"comment_status": status}
        )
        _note(connection, f"comment-{status}", found, actor=actor, now=now)


def _found(connection: Connection, public_id: str, campaign: str) -> Signature:
    signature = signatures.by_public_id(connection, public_id)
    if signature is None or campaign not in {"", signature.campaign}:
        raise SignatureUnknown(_UNKNOWN)
    return signature


def _note(
    connection: Connection,
    action: str,
    found: Signature,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
) -> None:
    details = {"signature": found.public_id} | ({"reason": reason} if reason else {})
    audit.record(connection, action, actor=actor, now=now, campaign=found.campaign, details=details)
