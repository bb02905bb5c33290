"""Sign, confirm, disown, withdraw: each one transaction, each the same for whoever watches.

A sign-up runs the same statements whether its address is new, known, suppressed or over its limit,
and says the same. What differs is in the mail, which only the owner of the address reads.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from limits.errors import StorageError
from sqlalchemy import Connection

from campaign.errors import PetitionClosed, StoreConflict, TokenRefused
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email
from campaign.petition.limits import (
    ADDRESS_TRIES,
    ADDRESS_WINDOW,
    HOLDING,
    Challenge,
    SignupLimits,
    flags_of,
)
from campaign.store import addresses, counts, endpoints, signatures, tokens
from campaign.store.engine import Database
from campaign.store.signatures import Resident, Signature
from campaign.store.tokens import Purpose

__all__ = [
    "SENTENCE",
    "Purpose",
    "Signature",
    "Signup",
    "confirm",
    "disown",
    "look_up",
    "opened",
    "sign",
    "withdraw",
]

#: What a person agrees to by signing, unless the form said it in other words.
SENTENCE = "I sign this petition, and agree that my signature is counted and delivered with it."

#: Whoever signed before the close may confirm this long after it.
GRACE = timedelta(hours=24)

#: A pending signer who signs again gets the link again, but not sooner and not more often.
_MAIL_AGAIN_AFTER = timedelta(minutes=15)
MOST_CONFIRM_MAILS = 3
#: A confirmed signer who signs again is told at most this often.
_TELL_AGAIN_AFTER = timedelta(days=7)

_REFUSED = Message(
    "This link cannot be used: it has expired, was used before, or is not complete. "
    "Sign the petition again to get a new one."
)
_CLOSED = Message("This petition is closed.")

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Signup:
    """What a person asks for by signing: all of it clean and valid. Its `repr()` shows nobody.

    `district` is like "CA-30" or empty, `network` a keyed hash of the network, `flags` what made
    this sign-up look unusual (`HOLDING` names those that set it aside), `sentence` the words
    that the person agreed to.
    """

    first_name: str
    last_name: str
    email: Email
    zip: str
    state: str
    district: str = ""
    city: str = ""
    comment: str = ""
    show_name: bool = False
    mail_opt_in: bool = False
    source: str = ""
    language: str = "en"
    network: str = ""
    flags: tuple[str, ...] = ()
    sentence: str = field(default=SENTENCE)

    def __repr__(self) -> str:
        return "Signup(…)"


@dataclass(frozen=True)
class _Plan:
    """What one sign-up leads to: a new row, a renewed one, or neither; and which mail, if any."""

    add: bool = False
    renew: Resident | None = None
    about: Resident | None = None
    slot: int = 0
    mail: str = ""


def sign(
    db: Database,
    pack: Pack,
    signup: Signup,
    *,
    now: datetime,
    secret_key: str,
    limits: SignupLimits | None = None,
    challenge: Challenge | None = None,
) -> None:
    """Take a signature: pending until the mailed link confirms it.

    One transaction writes the signature, the consent and the mail. Nothing tells the caller whether
    the address was known: a known one gets the mail that fits, rarely, and its owner alone sees it.
    Latest words win while a signature is pending. Over one of the `limits`, or where the campaign's
    `challenge` asks for it, the signature is kept as `held`.
    Raises PetitionClosed, StoreUnavailable.
    """
    if not pack.is_open(now.date()):
        raise PetitionClosed(_CLOSED)
    address = tokens.address_key(secret_key, signup.email.canonical)
    name_key = identity.name_key(signup.first_name, signup.last_name)

    is_judged_within = limits is not None and limits.is_in(db)
    flags = signup.flags
    if not is_judged_within:  # another server counts: never wait for it inside the transaction
        flags += _judged(limits, signup, challenge, None)

    def work(connection: Connection) -> None:
        earned = _judged(limits, signup, challenge, connection) if is_judged_within else ()
        _sign(connection, pack, signup, flags + earned, address, name_key, now)

    _written(db, work)


def _judged(
    limits: SignupLimits | None,
    signup: Signup,
    challenge: Challenge | None,
    connection: Connection | None,
) -> tuple[str, ...]:
    """Return the flags that the sign-up earns. Counters that cannot be reached keep nobody out."""
    if limits is None:
        return ()
    try:
        return limits.judge(
            signup.network, signup.email, challenge=challenge, connection=connection
        )
    except StorageError as error:
        _log.warning("sign-ups are not judged: %s", type(error).__name__)
        return ()


def _sign(
    connection: Connection,
    pack: Pack,
    signup: Signup,
    flags: tuple[str, ...],
    address: bytes,
    name_key: str,
    now: datetime,
) -> None:
    standing = addresses.count_try(connection, address, now=now, window=ADDRESS_WINDOW)
    household = signatures.household(connection, pack.name, signup.email.canonical)
    flags = flags_of(signup.email, flags)
    if standing.tries > ADDRESS_TRIES:
        flags = (*flags, "address-limit")
    is_held = not HOLDING.isdisjoint(flags)
    if standing.is_suppressed:
        plan = _Plan()
    else:
        plan = _plan(household, name_key, signup.zip, is_held=is_held, now=now)
    person = plan.renew or plan.about
    row = person.id if person else 0
    typed = _typed(pack, signup)
    if plan.add:
        row = signatures.add(
            connection,
            {
                **typed,
                "public_id": tokens.new_public_id(now),
                "campaign": pack.name,
                "status": "held" if is_held else "pending",
                "reason": "limit" if is_held else "",
                "name_key": name_key,
                "email": signup.email.address,
                "email_key": signup.email.canonical,
                "household_slot": plan.slot,
                "origin": "online",
                "flags": " ".join(flags),
                "network": signup.network,
                "created_at": now,
                "nonce": tokens.new_nonce(),
                "confirm_nonce": tokens.new_nonce(),
                "mailed_at": now if plan.mail else None,
                "mails": 1 if plan.mail else 0,
            },
        )
    elif plan.renew and plan.renew.status == "withdrawn":
        signatures.revive(
            connection,
            row,
            typed
            | {
                "mailed_at": now,
                "mails": 1,
                "created_at": now,
                "confirm_nonce": tokens.new_nonce(),
            },
        )
    elif plan.renew:
        mails = {"mailed_at": plan.renew.mailed_at, "mails": plan.renew.mails}
        if plan.mail:
            mails = {"mailed_at": now, "mails": plan.renew.mails + 1}
        signatures.renew(connection, row, typed | mails)
    else:
        signatures.note_mail(connection, row if plan.mail else 0, now=now)
    signatures.record_consent(
        connection,
        row,
        "signed",
        now=now,
        wording_version=pack.wording_version,
        sentence=signup.sentence,
        mail_opt_in=signup.mail_opt_in,
        show_name=signup.show_name,
        wanted=plan.add or plan.renew is not None,
    )
    signatures.queue_mail(
        connection,
        plan.mail,
        campaign=pack.name,
        to=person.email if person else signup.email.address,
        signature_id=row,
        language=signup.language,
        now=now,
        wanted=bool(plan.mail),
    )


def _plan(
    household: tuple[Resident, ...], name_key: str, zip_: str, *, is_held: bool, now: datetime
) -> _Plan:
    """Decide what a sign-up leads to, from who signed with this address before."""
    same = next((one for one in household if one.name_key == name_key), None)
    if same is None:
        is_second = len(household) == 1 and household[0].zip == zip_
        if not household or is_second:
            slot = 1 - household[0].slot if household else 0
            return _Plan(add=True, slot=slot, mail="" if is_held else "confirm")
        return _Plan(about=household[0], mail=_reminding(household[0], is_held=is_held, now=now))
    mail = _reminding(same, is_held=is_held, now=now)
    if same.status == "pending":
        return _Plan(renew=same, mail=mail)
    if same.status == "withdrawn" and mail:
        return _Plan(renew=same, mail=mail)
    return _Plan(about=same, mail=mail)


def _reminding(person: Resident, *, is_held: bool, now: datetime) -> str:
    """Return which mail a known signer gets now, or none."""
    if is_held:
        return ""
    waited = now - person.mailed_at if person.mailed_at else timedelta.max
    if person.status == "pending":
        again = waited >= _MAIL_AGAIN_AFTER and person.mails < MOST_CONFIRM_MAILS
        return "confirm" if again else ""
    if person.status == "withdrawn":
        return "confirm" if waited >= _MAIL_AGAIN_AFTER else ""
    if person.status == "confirmed" and waited >= _TELL_AGAIN_AFTER:
        return "already-signed"
    return ""


def _typed(pack: Pack, signup: Signup) -> dict[str, Any]:
    return {
        "first_name": signup.first_name,
        "last_name": signup.last_name,
        "zip": signup.zip,
        "state": signup.state,
        "district": signup.district,
        "city": signup.city,
        "comment": signup.comment,
        "comment_status": "waiting" if signup.comment else "none",
        "show_name": signup.show_name,
        "mail_opt_in": signup.mail_opt_in,
        "source": signup.source,
        "language": signup.language,
        "wording_version": pack.wording_version,
    }


def look_up(
    db: Database, token: str, purpose: Purpose, *, now: datetime, secret_key: str
) -> Signature:
    """Return the signature that a mailed link opens for this purpose. Changes nothing.

    Raises TokenRefused, the same for a link that is unknown, used, expired or of another purpose;
    StoreUnavailable.
    """
    with db.reading() as connection:
        return opened(connection, token, purpose, now=now, secret_key=secret_key)


def confirm(db: Database, pack: Pack, token: str, *, now: datetime, secret_key: str) -> Signature:
    """Count the signature of a confirming link, once, and return it with its number.

    Its number is the count at that moment. Raises TokenRefused as `look_up` does, and when the link
    was used before; PetitionClosed later than `GRACE` after the close; StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = opened(connection, token, "confirm", now=now, secret_key=secret_key)
        if found.campaign != pack.name or found.confirm_nonce is None:
            raise TokenRefused(_REFUSED)
        if not (pack.is_open(now.date()) or pack.is_open((now - GRACE).date())):
            raise PetitionClosed(_CLOSED)
        counts.take_turn(connection, found.campaign)
        if not signatures.confirm(connection, found.id, found.confirm_nonce, now=now):
            raise TokenRefused(_REFUSED)
        counts.append_one(connection, found, at=now, delta=1)
        number = counts.total(connection, found.campaign)
        signatures.change(connection, found.id, was=("confirmed",), values={"number": number})
        signatures.record_consent(
            connection,
            found.id,
            "confirmed",
            now=now,
            wording_version=found.wording_version,
            mail_opt_in=found.mail_opt_in,
            show_name=found.show_name,
        )
        signatures.queue_mail(
            connection,
            "thanks",
            campaign=found.campaign,
            to=found.email,
            signature_id=found.id,
            language=found.language,
            now=now,
        )
        endpoints.tell(connection, "signature.confirmed", found, now=now)
        confirmed = signatures.by_id(connection, found.id)
        assert confirmed is not None
        return confirmed

    return _written(db, work)


