"""Ask to send letters through Communicating with Congress (CWC): store them, and mail the link.

The letters wait until their writer approves them (`cwc_approval`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.congress.members import Seat
from campaign.errors import InvalidInput
from campaign.keys import Keyring
from campaign.letters.cwc import codes, message
from campaign.letters.cwc.bills import positions
from campaign.letters.cwc.texts import MessageTexts, texts_of
from campaign.letters.letter import Constituent, Letter
from campaign.link_lifetimes import LIFETIMES
from campaign.packs.pack import Pack
from campaign.petition.identity import Email
from campaign.petition.rate_limits import ADDRESS_TRIES, ADDRESS_WINDOW
from campaign.store import (
    cwc_limits,
    cwc_requests,
    outbox,
    suppressions,
    tokens,
)
from campaign.store.cwc_requests import CwcRequest
from campaign.store.db.engine import Database

# A mailbox over its mail limit is still mailed if its last link expires this soon.
_MAIL_AGAIN_BEFORE = timedelta(days=1)


@dataclass(frozen=True, repr=False)
class Request:
    """A valid request to send letters. `repr()` is redacted.

    `letters` go only to members; each comes with the seat whose office gets it.
    """

    person: Constituent
    email: Email
    letters: Sequence[tuple[Letter, Seat]]
    wants_reply: bool = True
    language: str = "en"


@dataclass(frozen=True, repr=False)
class _WrittenLetter:
    """A letter, the seat whose office gets it, and its texts as the office gets them."""

    letter: Letter
    seat: Seat
    texts: MessageTexts


@dataclass(frozen=True, repr=False)
class _Link:
    """What the mailed link of a request is made of."""

    public_id: str
    nonce: bytes
    expires_at: datetime


def ask(db: Database, pack: Pack, request: Request, *, now: datetime, keyring: Keyring) -> None:
    """Store the letters unsent, and mail their writer the link to approve them.

    They replace unapproved letters of the same mailbox and campaign, whose mailed links now open
    the new ones. A mailbox over its mail limit gets no further mail; its last link works. For a
    suppressed address nothing is stored, which the response does not reveal. Raises InvalidInput
    for what offices cannot accept (see `message.xml` and `texts_of`), StoreUnavailable.
    """
    if not request.letters:
        raise InvalidInput("None of your members accepts letters this way.", field="to")
    written = [
        _WrittenLetter(letter, seat, texts_of(letter, positions(pack, seat.chamber)))
        for letter, seat in request.letters
    ]
    for seat in {one.seat.chamber: one.seat for one in written}.values():
        message.check_constituent(request.person, seat.chamber)
    key, *older = tokens.address_keys(keyring, request.email.canonical)
    fresh = _Link(tokens.new_public_id(now), tokens.new_nonce(), now + LIFETIMES["approve"])

    def work(connection: Connection) -> None:
        standing = suppressions.count_try(connection, key, *older, now=now, window=ADDRESS_WINDOW)
        for was in older:
            cwc_requests.rekey(connection, was, key)
            cwc_limits.rekey(connection, was, key)
        if standing.is_suppressed:
            return
        earlier = _unapproved(connection, key, pack.name, now)
        mails = _is_mailed(earlier, standing.tries, now)
        link = _link_of(earlier, fresh, mails=mails)
        cwc_requests.delete_all(connection, earlier, with_mail=mails, only_unapproved=True)
        cwc_requests.add(
            connection,
            _columns(request, link, key, campaign=pack.name, now=now),
            [_letter_columns(one, campaign=pack.name, now=now) for one in written],
        )
        if mails:
            _mail_link(connection, request, link, campaign=pack.name, now=now)

    db.write(work)


def _unapproved(
    connection: Connection, key: bytes, campaign: str, now: datetime
) -> list[CwcRequest]:
    """Return a mailbox's requests in a campaign that still wait for approval, oldest first."""
    return [
        one
        for one in cwc_requests.of_mailbox(connection, key)
        if one.campaign == campaign and not one.is_approved and one.expires_at > now
    ]


def _is_mailed(earlier: Sequence[CwcRequest], tries: int, now: datetime) -> bool:
    """Return True where the link is mailed (again).

    A stranger can neither flood a mailbox nor keep its owner from a working link.
    """
    return (
        not earlier or tries <= ADDRESS_TRIES or earlier[-1].expires_at - now < _MAIL_AGAIN_BEFORE
    )


def _link_of(earlier: Sequence[CwcRequest], fresh: _Link, *, mails: bool) -> _Link:
    """Return the link of the letters: that of the last request, so that mailed links open them."""
    if not earlier:
        return fresh
    last = earlier[-1]
    return _Link(last.public_id, last.nonce, fresh.expires_at if mails else last.expires_at)


def _columns(
    request: Request, link: _Link, key: bytes, *, campaign: str, now: datetime
) -> dict[str, object]:
    person = request.person
    return {
        "prefix": person.prefix,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "address1": person.address1,
        "address2": person.address2,
        "city": person.city,
        "state": person.state,
        "zip": person.zip,
        "phone": person.phone,
        "email": request.email.address,
        "public_id": link.public_id,
        "campaign": campaign,
        "nonce": link.nonce,
        "person_key": key,
        "wants_reply": request.wants_reply,
        "language": request.language,
        "created_at": now,
        "expires_at": link.expires_at,
    }


def _letter_columns(one: _WrittenLetter, *, campaign: str, now: datetime) -> dict[str, object]:
    return {
        "campaign": campaign,
        "member": one.letter.recipient.id,
        "office": codes.office_code(one.seat),
        "delivery_id": message.new_delivery_id(),
        "subject": one.texts.subject,
        "statement": one.texts.statement,
        "own": one.texts.own,
        "digest": one.texts.digest,
        "committees": " ".join(one.letter.recipient.committee_codes),
        "created_at": now,
    }


def _mail_link(
    connection: Connection, request: Request, link: _Link, *, campaign: str, now: datetime
) -> None:
    outbox.enqueue(
        connection,
        "approve",
        campaign=campaign,
        to=request.email.address,
        payload={"sending": link.public_id, "language": request.language},
        now=now,
    )
