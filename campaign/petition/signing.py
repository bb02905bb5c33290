"""Sign: one transaction, the same for whoever watches.

A sign-up runs the same statements whether its address is new, known, suppressed or over its limit,
and says the same. What differs is in the mail, which only the owner of the address reads.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from limits.errors import StorageError
from sqlalchemy import Connection

from campaign.errors import PetitionClosed, StoreConflict
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
from campaign.petition.links import CLOSED, written
from campaign.store import addresses, signatures, tokens
from campaign.store.engine import Database
from campaign.store.signatures import Resident

#: What a person agrees to by signing, unless the form said it in other words.
SENTENCE = "I sign this petition, and agree that my signature is counted and delivered with it."

#: A pending signer who signs again gets the link again, but not sooner and not more often.
_MAIL_AGAIN_AFTER = timedelta(minutes=15)
MOST_CONFIRM_MAILS = 3
#: A confirmed signer who signs again is told at most this often.
_TELL_AGAIN_AFTER = timedelta(days=7)


_log = logging.getLogger(__name__)


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
    if not pack.is_open(now):
        raise PetitionClosed(CLOSED)
    address = tokens.address_key(secret_key, signup.email.canonical)
    name_key = identity.name_key(signup.first_name, signup.last_name)

    is_judged_within = limits is not None and limits.is_in(db)
    flags = signup.flags
    if not is_judged_within:  # another server counts: never wait for it inside the transaction
        flags += _judged(limits, signup, challenge, None)

    def work(connection: Connection) -> None:
        earned = _judged(limits, signup, challenge, connection) if is_judged_within else ()
        _sign(connection, pack, signup, flags + earned, address, name_key, now)

    written(db, work)


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
    is_changed = True
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
        is_changed = signatures.revive(
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
        is_changed = signatures.renew(connection, row, typed | mails)
    else:
        signatures.note_mail(connection, row if plan.mail else 0, now=now)
    if not is_changed:
        raise StoreConflict("The signature was confirmed, withdrawn or erased in this very moment.")
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
