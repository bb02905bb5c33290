"""What signers do with their own data: download and change it, and unsubscribe."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.errors import StoreConflict
from campaign.keys import Keyring
from campaign.petition import cwc_retention, letter_fingerprints, mailed_links
from campaign.petition.identity import Email
from campaign.store import (
    consent_log,
    counts,
    districts,
    endpoints,
    outbox,
    signature_changes,
    signature_mail,
    signatures,
    tokens,
    update_figures,
    wordings,
)
from campaign.store.db.column_types import as_text
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import ConsentAct


def download(db: Database, token: str, *, now: datetime, keyring: Keyring) -> dict[str, Any]:
    """Return all data about the signature of a `me` link, ready for JSON.

    Raises TokenRefused, StoreUnavailable.
    """
    found = mailed_links.look_up(db, token, "me", now=now, keyring=keyring)
    with db.reading() as connection:
        history = consent_log.history(connection, found.id)
        keys = tokens.address_keys(keyring, found.email_key or "")
        sent = cwc_retention.letters_of_person(connection, keys, found.name_key)
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
        "district_lines": districts.lines_of(found.district, found.lines, found.created_at) or None,
        "signed_district": found.signed_district or found.district,
        "comment": found.comment,
        "comment_status": found.comment_status,
        "show_name": found.show_name,
        "named_in_shared_links": found.credit_nonce is not None,
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

    def values(signature: Signature) -> dict[str, Any]:
        return {
            "show_name": show_name,
            "mail_opt_in": mail_opt_in,
            "unsubscribed_at": None if mail_opt_in else signature.unsubscribed_at,
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


def unsubscribe_mailbox(connection: Connection, signature: Signature, now: datetime) -> bool:
    """Unsubscribe a signer's mailbox from a campaign, in the caller's transaction.

    Returns False if it was unsubscribed already.
    """
    has_left = False
    for one in signatures.by_email(connection, signature.email_key):
        if one.campaign != signature.campaign:
            continue
        left = signature_changes.unsubscribe(connection, one.id, now=now)
        if left is None:
            continue
        signature_mail.cancel(connection, left.id, ("reminder", "update"))
        consent_log.record(
            connection, left.id, ConsentAct.UNSUBSCRIBED, now=now, show_name=left.show_name
        )
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
    signature: Signature,
    values: dict[str, Any],
    *,
    now: datetime,
    keyring: Keyring,
) -> Signature | None:
    """Change a signature's personal data with all consequences, and return the new signature.

    Moves the counts by place, notifies connected systems, and deletes letter fingerprints under the
    old name or ZIP. Returns None if the signature was changed at the same time.
    """
    changed = signature_changes.change_own(connection, signature, values)
    if changed is None:
        return None
    if changed.is_confirmed:
        counts.move_signature(connection, signature, changed, at=now)
    if (changed.name_key, changed.zip) != (signature.name_key, signature.zip):
        letter_fingerprints.forget(
            connection,
            signature.campaign,
            name_key=signature.name_key,
            zip=signature.zip,
            keyring=keyring,
        )
    _tell_of_change(connection, changed, now)
    consent_log.record(
        connection,
        changed.id,
        ConsentAct.CHANGED,
        now=now,
        wording_version=changed.wording_version,
        show_name=changed.show_name,
        mail_opt_in=changed.mail_opt_in,
    )
    return changed


def _tell_of_change(connection: Connection, signature: Signature, now: datetime) -> None:
    if signature.is_confirmed:
        endpoints.queue_event(connection, "signature.changed", signature, now=now)
