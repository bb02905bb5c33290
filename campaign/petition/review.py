"""Review decisions of organizers: release, invalidate or reinstate signatures, show comments.

Nothing is deleted here, and each decision is audited with its actor. If `campaign` is given, the
signature must belong to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.errors import SignatureUnknown, TooManyAttempts
from campaign.petition.mailed_links import end_signature
from campaign.store import (
    audit,
    counts,
    endpoints,
    signature_changes,
    signature_mail,
    signatures,
    tokens,
)
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import CommentStatus, NameStatus, Origin, SignatureStatus

#: The most confirmation mails that one address gets, however many organizers resend it.
MAX_CONFIRM_MAILS = 5
_RESEND_AFTER = timedelta(hours=1)

# Decisions per transaction, small enough to let other writers in between.
_BATCH = 100


@dataclass(frozen=True)
class BulkAction:
    """A decision on many signatures at once: its id, for `undo`, and how many it changed."""

    id: str
    count: int = 0

    def plus(self, more: int) -> "BulkAction":
        """Return a copy with a higher count."""
        return replace(self, count=self.count + more)


_UNKNOWN = "This decision does not apply to the signature any longer. Reload the list."


def release(db: Database, public_id: str, *, actor: str, now: datetime, campaign: str = "") -> None:
    """Release a held signature: it becomes pending, and its confirmation mail is queued.

    A paper signature counts at once: it is its own confirmation. Raises SignatureUnknown if it is
    not held (any more), StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        released = _let_go_on(connection, found, now)
        if released is None:
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, "release", released, actor=actor, now=now)


def release_all(
    db: Database, public_ids: Sequence[str], *, actor: str, now: datetime, campaign: str
) -> BulkAction:
    """Release many held signatures of a campaign in one action that `undo` can take back.

    Skips those that are no longer held, and paper signatures, which need a decision each. Raises
    StoreUnavailable.
    """
    press = BulkAction(tokens.new_public_id(now))
    for some in _parts(public_ids):
        with db.writing() as connection:
            for found in signatures.by_public_ids(connection, campaign, some):
                if found.origin == Origin.PAPER:
                    continue
                released = _let_go_on(connection, found, now)
                if released is not None:
                    _note(connection, "release", released, actor=actor, now=now, press=press.id)
                    press = press.plus(1)
    return press


def actions_of(db: Database, campaign: str, press: str) -> Mapping[str, str]:
    """Return what a bulk action did: public id -> action.

    Raises SignatureUnknown if this campaign has no such bulk action; StoreUnavailable.
    """
    with db.reading() as connection:
        found = audit.of_bulk_decision(connection, campaign, press)
    if not found:
        raise SignatureUnknown("There is no such decision to undo.")
    return found


def undo(db: Database, press: str, *, actor: str, now: datetime, campaign: str) -> int:
    """Undo a bulk action; return how many signatures changed.

    Released signatures are held again, unless confirmed meanwhile, and their queued mail is
    canceled; invalidated ones are reinstated. Idempotent. Raises SignatureUnknown if there is no
    such bulk action; StoreUnavailable.
    """
    acts = actions_of(db, campaign, press)
    done = 0
    for some in _parts(list(acts)):
        with db.writing() as connection:
            for found in signatures.by_public_ids(connection, campaign, some):
                if acts[found.public_id] == "release":
                    back, action = _set_aside(connection, found), "hold-again"
                else:
                    back, action = _put_back(connection, found, now), "reinstate"
                if back is not None:
                    _note(connection, action, back, actor=actor, now=now)
                    done += 1
    return done


def invalidate(
    db: Database, public_id: str, reason: str, *, actor: str, now: datetime, campaign: str = ""
) -> None:
    """Take a signature out of the count, with a reason, without deleting it.

    Raises SignatureUnknown if it is not confirmed, pending or held; StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        if not end_signature(connection, found, SignatureStatus.INVALID, now=now, reason=reason):
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, "invalidate", found, actor=actor, now=now, reason=reason)


def invalidate_all(
    db: Database,
    public_ids: Sequence[str],
    reason: str,
    *,
    actor: str,
    now: datetime,
    campaign: str,
) -> BulkAction:
    """Invalidate many signatures of a campaign, with one reason, in one undoable action.

    Skips signatures that are gone or have ended. Each is audited on its own, so that each can be
    reinstated. Raises StoreUnavailable.
    """
    press = BulkAction(tokens.new_public_id(now))
    for some in _parts(public_ids):
        with db.writing() as connection:
            for found in signatures.by_public_ids(connection, campaign, some):
                if end_signature(
                    connection, found, SignatureStatus.INVALID, now=now, reason=reason
                ):
                    details = {"reason": reason, "press": press.id}
                    _note(connection, "invalidate", found, actor=actor, now=now, **details)
                    press = press.plus(1)
    return press


def resend(db: Database, public_id: str, *, actor: str, now: datetime, campaign: str = "") -> None:
    """Send the confirmation mail again, with a new week to confirm.

    Raises SignatureUnknown if there is nothing to confirm; TooManyAttempts within an hour of the
    last mail, or after `MAX_CONFIRM_MAILS` of them; StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        again = signature_mail.count_another(
            connection,
            found.id,
            fewer_than=MAX_CONFIRM_MAILS,
            mailed_before=now - _RESEND_AFTER,
            now=now,
        )
        if again is not None:
            _mail_link(connection, again, now)
            _note(connection, "resend", again, actor=actor, now=now)
            return
        mailed = signature_mail.mailed(connection, found.id)
        if mailed.at is not None and now - mailed.at < _RESEND_AFTER:
            raise TooManyAttempts(
                "We sent an email to this address within the past hour. Wait before you send "
                "another.",
                retry_after=int((mailed.at + _RESEND_AFTER - now).total_seconds()) + 1,
            )
        if mailed.mails >= MAX_CONFIRM_MAILS:
            raise TooManyAttempts(
                "We have sent several of these emails to this address. Contact the person "
                "another way.",
                retry_after=24 * 3600,
            )
        raise SignatureUnknown(_UNKNOWN)