def disown(db: Database, token: str, *, now: datetime, secret_key: str) -> None:
    """Delete the pending signature of a confirming link: its owner says somebody else typed it.

    Nothing of it stays, and nothing was counted. Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> None:
        found = opened(connection, token, "confirm", now=now, secret_key=secret_key)
        if not signatures.delete(connection, found.id, was=("pending",)):
            raise TokenRefused(_REFUSED)

    _written(db, work)


def withdraw(db: Database, token: str, *, now: datetime, secret_key: str) -> Signature:
    """Take a signature back, by the link for one's own data: the count falls by it.

    Doing it twice is harmless. Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = opened(connection, token, "me", now=now, secret_key=secret_key)
        end(connection, found, "withdrawn", now=now)
        withdrawn = signatures.by_id(connection, found.id)
        assert withdrawn is not None
        return withdrawn

    return _written(db, work)


def end(
    connection: Connection,
    found: Signature,
    status: str,
    *,
    now: datetime,
    reason: str = "",
) -> bool:
    """Make a signature `withdrawn` or `invalid`, out of the count, in the caller's transaction.

    Returns False when it is neither pending, held nor confirmed any more.
    """
    values = {"status": status, "ended_at": now, "reason": reason, "confirm_nonce": None}
    if signatures.change(connection, found.id, was=("confirmed",), values=values):
        counts.append_one(connection, found, at=now, delta=-1)
        endpoints.tell(connection, "signature.withdrawn", found, now=now)
    elif not signatures.change(connection, found.id, was=("pending", "held"), values=values):
        return False
    if status == "withdrawn":
        signatures.record_consent(connection, found.id, "withdrawn", now=now)
    signatures.cancel_mail(connection, found.id, ("confirm", "reminder", "already-signed"))
    return True


def opened(
    connection: Connection, token: str, purpose: Purpose, *, now: datetime, secret_key: str
) -> Signature:
    """As `look_up`, in the caller's transaction."""
    claim = tokens.read(token)
    if claim is None:
        raise TokenRefused(_REFUSED)
    found = signatures.by_public_id(connection, claim.public_id)
    # An unknown signature is checked like a known one, against a nonce that nobody has.
    nonce = b"" if found is None else found.nonce
    if found is not None and purpose == "confirm":
        nonce = found.confirm_nonce or b""
    is_true = tokens.is_true(claim, secret_key, purpose, nonce) and bool(nonce)
    if found is None or not is_true or claim.expires_at <= now or found.anonymised_at is not None:
        raise TokenRefused(_REFUSED)
    if purpose == "confirm" and found.status != "pending":
        raise TokenRefused(_REFUSED)
    return found


def _written(db: Database, work: Callable[[Connection], T]) -> T:
    """Do `work` in one transaction; once more when another one took its place in between."""
    try:
        return db.write(work)
    except StoreConflict:
        return db.write(work)
