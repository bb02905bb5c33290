"""Confirm, disown or withdraw a signature by a mailed link, each in one transaction.

Every invalid link fails with the same message, whatever is wrong with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from campaign.congress.apportionment import congress_at
from campaign.errors import InvalidInput, PetitionClosed, StoreConflict, TokenRefused
from campaign.keys import Keyring
from campaign.link_lifetimes import Purpose
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.household import free_slot
from campaign.store import (
    civil_days,
    consent_log,
    counts,
    districts,
    endpoints,
    sign_ups,
    signature_changes,
    signature_mail,
    signatures,
    suppressions,
    tokens,
    used_links,
)
from campaign.store.db.engine import Database
from campaign.store.new_signature import Answers, NewSignature
from campaign.store.signatures import Signature
from campaign.store.statuses import CommentStatus, ConsentAct, Origin, SignatureStatus

CLOSED = Message("This petition is closed.")

_SIGNED_ALREADY = Message(
    "Someone with this name has already signed with this email address, and that signature counts."
)

REFUSED = Message(
    "This link cannot be used: it has expired, was used before, or is not complete. "
    "Sign the petition again to get a new one."
)

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class ConfirmedDetails:
    """What the confirmation page showed, as its reader corrected it. `repr()` is redacted.

    `sentence` is the page's statement of what a signature means. `is_second_person` is True if the
    sign-up that this one replaced was by another member of the household.
    """

    first_name: str
    last_name: str
    zip: str
    state: str
    district: str
    comment: str
    show_name: bool
    mail_opt_in: bool
    sentence: str
    is_second_person: bool = False


def look_up(
    db: Database, token: str, purpose: Purpose, *, now: datetime, keyring: Keyring
) -> Signature:
    """Return the signature that a mailed link opens for this purpose. Read-only.

    A used confirmation link still opens its signature, whose status tells what happened. Raises
    TokenRefused, identical for a link that is unknown, expired or for another purpose;
    StoreUnavailable.
    """
    with db.reading() as connection:
        return open_link(connection, token, purpose, now=now, keyring=keyring)


def housemates(db: Database, signature: Signature) -> tuple[Signature, ...]:
    """Return the other signatures of the same address and campaign. Raises StoreUnavailable."""
    with db.reading() as connection:
        return _housemates(connection, signature)


def confirm(
    db: Database,
    pack: Pack,
    token: str,
    *,
    confirmed: ConfirmedDetails | None = None,
    now: datetime,
    keyring: Keyring,
) -> Signature:
    """Count the signature of a confirmation link, and return it with its number.

    The number is the count at that moment. `confirmed` holds what the owner read and confirmed;
    without it the signature counts as typed. Idempotent: a second call returns the result of the
    first. Raises TokenRefused as `look_up` does, and for a withdrawn or held signature;
    InvalidInput (field "first_name" or "zip") if the details are those of another signer;
    PetitionClosed after `pack.confirms_until`; StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = open_link(connection, token, "confirm", now=now, keyring=keyring)
        hold_address(connection, found.email_key, now=now, keyring=keyring)
        # Open the link again: another of the same address may have changed the signature meanwhile.
        found = open_link(connection, token, "confirm", now=now, keyring=keyring)
        if found.campaign != pack.name or found.confirm_nonce is None:
            raise TokenRefused(REFUSED)
        if found.is_confirmed:
            return found
        if not pack.takes_confirmations(now):
            raise PetitionClosed(CLOSED)
        counts.lock(connection, found.campaign)
        civil_days.set_zone(connection, pack.name, pack.zone)
        words = _corrected_values(connection, found, confirmed, now) if confirmed else {}
        earlier = found.earlier if confirmed is not None and confirmed.is_second_person else None
        counted = signature_changes.confirm(
            connection, found.id, found.confirm_nonce, now=now, answers=words
        )
        if counted is None:
            pressed_before = signatures.by_id(connection, found.id)
            if pressed_before is not None and pressed_before.is_confirmed:
                return pressed_before
            raise TokenRefused(REFUSED)
        # Use the current row: the same person may have signed again since the link was opened.
        found = counted
        counts.append_signature(connection, found, at=now, delta=1)
        number = counts.total(connection, found.campaign)
        signature_changes.change(
            connection, found.id, was=(SignatureStatus.CONFIRMED,), values={"number": number}
        )
        consent_log.record(
            connection,
            found.id,
            ConsentAct.CONFIRMED,
            now=now,
            wording_version=found.wording_version,
            sentence=confirmed.sentence if confirmed is not None else "",
            mail_opt_in=found.mail_opt_in,
            show_name=found.show_name,
        )
        signature_mail.queue(
            connection,
            "thanks",
            campaign=found.campaign,
            to=found.email,
            signature_id=found.id,
            language=found.language,
            now=now,
        )
        endpoints.queue_event(connection, "signature.confirmed", found, now=now)
        if earlier:
            _add_replaced_signup(connection, found, earlier, now)
        return _reload(connection, found)

    return write_with_retry(db, work)


