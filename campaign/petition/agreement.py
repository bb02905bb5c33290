"""Let a signer of an earlier wording agree to today's petition.

A signature moves only when its signer agrees; otherwise it stays counted under the wording that
was signed.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.errors import InvalidInput, PetitionClosed, StoreConflict, TokenRefused
from campaign.keys import Keyring
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.petition import mailed_links
from campaign.petition.mailed_links import CLOSED, REFUSED, write_with_retry
from campaign.store import consent_log, endpoints, signature_changes, wordings
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import ConsentAct
from campaign.store.wordings import Wording

_CHANGED = Message("The petition changed again after you opened this page. Please read it again.")


@dataclass(frozen=True)
class Offer:
    """The wording that a person signed (None if it is not on record) and the version on offer."""

    signed: Wording | None
    version: str


def find_offer(db: Database, pack: Pack, signature: Signature, *, now: datetime) -> Offer | None:
    """Return the newer wording that a confirmed signer may agree to, or None.

    None if the signer signed today's wording, or if the petition takes no signatures. Raises
    StoreUnavailable.
    """
    if not (signature.is_confirmed and pack.published and pack.is_open(now)):
        return None
    with db.reading() as connection:
        known = wordings.of_campaign(connection, pack.name)
    if known.is_current(pack, signature.wording_version, signature.language):
        return None
    signed = known.find(signature.wording_version, signature.language)
    return Offer(signed, pack.wording_version)


def agree(
    db: Database, pack: Pack, token: str, *, version: str, now: datetime, keyring: Keyring
) -> Signature:
    """Move the signature of a `me` link to today's wording, which its signer has read.

    `version` is the wording that their page showed. Idempotent. Raises TokenRefused, InvalidInput
    (field "version") if the wording has changed since, PetitionClosed, StoreUnavailable.
    """
    if not (pack.published and pack.is_open(now)):
        raise PetitionClosed(CLOSED)
    if version != pack.wording_version:
        raise InvalidInput(_CHANGED, field="version")
    wordings.ensure_recorded(db, pack, now=now)

    def work(connection: Connection) -> Signature:
        found = mailed_links.open_link(
            connection, token, "me", now=now, keyring=keyring, for_change=True
        )
        if found.campaign != pack.name or not found.is_confirmed:
            raise TokenRefused(REFUSED)
        if found.wording_version == version:
            return found
        moved = signature_changes.change_wording(connection, found, version)
        if moved is None:
            raise StoreConflict("The signature was changed at the same time.")
        consent_log.record(
            connection,
            moved.id,
            ConsentAct.AGREED,
            now=now,
            wording_version=version,
            sentence=pack.text(moved.language).consent,
            mail_opt_in=moved.mail_opt_in,
            show_name=moved.show_name,
        )
        endpoints.queue_event(connection, "signature.changed", moved, now=now)
        return moved

    return write_with_retry(db, work)
