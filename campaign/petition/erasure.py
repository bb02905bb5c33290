"""Erase a person's data.

Erasure deletes a person's signatures with their consents, comments and queued mail, and takes them
out of the count. Only a keyed hash of the address stays, to suppress further mail; its owner can
lift that (`lift_suppression`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.errors import SignatureUnknown
from campaign.keys import Keyring
from campaign.mail_address import mailable
from campaign.petition import cwc_retention, letter_fingerprints, mailed_links
from campaign.petition.identity import Email
from campaign.store import (
    audit,
    counts,
    endpoints,
    jobs,
    outbox,
    signature_changes,
    signatures,
    suppressions,
    tokens,
    used_links,
)
from campaign.store.audit import Record
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies
from campaign.store.signatures import Signature
from campaign.store.statuses import Origin


@dataclass(frozen=True)
class Erasure:
    """The erased signatures, and earlier exports that may still contain the person."""

    signatures: tuple[str, ...]
    exports: tuple[Record, ...]


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


def _same_person(connection: Connection, signature: Signature) -> list[Signature]:
    """Return every signature of that name and address; only the given one without an address."""
    if not signature.email_key:
        return [signature]
    return [
        one
        for one in signatures.by_email(connection, signature.email_key)
        if one.name_key == signature.name_key
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
            cwc_retention.forget(connection, key, name_keys=names)
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
