"""Letters sent through Communicating with Congress (CWC), each approved by its writer by mail.

Nobody can write in another person's name: letters wait until their writer opens the mailed link,
reads the exact texts and approves them. The approval's time, its sentence and a digest of the texts
are recorded in the transaction that queues the letters.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.congress import office_hours
from campaign.congress.members import Seat
from campaign.errors import InvalidInput, TokenRefused, WroteLately
from campaign.keys import Keyring
from campaign.letters.cwc import codes, message
from campaign.letters.cwc.texts import MessageTexts, texts_of
from campaign.letters.letter import Constituent, Letter
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email
from campaign.petition.limits import ADDRESS_TRIES, ADDRESS_WINDOW
from campaign.store import (
    audit,
    civil_days,
    cwc_deliveries,
    cwc_limits,
    cwc_requests,
    outbox,
    suppressions,
    tokens,
    used_links,
)
from campaign.store.cwc_deliveries import Delivery
from campaign.store.cwc_requests import CwcRequest
from campaign.store.db.engine import Database
from campaign.store.statuses import DeliveryStatus

__all__ = [
    "CwcRequest",
    "Delivery",
    "PendingLetters",
    "Request",
    "approve",
    "ask",
    "disown",
    "look_up",
]

#: The time between two letters of a person to a member in a campaign: offices count people.
MIN_INTERVAL = timedelta(days=7)

# A mailbox over its mail limit is still mailed if its last link expires this soon.
_MAIL_AGAIN_BEFORE = timedelta(days=1)

#: Person and texts are deleted this long after the last letter was sent.
TEXT_DAYS = 30

_BATCH = 200

_REFUSED = Message(
    "This link does not work. It has expired, its letters were deleted, or part of it is missing. "
    "Write your letters again to get a new link."
)

_CHANGED = Message("These letters were replaced after you opened this page. Read them again.")


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
class PendingLetters:
    """The letters of a mailed link, with their texts.

    `free_again` maps each member who had a letter within `MIN_INTERVAL` to when the next is
    possible.
    """

    request: CwcRequest
    letters: tuple[Delivery, ...]
    free_again: Mapping[str, datetime]


@dataclass(frozen=True)
class PurgeReport:
    """What retention did: how many unapproved letters it deleted, how many old ones it emptied."""

    deleted: int
    emptied: int

    @property
    def total(self) -> int:
        """The sum of both."""
        return self.deleted + self.emptied


def ask(db: Database, pack: Pack, request: Request, *, now: datetime, keyring: Keyring) -> None:
    """Store the letters unsent, and mail their writer the link to approve them.

    They replace unapproved letters of the same mailbox and campaign, whose mailed links now open
    the new ones. A mailbox over its mail limit gets no further mail; its last link works. For a
    suppressed address nothing is stored, which the response does not reveal. Raises InvalidInput
    for what offices cannot accept (see `message.xml` and `texts_of`), StoreUnavailable.
    """
    if not request.letters:
        raise InvalidInput("None of your members accepts letters this way.", field="to")
    written = [(letter, seat, texts_of(letter)) for letter, seat in request.letters]
    for seat in {seat.chamber: seat for _, seat, _ in written}.values():
        message.check_constituent(request.person, seat.chamber)
    key, *older = tokens.address_keys(keyring, request.email.canonical)
    public_id = tokens.new_public_id(now)

    def work(connection: Connection) -> None:
        standing = suppressions.count_try(connection, key, *older, now=now, window=ADDRESS_WINDOW)
        for was in older:
            cwc_requests.rekey(connection, was, key)
            cwc_limits.rekey(connection, was, key)
        if standing.is_suppressed:
            return
        waiting = [
            one
            for one in cwc_requests.of_mailbox(connection, key)
            if one.campaign == pack.name and not one.is_approved and one.expires_at > now
        ]
        last = waiting[-1] if waiting else None
        # A stranger can neither flood a mailbox nor keep its owner from a working link.
        mails = (
            last is None
            or standing.tries <= ADDRESS_TRIES
            or last.expires_at - now < _MAIL_AGAIN_BEFORE
        )
        for one in waiting:
            cwc_requests.delete(connection, one, with_mail=mails, only_unapproved=True)
        cwc_requests.add(
            connection,
            {
                **_person(request),
                "public_id": last.public_id if last else public_id,
                "campaign": pack.name,
                "nonce": last.nonce if last else tokens.new_nonce(),
                "person_key": key,
                "wants_reply": request.wants_reply,
                "language": request.language,
                "created_at": now,
                "expires_at": now + tokens.LIFETIMES["approve"]
                if mails or last is None
                else last.expires_at,
            },
            [
                {
                    "campaign": pack.name,
                    "member": letter.recipient.id,
                    "office": codes.office_code(seat),
                    "delivery_id": message.new_delivery_id(),
                    "subject": texts.subject,
                    "statement": texts.statement,
                    "own": texts.own,
                    "digest": texts.digest,
                    "created_at": now,
                }
                for letter, seat, texts in written
            ],
        )
        if mails:
            outbox.enqueue(
                connection,
                "approve",
                campaign=pack.name,
                to=request.email.address,
                payload={
                    "sending": last.public_id if last else public_id,
                    "language": request.language,
                },
                now=now,
            )

    db.write(work)


def look_up(db: Database, token: str, *, now: datetime, keyring: Keyring) -> PendingLetters:
    """Return the letters of a mailed link. Read-only.

    Raises TokenRefused, identical for a link that is unknown, expired or for another purpose;
    StoreUnavailable.
    """
    with db.reading() as connection:
        return _opened(connection, token, now=now, keyring=keyring)


def approve(
    db: Database,
    token: str,
    *,
    sentence: str,
    read: str | None = None,
    now: datetime,
    keyring: Keyring,
) -> PendingLetters:
    """Record the writer's approval and queue the letters, in one transaction. Idempotent.

    `sentence` is the page's text beside the button, `read` the `content_mark` of what it showed. A
    member who had a letter within `MIN_INTERVAL` gets none. Raises InvalidInput if the letters were
    replaced since, WroteLately if every member had one, TokenRefused as `look_up` does,
    StoreUnavailable.
    """

    def work(connection: Connection) -> PendingLetters:
        asked = _opened(connection, token, now=now, keyring=keyring)
        request = asked.request
        digest = digest_of(asked.letters)
        if read is not None and not request.is_approved and read != content_mark(asked):
            raise InvalidInput(_CHANGED)
        if not cwc_requests.approve(
            connection, request.id, sentence=sentence, digest=digest, now=now
        ):
            return _opened(connection, token, now=now, keyring=keyring)
        # Lock in one order everywhere, to avoid a deadlock of concurrent approvals.
        in_turn = sorted(asked.letters, key=lambda letter: letter.member)
        queued = [letter for letter in in_turn if _queue(connection, request, letter, now)]
        if not queued:
            # Read again: a concurrent approval may have used the turns.
            again = _opened(connection, token, now=now, keyring=keyring)
            raise _too_soon(connection, again)
        audit.record(
            connection,
            "approve-letters",
            actor="signer",
            now=now,
            campaign=request.campaign,
            details={"sending": request.public_id, "letters": len(queued), "sha256": digest},
        )
        return _opened(connection, token, now=now, keyring=keyring)

    return db.write(work)


def disown(db: Database, token: str, *, now: datetime, keyring: Keyring) -> None:
    """Delete unapproved letters, whose recipient did not write them or changed their mind.

    Raises TokenRefused, also if they were approved; StoreUnavailable.
    """
    with db.writing() as connection:
        asked = _opened(connection, token, now=now, keyring=keyring)
        if not cwc_requests.delete(connection, asked.request, only_unapproved=True):
            raise TokenRefused(_REFUSED)
        used_links.record(connection, token, "letters-deleted", now=now)


def digest_of(letters: Sequence[Delivery]) -> str:
    """Return the SHA-256 of all texts, in the order of the letters."""
    whole = "\n".join(
        f"{letter.office} {MessageTexts(letter.subject, letter.statement, letter.own).digest}"
        for letter in letters
    )
    return hashlib.sha256(whole.encode()).hexdigest()


def content_mark(asked: PendingLetters) -> str:
    """Return a hash of the person and the texts: 32 hexadecimal digits."""
    shown = "\0".join((*cwc_requests.writer_fields(asked.request), digest_of(asked.letters)))
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


# -- Retention -------------------------------------------------------------------------------------


def forget(
    connection: Connection, person_key: bytes, *, name_keys: frozenset[str] | None = None
) -> int:
    """Delete a mailbox's letters, all or those of people with these names; return how many."""
    kept = gone = 0
    for request in cwc_requests.of_mailbox(connection, person_key):
        name = identity.name_key(request.first_name, request.last_name)
        if name_keys is None or name in name_keys:
            cwc_requests.delete(connection, request)
            gone += 1
        else:
            kept += 1
    if not kept:
        cwc_limits.forget(connection, person_key=person_key)
    return gone


