"""Data subject rights and retention: download, change and erase one's data; purge expired data.

Erasure deletes a person's signatures with their consents, comments and queued mail, and takes them
out of the count. Only a keyed hash of the address stays, to suppress further mail; its owner can
lift that (`lift_suppression`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from campaign.errors import SignatureUnknown, StoreConflict
from campaign.keys import Keyring
from campaign.mail_address import mailable
from campaign.petition import cwc_approval, letter_fingerprints, mailed_links
from campaign.petition.identity import Email
from campaign.store import (
    audit,
    consent_log,
    counts,
    endpoints,
    jobs,
    letters,
    outbox,
    retention,
    signature_changes,
    signature_mail,
    signatures,
    suppressions,
    tokens,
    update_figures,
    used_links,
    wordings,
)
from campaign.store.audit import Record
from campaign.store.db.column_types import as_text
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies
from campaign.store.signatures import Signature
from campaign.store.statuses import Origin

#: Pending signatures are deleted after this long.
PENDING_DAYS = 14
#: Withdrawn signatures are deleted after this long, held ones after `HELD_DAYS`.
WITHDRAWN_DAYS = 30
HELD_DAYS = 90
#: Records of used links are deleted after this long.
USED_LINK_DAYS = 90
#: Outbox rows of sent or failed mail are deleted after this long.
OUTBOX_DAYS = 30


@dataclass(frozen=True)
class Erasure:
    """The erased signatures, and earlier exports that may still contain the person."""

    signatures: tuple[str, ...]
    exports: tuple[Record, ...]


@dataclass(frozen=True)
class PurgeReport:
    """How many rows retention removed; anonymized signatures and letters stay in the counts."""

    pending: int
    withdrawn: int
    held: int
    invalid: int
    anonymised: int
    mail: int
    letters: int = 0
    sendings: int = 0

    @property
    def total(self) -> int:
        """The sum of all of them."""
        return (
            self.pending
            + self.withdrawn
            + self.held
            + self.invalid
            + self.anonymised
            + self.mail
            + self.letters
            + self.sendings
        )


def download(db: Database, token: str, *, now: datetime, keyring: Keyring) -> dict[str, Any]:
    """Return all data about the signature of a `me` link, ready for JSON.

    Raises TokenRefused, StoreUnavailable.
    """
    found = mailed_links.look_up(db, token, "me", now=now, keyring=keyring)
    with db.reading() as connection:
        history = consent_log.history(connection, found.id)
        keys = tokens.address_keys(keyring, found.email_key or "")
        sent = cwc_approval.letters_of_person(connection, keys, found.name_key)
        signed = wordings.of_campaign(connection, found.campaign).find(
            found.wording_version, found.language
        )

    def time(moment: datetime | None) -> str | None:
        return as_text(moment) if moment else None

    return {
        "id": found.public_id,
        "campaign": found.campaign,
        "status": found.status,
        "number": found.number or None,
        "first_name": found.first_name,
        "last_name": found.last_name,
        "email": found.email,
        "zip": found.zip,
        "city": found.city,
        "state": found.state,
        "district": found.district,
        "comment": found.comment,
        "comment_status": found.comment_status,
        "show_name": found.show_name,
        "mail_opt_in": found.mail_opt_in,
        "language": found.language,
        "source": found.source,
        "origin": found.origin,
        "sheet": found.sheet,
        "flags": list(found.flags),
        "signed_at": time(found.created_at),
        "confirmed_at": time(found.confirmed_at),
        "reminded_at": time(found.reminded_at),
        "ended_at": time(found.ended_at),
        "unsubscribed_at": time(found.unsubscribed_at),
        "consents": [
            {
                "act": row.act,
                "at": time(row.at),
                "wording_version": row.wording_version,
                "sentence": row.sentence,
                "mail_opt_in": row.mail_opt_in,
                "show_name": row.show_name,
            }
            for row in history
        ],
        "wording_version": found.wording_version,
        "petition_signed": None
        if signed is None
        else {
            "headline": signed.headline,
            "standfirst": signed.standfirst,
            "addressees": signed.addressees,
            "paragraphs": list(signed.paragraphs),
            "consent": signed.consent,
        },
        "letters_to_congress": sent,
    }


def set_preferences(
    db: Database,
    token: str,
    *,
    show_name: bool,
    mail_opt_in: bool,
    now: datetime,
    keyring: Keyring,
) -> Signature:
    """Set the two checkboxes of the sign-up form. Raises TokenRefused, StoreUnavailable."""

    def values(found: Signature) -> dict[str, Any]:
        return {
            "show_name": show_name,
            "mail_opt_in": mail_opt_in,
            "unsubscribed_at": None if mail_opt_in else found.unsubscribed_at,
        }

    return _changed(db, token, values, now=now, keyring=keyring)


def unsubscribe(db: Database, token: str, *, now: datetime, keyring: Keyring) -> Signature:
    """Unsubscribe a mailbox from this campaign's updates and reminders. Idempotent.

    This affects both members of a household, since RFC 8058 unsubscribes an address. Raises
    TokenRefused, StoreUnavailable.
    """
    with db.writing() as connection:
        found = mailed_links.open_link(connection, token, "unsubscribe", now=now, keyring=keyring)
        if unsubscribe_mailbox(connection, found, now):
            update_figures.count_unsubscribed(connection, found.id)
        # Open the link again, in case the signature was erased meanwhile.
        return mailed_links.open_link(connection, token, "unsubscribe", now=now, keyring=keyring)


def unsubscribe_mailbox(connection: Connection, found: Signature, now: datetime) -> bool:
    """Unsubscribe a signer's mailbox from a campaign, in the caller's transaction.

    Returns False if it was unsubscribed already.
    """
    has_left = False
    for one in signatures.by_email(connection, found.email_key):
        if one.campaign != found.campaign:
            continue
        left = signature_changes.unsubscribe(connection, one.id, now=now)
        if left is None:
            continue
        signature_mail.cancel(connection, left.id, ("reminder", "update"))
        consent_log.record(connection, left.id, "unsubscribed", now=now, show_name=left.show_name)
        _tell_of_change(connection, left, now)
        has_left = True
    return has_left


def ask_for_links(db: Database, email: Email, *, language: str, now: datetime) -> None:
    """Queue a mail with the links to all signatures of a mailbox, whether or not there are any.

    Without a lookup here, the response cannot reveal who signed; the mail sender drops the mail if
    there is no signature. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        outbox.enqueue(
            connection,
            "own-links",
            campaign="",
            to=email.canonical,
            payload={"language": language},
            now=now,
        )