def reinstate(
    db: Database, public_id: str, *, actor: str, now: datetime, campaign: str = ""
) -> None:
    """Undo `invalidate`: a confirmed signature counts again, any other is held.

    Raises SignatureUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        again = _put_back(connection, found, now)
        if again is None:
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, "reinstate", again, actor=actor, now=now)


def judge_comment(
    db: Database,
    public_id: str,
    *,
    is_approved: bool,
    actor: str,
    now: datetime,
    campaign: str = "",
) -> None:
    """Approve or reject a comment for the public. Raises SignatureUnknown, StoreUnavailable."""
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        status = CommentStatus.APPROVED if is_approved else CommentStatus.REJECTED
        if signature_changes.set_comment_status(connection, found, status) is None:
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, f"comment-{status}", found, actor=actor, now=now)


def judge_name(
    db: Database,
    public_id: str,
    *,
    is_shown: bool,
    actor: str,
    now: datetime,
    campaign: str = "",
) -> None:
    """Show or hide a first name that its signer chose to show.

    Raises SignatureUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        found = _found(connection, public_id, campaign)
        status = NameStatus.SHOWN if is_shown else NameStatus.HIDDEN
        if signature_changes.set_name_status(connection, found, status) is None:
            raise SignatureUnknown(_UNKNOWN)
        _note(connection, f"name-{status}", found, actor=actor, now=now)


def _let_go_on(connection: Connection, signature: Signature, now: datetime) -> Signature | None:
    if signature.origin == Origin.PAPER:
        return _count_paper(connection, signature, now)
    values = {"status": SignatureStatus.PENDING, "reason": "", "mailed_at": now, "mails": 1}
    # Reminders and retention count from the release, since it may have been held for weeks.
    values["created_at"] = now
    released = signature_changes.change(
        connection, signature.id, was=(SignatureStatus.HELD,), values=values
    )
    if released is not None:
        _mail_link(connection, released, now)
    return released


def _count_paper(connection: Connection, signature: Signature, now: datetime) -> Signature | None:
    """Count a held paper signature: an organizer found that it is another person's."""
    counts.lock(connection, signature.campaign)
    number = counts.total(connection, signature.campaign) + 1
    values = {
        "status": SignatureStatus.CONFIRMED,
        "reason": "",
        "confirmed_at": now,
        "number": number,
    }
    counted = signature_changes.change(
        connection, signature.id, was=(SignatureStatus.HELD,), values=values
    )
    if counted is not None:
        counts.append_signature(connection, counted, at=now, delta=1)
    return counted


def _set_aside(connection: Connection, signature: Signature) -> Signature | None:
    values = {"status": SignatureStatus.HELD, "reason": "limit"}
    held = signature_changes.change(
        connection, signature.id, was=(SignatureStatus.PENDING,), values=values
    )
    if held is not None:
        signature_mail.cancel(connection, held.id, ("confirm", "reminder"))
    return held


def _put_back(connection: Connection, signature: Signature, now: datetime) -> Signature | None:
    again = signature_changes.reinstate(connection, signature.id, confirm_nonce=tokens.new_nonce())
    if again is not None and again.is_confirmed:
        counts.append_signature(connection, again, at=now, delta=1)
        endpoints.queue_event(connection, "signature.confirmed", again, now=now)
    return again


def _parts(public_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(public_ids), _BATCH):
        yield public_ids[start : start + _BATCH]


def _mail_link(connection: Connection, signature: Signature, now: datetime) -> None:
    signature_mail.queue(
        connection,
        "confirm",
        campaign=signature.campaign,
        to=signature.email,
        signature_id=signature.id,
        language=signature.language,
        now=now,
    )


def _found(connection: Connection, public_id: str, campaign: str) -> Signature:
    signature = signatures.by_public_id(connection, public_id, for_change=True)
    if signature is None or campaign not in {"", signature.campaign}:
        raise SignatureUnknown(_UNKNOWN)
    return signature


def _note(
    connection: Connection,
    action: str,
    signature: Signature,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    press: str = "",
) -> None:
    optional = {"reason": reason, "press": press}
    details = {"signature": signature.public_id} | {
        key: text for key, text in optional.items() if text
    }
    audit.record(
        connection, action, actor=actor, now=now, campaign=signature.campaign, details=details
    )