def purge(db: Database, now: datetime) -> PurgeReport:
    """Delete letters that were not approved in time, and empty those that were sent long ago.

    Raises StoreUnavailable.
    """
    deleted = emptied = 0
    while True:
        with db.writing() as connection:
            late = cwc_requests.expired(connection, now=now, limit=_BATCH)
            deleted += sum(
                cwc_requests.delete(connection, request, only_unapproved=True) for request in late
            )
        if len(late) < _BATCH:
            break
    while True:
        with db.writing() as connection:
            ids = cwc_requests.finished(
                connection, approved_before=now - timedelta(days=TEXT_DAYS), limit=_BATCH
            )
            emptied += cwc_requests.erase_texts(connection, ids, now=now) if ids else 0
        if len(ids) < _BATCH:
            break
    with db.writing() as connection:
        cwc_limits.forget_old(connection, before=now - MIN_INTERVAL)
    return PurgeReport(deleted, emptied)


def letters_of_person(
    connection: Connection, person_keys: Iterable[bytes], name_key: str
) -> list[dict[str, object]]:
    """Return a person's letters, ready for JSON (`privacy.download`)."""
    return [
        {
            "campaign": request.campaign,
            "asked_at": request.created_at.isoformat(),
            "approved_at": request.approved_at.isoformat() if request.approved_at else None,
            "agreed_to": request.sentence,
            "prefix": request.prefix,
            "name": f"{request.first_name} {request.last_name}",
            "address": [request.address1, request.address2, request.city, request.state,
                        request.zip],
            "phone": request.phone,
            "letters": [
                {
                    "office": letter.office,
                    "status": letter.status,
                    "subject": letter.subject,
                    "campaign_text": letter.statement,
                    "own_words": letter.own,
                }
                for letter in cwc_deliveries.of_request(connection, request.id)
            ],
        }
        for person_key in person_keys
        for request in cwc_requests.of_mailbox(connection, person_key)
        if identity.name_key(request.first_name, request.last_name) == name_key
    ]  # fmt: skip