def disown(db: Database, token: str, *, now: datetime, keyring: Keyring) -> None:
    """Delete the pending signature of a confirmation link whose recipient did not sign.

    The link says so from then on. The address's attempts are reset, so that its owner can sign.
    Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> None:
        found = open_link(connection, token, "confirm", now=now, keyring=keyring)
        # Lock the address first, as sign-ups do, to avoid a deadlock.
        suppressions.reset_tries(connection, tokens.address_key(keyring, found.email_key))
        if not signature_changes.delete(connection, found.id, was=(SignatureStatus.PENDING,)):
            raise TokenRefused(REFUSED)
        used_links.record(connection, token, "disowned", now=now)

    write_with_retry(db, work)


def hold_address(
    connection: Connection, email_key: str, *, now: datetime, keyring: Keyring
) -> None:
    """Lock an address until the transaction ends, so that all who change its signatures take turns.

    Lock the address before its signatures, which avoids deadlocks. An empty `email_key` (a paper
    signature) locks nothing.
    """
    if email_key:
        suppressions.lock_address(connection, tokens.address_key(keyring, email_key), now=now)


def _housemates(connection: Connection, signature: Signature) -> tuple[Signature, ...]:
    return tuple(
        one
        for one in signatures.by_email(connection, signature.email_key)
        if one.campaign == signature.campaign and one.id != signature.id
    )


def _corrected_values(
    connection: Connection, signature: Signature, confirmed: ConfirmedDetails, now: datetime
) -> dict[str, Any]:
    """Return the column values for what the owner read.

    Raises InvalidInput for a person who has signed already, or another ZIP than the housemate's.
    """
    name_key = identity.name_key(confirmed.first_name, confirmed.last_name)
    other = next((one for one in _housemates(connection, signature) if one.is_confirmed), None)
    if other is not None and other.name_key == name_key:
        raise InvalidInput(_SIGNED_ALREADY, field="first_name")
    earlier = signature.earlier if confirmed.is_second_person else None
    shared = other.zip if other is not None else earlier["zip"] if earlier else confirmed.zip
    if shared != confirmed.zip:
        raise InvalidInput(
            Message(
                "Two people can sign with one email address only from the same ZIP code. The other "
                "signature is from %(zip)s.",
                zip=shared,
            ),
            field="zip",
        )
    words: dict[str, Any] = {
        "first_name": confirmed.first_name,
        "last_name": confirmed.last_name,
        "name_key": name_key,
        "zip": confirmed.zip,
        "state": confirmed.state,
        "district": confirmed.district,
        "comment": confirmed.comment,
        "show_name": confirmed.show_name,
        "mail_opt_in": confirmed.mail_opt_in,
    }
    if (confirmed.zip, confirmed.district) != (signature.zip, signature.district):
        words |= {"lines": congress_at(now) if confirmed.district else 0, **districts.NEW}
    if confirmed.comment != signature.comment:
        words["comment_status"] = CommentStatus.of_new(confirmed.comment)
    return words


def _add_replaced_signup(
    connection: Connection, signature: Signature, earlier: Mapping[str, Any], now: datetime
) -> None:
    """Add the replaced sign-up as a signature of its own, with its own confirmation mail."""
    name_key = identity.name_key(earlier["first_name"], earlier["last_name"])
    taken = {one.household_slot for one in (signature, *_housemates(connection, signature))}
    slot = free_slot(taken)
    if name_key == signature.name_key or slot is None:
        return
    row = sign_ups.add(
        connection,
        NewSignature(
            answers=Answers(
                **earlier,
                name_key=name_key,
                comment_status=CommentStatus.of_new(earlier["comment"]),
            ),
            public_id=tokens.new_public_id(now),
            campaign=signature.campaign,
            status=SignatureStatus.PENDING,
            email=signature.email,
            email_key=signature.email_key,
            household_slot=slot,
            origin=Origin.ONLINE,
            flags=" ".join(signature.flags),
            network=signature.network,
            created_at=now,
            confirm_nonce=tokens.new_nonce(),
            mailed_at=now,
            mails=1,
        ),
    )
    consent_log.record(
        connection,
        row,
        ConsentAct.SIGNED,
        now=now,
        wording_version=earlier["wording_version"],
        mail_opt_in=earlier["mail_opt_in"],
        show_name=earlier["show_name"],
    )
    signature_mail.queue(
        connection,
        "confirm",
        campaign=signature.campaign,
        to=signature.email,
        signature_id=row,
        language=earlier["language"],
        now=now,
    )


def _reload(connection: Connection, signature: Signature) -> Signature:
    read = signatures.by_id(connection, signature.id)
    assert read is not None
    return read


def withdraw(db: Database, token: str, *, now: datetime, keyring: Keyring) -> Signature:
    """Withdraw the signature of a `me` link and take it out of the count.

    Idempotent. Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = open_link(connection, token, "me", now=now, keyring=keyring, for_change=True)
        end_signature(connection, found, SignatureStatus.WITHDRAWN, now=now)
        withdrawn = signatures.by_id(connection, found.id)
        if withdrawn is None:
            raise TokenRefused(REFUSED)
        return withdrawn

    return write_with_retry(db, work)


