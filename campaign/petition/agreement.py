"""A signer of an earlier wording reads the petition of today, and agrees to it or leaves it.

Nothing moves by itself: who does not answer stays counted under the words that they signed.
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
from campaign.store import endpoints, signatures, wordings
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.wordings import Wording

_CHANGED = Message(
    "The petition was changed once more since you opened this page. Read it again, please."
)


@dataclass(frozen=True)
class Offer:
    """What somebody signed, None where it is not on record, and the version to agree to now."""

    signed: Wording | None
    version: str


def find_offer(db: Database, pack: Pack, signature: Signature, *, now: datetime) -> Offer | None:
    """Return what there is to agree to for a signature that counts, None where there is nothing.

    Nothing is, while its signer signed the words of today, or the petition takes no signatures.
    Raises StoreUnavailable.
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
    """Move the signature of a `me` link to the petition of today, which its signer has read.

    `version` is that of the text on their page. Doing it twice is harmless. Raises TokenRefused,
    InvalidInput (field "version") for a text that has changed since, PetitionClosed,
    StoreUnavailable.
    """
    if not (pack.published and pack.is_open(now)):
        raise PetitionClosed(CLOSED)
    if version != pack.wording_version:
        raise InvalidInput(_CHANGED, field="version")
    wordings.keep(db, pack, now=now)

    def work(connection: Connection) -> Signature:
        found = mailed_links.open_link(
            connection, token, "me", now=now, keyring=keyring, for_change=True
        )
        if found.campaign != pack.name or not found.is_confirmed:
            raise TokenRefused(REFUSED)
        if found.wording_version == version:
            return found
        moved = signatures.sign_anew(connection, found, version)
        if moved is None:
            raise StoreConflict("The signature was changed in this very moment.")
        signatures.record_consent(
            connection,
            moved.id,
            "agreed",
            now=now,
            wording_version=version,
            sentence=pack.text(moved.language).consent,
            mail_opt_in=moved.mail_opt_in,
            show_name=moved.show_name,
        )
        endpoints.tell(connection, "signature.changed", moved, now=now)
        return moved

    return write_with_retry(db, work)