# -- One link --------------------------------------------------------------------------------------


def _opened(
    connection: Connection, token: str, *, now: datetime, keyring: Keyring
) -> PendingLetters:
    claim = tokens.read(token)
    if claim is None:
        raise used_links.refusal(connection, token, _REFUSED)
    found = cwc_requests.by_public_id(connection, claim.public_id)
    nonce = found.nonce if found else b""
    is_true = tokens.is_true(claim, keyring, "approve", nonce) and bool(nonce)
    if found is None or not is_true or claim.expires_at <= now:
        raise used_links.refusal(connection, token, _REFUSED)
    taken = cwc_limits.last_letters(
        connection, found.campaign, found.person_key, after=now - MIN_INTERVAL
    )
    return PendingLetters(
        found,
        cwc_deliveries.of_request(connection, found.id),
        {member: at + MIN_INTERVAL for member, at in taken.items()},
    )


def _queue(connection: Connection, request: CwcRequest, letter: Delivery, now: datetime) -> bool:
    """Queue one letter, unless the mailbox wrote to that member within `MIN_INTERVAL`."""
    is_turn = cwc_limits.claim(
        connection,
        request.campaign,
        letter.member,
        request.person_key,
        free_since=now - MIN_INTERVAL,
        now=now,
    )
    status = DeliveryStatus.QUEUED if is_turn else DeliveryStatus.TOO_SOON
    cwc_deliveries.mark(connection, letter.id, status, now=now)
    if is_turn:
        outbox.enqueue(
            connection,
            cwc_deliveries.KIND,
            campaign=request.campaign,
            to=letter.delivery_id,
            payload={"delivery": letter.id},
            now=now,
        )
    return is_turn


def _too_soon(connection: Connection, asked: PendingLetters) -> WroteLately:
    first = min(asked.free_again.values())
    home = asked.request
    return WroteLately(
        Message(
            "You wrote to each of these members less than a week ago. You can write again on "
            "%(day)s.",
            day=office_hours.home_day(
                first,
                home.state,
                home.zip,
                elsewhere=civil_days.zone_of(connection, home.campaign),
            ),
        ),
        possible_from=first,
    )


def _person(request: Request) -> dict[str, str]:
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
    }
