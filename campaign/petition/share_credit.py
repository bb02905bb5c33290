"""Links that say who shared them: by first name only, and only while the signer wants it.

The link carries a token, not the name. The name is read when the link is opened, so it is gone from
every link that was ever sent once the signer takes it back, withdraws or is erased.
"""

from datetime import datetime

from campaign.keys import Keyring
from campaign.petition import mailed_links
from campaign.store import signature_changes, signatures, tokens
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import NameStatus


def may_be_named(signature: Signature) -> bool:
    """True if the signature counts and its first name may be shown to the public."""
    return (
        signature.is_confirmed
        and signature.anonymised_at is None
        and signature.first_name != ""
        and signature.name_status == NameStatus.SHOWN
    )


def ask(db: Database, public_id: str, *, now: datetime, keyring: Keyring) -> str:
    """Return the token of links that name the signer, at the signer's request.

    It is the same each time until `stop`. "" for a signer who may not be named. Raises
    StoreUnavailable.
    """
    with db.writing() as connection:
        found = signatures.by_public_id(connection, public_id, for_change=True)
        if found is None or not may_be_named(found):
            return ""
        named = signature_changes.set_credit(connection, found.id, tokens.new_nonce())
    if named is None or named.credit_nonce is None:
        return ""
    return tokens.mint(
        keyring,
        "credit",
        public_id=named.public_id,
        nonce=named.credit_nonce,
        expires_at=tokens.expires_at("credit", now),
    )


def stop(db: Database, token: str, *, now: datetime, keyring: Keyring) -> None:
    """Name the signer of a `me` link in no link any more. Raises TokenRefused, StoreUnavailable."""
    with db.writing() as connection:
        found = mailed_links.open_link(connection, token, "me", now=now, keyring=keyring)
        signature_changes.set_credit(connection, found.id, None)


def first_name(db: Database, token: str, *, campaign: str, keyring: Keyring) -> str:
    """Return the first name of who shared a link, or "" where the link names no one.

    Raises StoreUnavailable.
    """
    claim = tokens.read(token)
    if claim is None:
        return ""
    with db.reading() as connection:
        found = signatures.by_public_id(connection, claim.public_id)
    if found is None or found.campaign != campaign or not may_be_named(found):
        return ""
    if found.credit_nonce is None:
        return ""
    is_true = tokens.is_true(claim, keyring, "credit", found.credit_nonce)
    return found.first_name if is_true else ""
