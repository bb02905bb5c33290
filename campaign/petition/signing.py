"""Sign the petition in one transaction whose timing and response never reveal a known address.

A sign-up runs the same number of statements and writes the same number of rows whether its address
is new, known, suppressed or over its limit. If a known address needs no new row, a blank signature
is written and deleted before the commit. Only the mail differs, which the owner of the address
reads.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from limits.errors import StorageError
from sqlalchemy import Connection

from campaign.congress.apportionment import congress_at
from campaign.errors import PetitionClosed, StoreConflict
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.household import SignupPlan, plan_for, replaced_answers
from campaign.petition.identity import Email
from campaign.petition.mailed_links import CLOSED, write_with_retry
from campaign.petition.rate_limits import (
    ADDRESS_TRIES,
    ADDRESS_WINDOW,
    HOLDING_FLAGS,
    Challenge,
    SignupLimits,
    with_disposable_flag,
)
from campaign.store import (
    consent_log,
    households,
    sign_ups,
    signature_mail,
    suppressions,
    tokens,
    wordings,
)
from campaign.store.db.engine import Database
from campaign.store.households import HouseholdMember
from campaign.store.new_signature import KEPT_ANSWERS, Answers, NewSignature
from campaign.store.statuses import CommentStatus, ConsentAct, Origin, SignatureStatus

#: The consent sentence, unless the form shows another.
SENTENCE = "I sign this petition, and agree that my signature is counted and delivered with it."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Signup:
    """A valid sign-up. `repr()` is redacted.

    `district` is like "CA-30" or empty, `network` a keyed hash of the network, `flags` what makes
    the sign-up unusual (`HOLDING_FLAGS` hold it). `is_at_event` is True at an event of the
    campaign, where many people sign from one network. `sentence` is what the person agreed to.
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
    is_at_event: bool = False
    sentence: str = field(default=SENTENCE)

    def __repr__(self) -> str:
        return "Signup(…)"


def sign(
    db: Database,
    pack: Pack,
    signup: Signup,
    *,
    now: datetime,
    keyring: Keyring,
    limits: SignupLimits | None = None,
    challenge: Challenge | None = None,
) -> None:
    """Store a pending signature, with its consent and confirmation mail, in one transaction.

    The caller cannot tell whether the address was known: a known address gets another mail, or
    none. Over one of the `limits`, or without a solution to the campaign's `challenge`, the
    signature is stored as `held`. Raises PetitionClosed, StoreUnavailable.
    """
    if not pack.is_open(now):
        raise PetitionClosed(CLOSED)
    wordings.ensure_recorded(db, pack, now=now)
    address = tokens.address_keys(keyring, signup.email.canonical)
    name_key = identity.name_key(signup.first_name, signup.last_name)

    is_judged_within = limits is not None and limits.shares_database(db)
    flags = signup.flags
    if not is_judged_within:  # the counters are on another server: do not wait inside a transaction
        flags += _judged(limits, signup, challenge, None)

    def work(connection: Connection) -> None:
        earned = _judged(limits, signup, challenge, connection) if is_judged_within else ()
        _sign(connection, pack, signup, flags + earned, address, name_key, now)

    write_with_retry(db, work)


def _judged(
    limits: SignupLimits | None,
    signup: Signup,
    challenge: Challenge | None,
    connection: Connection | None,
) -> tuple[str, ...]:
    """Return the sign-up's flags; none if the rate limiter is down."""
    if limits is None:
        return ()
    try:
        return limits.count_signup(
            signup.network,
            signup.email,
            challenge=challenge,
            is_at_event=signup.is_at_event,
            connection=connection,
        )
    except StorageError as error:
        _log.warning("sign-ups are not judged: %s", type(error).__name__)
        return ()


