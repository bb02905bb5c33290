"""Correct the name or place of a signature: by its signer, or by an organizer at their request.

The audit log records which signature an organizer changed and which fields, never their contents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign import text
from campaign.congress.apportionment import congress_at
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput, SignatureUnknown, StoreConflict
from campaign.keys import Keyring
from campaign.messages import Message
from campaign.petition import identity, mailed_links, own_data
from campaign.petition.paper import paper_row
from campaign.petition.paper.person_keys import person_key
from campaign.store import audit, districts, paper, signatures, update_figures
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import Origin

_SIGNED_ALREADY = Message(
    "Someone with this name has already signed with this email address, and that signature counts."
)
_GONE = "There is no such signer in this campaign, or not any more. Load the page again."


@dataclass(frozen=True, repr=False)
class Correction:
    """Valid new values for a signature; an empty `zip` keeps the place. `repr()` is redacted."""

    first_name: str
    last_name: str
    zip: str = ""
    state: str = ""
    district: str = ""

    def __repr__(self) -> str:
        return "Correction(…)"


def parse(
    *, first_name: str, last_name: str, zip: str, congress: Congress, now: datetime
) -> Correction:
    """Return what an organizer typed, with the ZIP's district where that is certain.

    Raises InvalidInput, and LineRefused for an unknown ZIP.
    """
    names = {"first_name": first_name, "last_name": last_name}
    clean = {field: text.line(typed, limit=80, field=field) for field, typed in names.items()}
    for field, value in clean.items():
        if not value:
            raise InvalidInput(f"Enter the {field.replace('_', ' ')}.", field=field)
    code = paper_row.parse_zip(zip)
    state, district = paper_row.place_from_zip(congress, code, now)
    return Correction(**clean, zip=code.five, state=state, district=district)


def correct_own(
    db: Database, token: str, correction: Correction, *, now: datetime, keyring: Keyring
) -> Signature:
    """Correct the name and place of the signature of a `me` link, move its counts, and return it.

    Raises TokenRefused; InvalidInput (field "first_name") if a housemate of that name has signed
    with the same address; StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = mailed_links.open_link(connection, token, "me", now=now, keyring=keyring)
        mailed_links.hold_address(connection, found.email_key, now=now, keyring=keyring)
        found = mailed_links.open_link(
            connection, token, "me", now=now, keyring=keyring, for_change=True
        )
        return _apply(connection, found, correction, now=now, keyring=keyring)

    return mailed_links.write_with_retry(db, work)


def correct(
    db: Database,
    public_id: str,
    correction: Correction,
    *,
    campaign: str,
    actor: str,
    now: datetime,
    keyring: Keyring,
) -> None:
    """Correct the name and place of a signature at its signer's request, and audit it.

    Raises SignatureUnknown, InvalidInput as `correct_own` does, StoreUnavailable.
    """

    def work(connection: Connection) -> None:
        found = _of(connection, public_id, campaign)
        mailed_links.hold_address(connection, found.email_key, now=now, keyring=keyring)
        found = _of(connection, public_id, campaign)
        fields: dict[str, tuple[str, str]] = {
            "name": (f"{found.first_name}\n{found.last_name}",
                     f"{correction.first_name}\n{correction.last_name}"),
            "zip": (found.zip, correction.zip),
        }  # fmt: skip
        changed = [field for field, (before, after) in fields.items() if before != after]
        if not changed:
            return
        place_is_same = "zip" not in changed
        _apply(
            connection,
            found,
            Correction(correction.first_name, correction.last_name)
            if place_is_same
            else correction,
            now=now,
            keyring=keyring,
        )
        _note(connection, "signer-corrected", found, actor, now, changed=changed)

    mailed_links.write_with_retry(db, work)


def unsubscribe(db: Database, public_id: str, *, campaign: str, actor: str, now: datetime) -> bool:
    """Unsubscribe a signer's mailbox from the campaign's updates at its owner's request.

    Returns False if it was unsubscribed already. Raises SignatureUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        found = _of(connection, public_id, campaign)
        if not found.email_key or not own_data.unsubscribe_mailbox(connection, found, now):
            return False
        update_figures.count_unsubscribed(connection, found.id)
        _note(connection, "signer-unsubscribed", found, actor, now)
        return True


def _apply(
    connection: Connection,
    signature: Signature,
    correction: Correction,
    *,
    now: datetime,
    keyring: Keyring,
) -> Signature:
    name_key = identity.name_key(correction.first_name, correction.last_name)
    is_renamed = name_key != signature.name_key
    if (
        is_renamed
        and signature.email_key
        and any(
            one.name_key == name_key
            and one.campaign == signature.campaign
            and one.id != signature.id
            for one in signatures.by_email(connection, signature.email_key)
        )
    ):
        raise InvalidInput(_SIGNED_ALREADY, field="first_name")
    values: dict[str, Any] = {
        "first_name": correction.first_name,
        "last_name": correction.last_name,
        "name_key": name_key,
    }
    if correction.zip:
        values |= {
            "zip": correction.zip,
            "state": correction.state,
            "district": correction.district,
            "lines": congress_at(now) if correction.district else 0,
            **districts.NEW,
            "city": "",
        }
    changed = own_data.apply_change(connection, signature, values, now=now, keyring=keyring)
    if changed is None:
        raise StoreConflict("The signature was changed at the same time.")
    if changed.origin == Origin.PAPER:
        # The paper sheet already has the corrected words: typing it again must not count twice.
        key = person_key(keyring, changed.campaign, changed.name_key, changed.zip, 1)
        paper.record_entered(connection, changed.campaign, [key], now=now)
    return changed


def _of(connection: Connection, public_id: str, campaign: str) -> Signature:
    found = signatures.by_public_id(connection, public_id)
    if found is None or found.campaign != campaign or found.anonymised_at is not None:
        raise SignatureUnknown(_GONE)
    return found


def _note(
    connection: Connection,
    action: str,
    signature: Signature,
    actor: str,
    now: datetime,
    **more: object,
) -> None:
    details: Mapping[str, object] = {"signature": signature.public_id, **more}
    audit.record(
        connection, action, actor=actor, now=now, campaign=signature.campaign, details=details
    )