def erase(db: Database, token: str, *, now: datetime, keyring: Keyring) -> Erasure:
    """Erase the person of a `me` link: their signatures in every campaign, not a housemate's.

    The address is suppressed unless a housemate's signature remains. A last mail confirms the
    erasure. Raises TokenRefused, StoreUnavailable.
    """
    with db.writing() as connection:
        found = mailed_links.open_link(connection, token, "me", now=now, keyring=keyring)
        mailed_links.hold_address(connection, found.email_key, now=now, keyring=keyring)
        # Open the link again: of several concurrent requests, only one erases.
        found = mailed_links.open_link(connection, token, "me", now=now, keyring=keyring)
        same = _same_person(connection, found)
        erased = _erase(connection, found.email_key, same, actor="signer", now=now, keyring=keyring)
        used_links.record(connection, token, "erased", now=now)
    db.truncate_log()
    return erased


def erase_signature(
    db: Database,
    public_id: str,
    *,
    actor: str,
    now: datetime,
    keyring: Keyring,
    is_silent: bool = False,
    within: Callable[[str], bool] = lambda campaign: True,
) -> Erasure:
    """Erase the person of a signature as `erase` does, even one on paper without an address.

    Entering their paper sheet again does not restore them. With `is_silent` no mail is sent, for a
    person who was erased before. Only signatures whose campaign passes `within(campaign)` are
    erased. Raises SignatureUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        found = signatures.by_public_id(connection, public_id)
        if found is not None:
            mailed_links.hold_address(connection, found.email_key, now=now, keyring=keyring)
            found = signatures.by_public_id(connection, public_id)
        if found is None or not within(found.campaign):
            raise SignatureUnknown("No signature has this id. Take the external_id of an export.")
        same = [one for one in _same_person(connection, found) if within(one.campaign)]
        erased = _erase(
            connection,
            found.email_key,
            same,
            actor=actor,
            now=now,
            keyring=keyring,
            is_silent=is_silent,
        )
    db.truncate_log()
    return erased


def erase_address(
    db: Database, email: Email, *, actor: str, now: datetime, keyring: Keyring
) -> Erasure:
    """Erase everyone who signed with this address, and suppress it even if it is unknown.

    Raises StoreUnavailable.
    """
    with db.writing() as connection:
        mailed_links.hold_address(connection, email.canonical, now=now, keyring=keyring)
        found = signatures.by_email(connection, email.canonical)
        erased = _erase(
            connection,
            email.canonical,
            list(found),
            actor=actor,
            now=now,
            keyring=keyring,
            is_whole_mailbox=True,
        )
    db.truncate_log()
    return erased


def lift_suppression(
    db: Database, email: Email, *, actor: str, now: datetime, keyring: Keyring
) -> bool:
    """Let a suppressed address sign and get mail again, at its owner's request.

    Returns False if it was not suppressed. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        lifted = suppressions.allow(connection, tokens.address_keys(keyring, email.canonical))
        if lifted:
            audit.record(connection, "allow-again", actor=actor, now=now, details={})
        return lifted