def end_signature(
    connection: Connection,
    signature: Signature,
    status: str,
    *,
    now: datetime,
    reason: str = "",
) -> bool:
    """Make a signature `withdrawn` or `invalid` in the caller's transaction; update the count.

    `found` was read with `for_change`. Returns False if it is no longer pending, held or confirmed.
    """
    values = {"status": status, "ended_at": now, "reason": reason, "earlier": None}
    ended = signature_changes.change(
        connection, signature.id, was=(SignatureStatus.CONFIRMED,), values=values
    )
    if ended is not None:
        counts.append_signature(connection, ended, at=now, delta=-1)
        endpoints.queue_event(connection, "signature.withdrawn", ended, now=now)
    elif not signature_changes.change(
        connection, signature.id, was=(SignatureStatus.PENDING, SignatureStatus.HELD), values=values
    ):
        return False
    if status == SignatureStatus.WITHDRAWN:
        consent_log.record(connection, signature.id, ConsentAct.WITHDRAWN, now=now)
    signature_mail.cancel(connection, signature.id, ("confirm", "reminder", "already-signed"))
    return True


def open_link(
    connection: Connection,
    token: str,
    purpose: Purpose,
    *,
    now: datetime,
    keyring: Keyring,
    for_change: bool = False,
) -> Signature:
    """As `look_up`, in the caller's transaction; `for_change` as in `signatures.by_public_id`."""
    claim = tokens.read(token)
    if claim is None:
        raise used_links.refusal(connection, token, REFUSED)
    found = signatures.by_public_id(connection, claim.public_id, for_change=for_change)
    # Check an unknown signature like a known one, so that both take the same time.
    nonce = b"" if found is None else found.nonce
    if found is not None and purpose == "confirm":
        nonce = found.confirm_nonce or b""
    is_true = tokens.is_true(claim, keyring, purpose, nonce) and bool(nonce)
    if found is None or not is_true or found.anonymised_at is not None:
        raise used_links.refusal(connection, token, REFUSED)
    # A used or superseded link says so even after it has expired.
    is_used = purpose == "confirm" and found.status not in {
        SignatureStatus.PENDING,
        SignatureStatus.HELD,
    }
    if tokens.has_expired(claim, purpose, now) and not is_used:
        raise used_links.refusal(connection, token, REFUSED)
    return found


def write_with_retry(db: Database, work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction, and once more if a concurrent one conflicted with it.

    Raises what `work` raises, StoreConflict, StoreUnavailable.
    """
    try:
        return db.write(work)
    except StoreConflict:
        return db.write(work)