def _sign(
    connection: Connection,
    pack: Pack,
    signup: Signup,
    flags: tuple[str, ...],
    address: tuple[bytes, ...],
    name_key: str,
    now: datetime,
) -> None:
    standing = suppressions.count_try(connection, *address, now=now, window=ADDRESS_WINDOW)
    mailbox = households.mailbox(
        connection, pack.name, signup.email.canonical, since=now - ADDRESS_WINDOW
    )
    household = mailbox.household
    flags = with_disposable_flag(signup.email, flags)
    is_crowded = mailbox.waiting_elsewhere >= ADDRESS_TRIES
    if is_crowded:
        flags = (*flags, "address-limit")
    is_held = not HOLDING_FLAGS.isdisjoint(flags)
    if standing.is_suppressed:
        plan = SignupPlan()
    else:
        plan = plan_for(
            household, name_key, signup.zip, is_held=is_held, is_crowded=is_crowded, now=now
        )
    answers = _answers(pack, signup, name_key, now)
    is_kept = plan.add or plan.renew is not None
    if plan.renew:
        row = plan.renew.id
        if not _renew(
            connection, plan, signup, answers, household, flags, is_held=is_held, now=now
        ):
            raise StoreConflict(
                "The signature was confirmed, withdrawn or erased at the same time."
            )
    else:
        new = _new(pack.name, signup, answers, flags, plan, is_held=is_held, now=now)
        row = sign_ups.add(connection, new if plan.add else _blank(new, now))
    consent_log.record(
        connection,
        row,
        ConsentAct.SIGNED,
        now=now,
        wording_version=pack.wording_version,
        sentence=signup.sentence,
        mail_opt_in=signup.mail_opt_in,
        show_name=signup.show_name,
    )
    # A blank signature is deleted again, which costs as much as the mail of a new one.
    sign_ups.delete_blank(connection, 0 if is_kept else row)
    mailed = plan.about if plan.mail else None
    person = plan.renew or mailed
    signature_mail.queue(
        connection,
        plan.mail,
        campaign=pack.name,
        to=person.email if person else signup.email.typed,
        signature_id=person.id if person else row,
        language=signup.language,
        now=now,
        wanted=bool(plan.mail),
    )
    signature_mail.count_mail(connection, mailed.id if mailed else 0, now=now)


def _new(
    campaign: str,
    signup: Signup,
    answers: Answers,
    flags: tuple[str, ...],
    plan: SignupPlan,
    *,
    is_held: bool,
    now: datetime,
) -> NewSignature:
    return NewSignature(
        answers=answers,
        public_id=tokens.new_public_id(now),
        campaign=campaign,
        status=SignatureStatus.HELD if is_held else SignatureStatus.PENDING,
        reason="limit" if is_held else "",
        email=signup.email.typed,
        email_key=signup.email.canonical,
        household_slot=plan.slot,
        origin=Origin.ONLINE,
        flags=" ".join(flags),
        network=signup.network,
        created_at=now,
        confirm_nonce=tokens.new_nonce(),
        mailed_at=now if plan.mail else None,
        mails=1 if plan.mail else 0,
    )


def _blank(new: NewSignature, now: datetime) -> NewSignature:
    """Return a signature whose texts are as long as the new one's, without its person."""
    answers = {name: getattr(new.answers, name) for name in KEPT_ANSWERS}
    blank: dict[str, Any] = {
        name: "x" * len(value) for name, value in answers.items() if isinstance(value, str)
    }
    key = tokens.new_public_id(now)  # matches no other signature
    return replace(
        new,
        answers=replace(new.answers, **blank, name_key=key),
        email="x" * len(new.email or ""),
        email_key=key,
        network="x" * len(new.network),
        flags="x" * len(new.flags),
    )


def _renew(
    connection: Connection,
    plan: SignupPlan,
    signup: Signup,
    answers: Answers,
    household: tuple[HouseholdMember, ...],
    flags: tuple[str, ...],
    *,
    is_held: bool,
    now: datetime,
) -> bool:
    """Write the latest sign-up into the plan's signature; False if it has changed meanwhile."""
    assert plan.renew is not None
    row = plan.renew.id
    if plan.renew.status == SignatureStatus.HELD and not is_held:
        return sign_ups.reopen_held(
            connection,
            row,
            answers,
            flags=" ".join(flags),
            network=signup.network,
            confirm_nonce=tokens.new_nonce(),
            now=now,
        )
    if plan.renew.status == SignatureStatus.WITHDRAWN:
        return sign_ups.reopen_withdrawn(
            connection, row, answers, confirm_nonce=tokens.new_nonce(), now=now
        )
    return sign_ups.renew(
        connection,
        row,
        answers,
        mailed_at=now if plan.mail else plan.renew.mailed_at,
        mails=plan.renew.mails + 1 if plan.mail else plan.renew.mails,
        earlier=replaced_answers(household, plan.renew, answers.name_key, signup.zip),
    )


def _answers(pack: Pack, signup: Signup, name_key: str, now: datetime) -> Answers:
    return Answers(
        first_name=signup.first_name,
        last_name=signup.last_name,
        name_key=name_key,
        zip=signup.zip,
        state=signup.state,
        district=signup.district,
        lines=congress_at(now) if signup.district else 0,
        city=signup.city,
        comment=signup.comment,
        comment_status=CommentStatus.of_new(signup.comment),
        show_name=signup.show_name,
        mail_opt_in=signup.mail_opt_in,
        source=signup.source,
        language=signup.language,
        wording_version=pack.wording_version,
    )