def purge(db: Database, now: datetime, *, retention_days: int) -> PurgeReport:
    """Delete expired data in small transactions; safe to run at any time.

    Confirmed signatures are anonymized after `retention_days`: they stay in the counts by place,
    without the person, and without when and how they signed. Deleted data is also scrubbed from the
    database's files. Raises StoreUnavailable.
    """

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    done = PurgeReport(
        pending=retention.delete_pending(db, signed_before=ago(PENDING_DAYS)),
        withdrawn=retention.delete_withdrawn(db, ended_before=ago(WITHDRAWN_DAYS)),
        held=retention.delete_held(db, signed_before=ago(HELD_DAYS)),
        invalid=retention.delete_invalid(db, signed_before=ago(retention_days)),
        anonymised=retention.anonymise(db, signed_before=ago(retention_days), now=now),
        mail=retention.forget_mail(db, finished_before=ago(OUTBOX_DAYS)),
        letters=letters.forget_old(db, made_before=ago(letter_fingerprints.FINGERPRINT_DAYS)),
        sendings=cwc_approval.purge(db, now).total,
    )
    with db.writing() as connection:
        suppressions.delete_old(connection, before=ago(2))
        used_links.forget(connection, before=ago(USED_LINK_DAYS))
    if done.total:
        db.vacuum()
    db.truncate_log()
    return done


def _same_person(connection: Connection, found: Signature) -> list[Signature]:
    """Return every signature of that name and address; only the given one without an address."""
    if not found.email_key:
        return [found]
    return [
        one
        for one in signatures.by_email(connection, found.email_key)
        if one.name_key == found.name_key
    ]


def _erase(
    connection: Connection,
    email_key: str,
    found: list[Signature],
    *,
    actor: str,
    now: datetime,
    keyring: Keyring,
    is_whole_mailbox: bool = False,
    is_silent: bool = False,
) -> Erasure:
    deleted = (signature_changes.delete(connection, one.id) for one in found)
    found = [one for one in deleted if one is not None]
    for one in found:
        if one.is_confirmed:
            counts.append_signature(connection, one, at=now, delta=-1)
        letter_fingerprints.forget(
            connection, one.campaign, name_key=one.name_key, zip=one.zip, keyring=keyring
        )
        if one.is_confirmed:
            endpoints.queue_event(connection, "signature.withdrawn", one, now=now, is_gone=True)
    if email_key:
        rest = signatures.by_email(connection, email_key)
        keys = tokens.address_keys(keyring, email_key)
        names = None if is_whole_mailbox else frozenset(one.name_key for one in found)
        for key in keys:
            cwc_approval.forget(connection, key, name_keys=names)
        if not rest:
            suppressions.suppress(connection, keys[0], now=now)
            outbox.forget_address(connection, email_key)
            for address in {mailable(one.email) for one in found if one.email}:
                outbox.forget_address(connection, address)
    # Paper signers never confirmed the address or opted in to mail.
    mailed = next((one for one in found if one.origin == Origin.ONLINE and one.email), None)
    if mailed is not None and not is_silent:
        outbox.enqueue(
            connection,
            "erased",
            campaign=mailed.campaign,
            to=mailed.email,
            payload={"language": mailed.language},
            now=now,
        )
    exports = stale_copies.may_contain(
        connection, [(one.campaign, one.confirmed_at) for one in found if one.confirmed_at]
    )
    jobs.expire_files(connection, [one.campaign for one in found], now=now)
    ids = tuple(one.public_id for one in found)
    audit.record(
        connection,
        "erase",
        actor=actor,
        now=now,
        details={"signatures": list(ids), "exports": [record.id for record in exports]},
    )
    return Erasure(ids, exports)


def _changed(
    db: Database,
    token: str,
    values: Callable[[Signature], dict[str, Any]],
    *,
    now: datetime,
    keyring: Keyring,
) -> Signature:
    """Apply the values that `values(signature)` returns to the signature of a `me` link."""

    def work(connection: Connection) -> Signature:
        found = mailed_links.open_link(
            connection, token, "me", now=now, keyring=keyring, for_change=True
        )
        changed = apply_change(connection, found, values(found), now=now, keyring=keyring)
        if changed is None:
            raise StoreConflict("The signature was changed at the same time.")
        return changed

    return mailed_links.write_with_retry(db, work)


def apply_change(
    connection: Connection,
    found: Signature,
    values: dict[str, Any],
    *,
    now: datetime,
    keyring: Keyring,
) -> Signature | None:
    """Change a signature's personal data with all consequences, and return the new signature.

    Moves the counts by place, notifies connected systems, and deletes letter fingerprints under the
    old name or ZIP. Returns None if the signature was changed at the same time.
    """
    changed = signature_changes.change_own(connection, found, values)
    if changed is None:
        return None
    if changed.is_confirmed:
        counts.move_signature(connection, found, changed, at=now)
    if (changed.name_key, changed.zip) != (found.name_key, found.zip):
        letter_fingerprints.forget(
            connection,
            found.campaign,
            name_key=found.name_key,
            zip=found.zip,
            keyring=keyring,
        )
    _tell_of_change(connection, changed, now)
    consent_log.record(
        connection,
        changed.id,
        "changed",
        now=now,
        wording_version=changed.wording_version,
        show_name=changed.show_name,
        mail_opt_in=changed.mail_opt_in,
    )
    return changed


def _tell_of_change(connection: Connection, found: Signature, now: datetime) -> None:
    if found.is_confirmed:
        endpoints.queue_event(connection, "signature.changed", found, now=now)
