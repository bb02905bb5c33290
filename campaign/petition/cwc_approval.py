"""Letters that leave by Congress's own system: asked for, then approved by the writer's own mail.

Nobody signs for anybody. What a page sends us waits until the link in the writer's mail is opened,
the exact texts are read, and the button under them is pressed; that press, its time, its words and
the fingerprint of the texts are recorded in the transaction that queues the letters.
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
from campaign.letters import cwc, cwc_codes
from campaign.letters.cwc import Words
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
    outbox,
    suppressions,
    tokens,
    used_links,
)
from campaign.store.cwc_deliveries import Delivery, Sending
from campaign.store.db.engine import Database

__all__ = [
    "Delivery",
    "PendingLetters",
    "Request",
    "Sending",
    "approve",
    "ask",
    "disown",
    "look_up",
]

#: One letter a person, member and campaign in this time: offices count people, not messages.
MIN_INTERVAL = timedelta(days=7)

# A mailbox that was mailed often is mailed all the same where its last link ends this soon.
_MAIL_AGAIN_BEFORE = timedelta(days=1)

#: Person and texts are forgotten this long after the last letter left.
TEXT_DAYS = 30

_BATCH = 200

_REFUSED = Message(
    "This link cannot be used: it has expired, was deleted, or is not complete. "
    "Write the letters again to get a new one."
)

_CHANGED = Message("These letters were written anew since you opened this page. Read them again.")


@dataclass(frozen=True, repr=False)
class Request:
    """Who asks for which letters to be sent: all of it clean and valid. Its `repr()` shows nobody.

    `letters` go to members alone, each with the seat whose office gets it.
    """

    person: Constituent
    email: Email
    letters: Sequence[tuple[Letter, Seat]]
    wants_reply: bool = True
    language: str = "en"


@dataclass(frozen=True, repr=False)
class PendingLetters:
    """What a mailed link opens: the letters with their texts, and who had one of late.

    `free_again` says for such members when the next letter to them is possible.
    """

    sending: Sending
    letters: tuple[Delivery, ...]
    free_again: Mapping[str, datetime]


@dataclass(frozen=True)
class PurgeReport:
    """What retention did: letters that nobody approved deleted, old ones emptied."""

    deleted: int
    emptied: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.deleted + self.emptied


def ask(db: Database, pack: Pack, request: Request, *, now: datetime, keyring: Keyring) -> None:
    """Keep the letters, unsent, and mail their writer the link to approve them.

    What waited unapproved for the same mailbox and campaign is replaced, and the links that were
    mailed for it open the latest letters. A mailbox that was mailed often gets no further mail, and
    its owner uses the last one. For a suppressed address nothing is kept; nobody who watches can
    tell.
    Raises InvalidInput for what offices cannot take (see `cwc.xml` and `cwc.words`),
    StoreUnavailable.
    """
    if not request.letters:
        raise InvalidInput("None of your members takes letters this way.", field="to")
    written = [(letter, seat, cwc.words(letter)) for letter, seat in request.letters]
    for seat in {seat.chamber: seat for _, seat, _ in written}.values():
        cwc.check_constituent(request.person, seat.chamber)
    key, *older = tokens.address_keys(keyring, request.email.canonical)
    public_id = tokens.new_public_id(now)

    def work(connection: Connection) -> None:
        standing = suppressions.count_try(connection, key, *older, now=now, window=ADDRESS_WINDOW)
        for was in older:
            cwc_deliveries.rekey(connection, was, key)
        if standing.is_suppressed:
            return
        waiting = [
            one
            for one in cwc_deliveries.of_mailbox(connection, key)
            if one.campaign == pack.name and not one.is_approved and one.expires_at > now
        ]
        last = waiting[-1] if waiting else None
        # Whoever asks often fills no mailbox, and keeps nobody from a link that opens.
        mails = (
            last is None
            or standing.tries <= ADDRESS_TRIES
            or last.expires_at - now < _MAIL_AGAIN_BEFORE
        )
        for one in waiting:
            cwc_deliveries.delete(connection, one, with_mail=mails, only_unapproved=True)
        cwc_deliveries.add(
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
                    "office": cwc_codes.office_code(seat),
                    "delivery_id": cwc.new_delivery_id(),
                    "subject": said.subject,
                    "statement": said.statement,
                    "own": said.own,
                    "digest": said.digest,
                    "created_at": now,
                }
                for letter, seat, said in written
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
    """Return what the mailed link opens. Changes nothing.

    Raises TokenRefused, the same for a link that is unknown, expired or of another purpose;
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
    """Record that the writer approved the texts, and queue the letters, in one transaction.

    `sentence` is what the page said beside the button, `read` the mark (`mark_of`) of what it
    showed: others may have taken its place since, which raises InvalidInput. A member who had a
    letter of late gets none now, and the others do. A second press changes nothing. Raises
    WroteLately where every member had one, TokenRefused as `look_up` does, StoreUnavailable.
    """

    def work(connection: Connection) -> PendingLetters:
        asked = _opened(connection, token, now=now, keyring=keyring)
        sending = asked.sending
        digest = digest_of(asked.letters)
        if read is not None and not sending.is_approved and read != content_mark(asked):
            raise InvalidInput(_CHANGED)
        if not cwc_deliveries.approve(
            connection, sending.id, sentence=sentence, digest=digest, now=now
        ):
            return _opened(connection, token, now=now, keyring=keyring)
        # In one order everywhere, so that two presses never wait for each other.
        in_turn = sorted(asked.letters, key=lambda letter: letter.member)
        queued = [letter for letter in in_turn if _queue(connection, sending, letter, now)]
        if not queued:
            # Asked again: another press may just have taken the turn.
            again = _opened(connection, token, now=now, keyring=keyring)
            raise _too_soon(connection, again)
        audit.record(
            connection,
            "approve-letters",
            actor="signer",
            now=now,
            campaign=sending.campaign,
            details={"sending": sending.public_id, "letters": len(queued), "sha256": digest},
        )
        return _opened(connection, token, now=now, keyring=keyring)

    return db.write(work)


def disown(db: Database, token: str, *, now: datetime, keyring: Keyring) -> None:
    """Delete letters that wait: their owner says somebody else wrote them, or thinks better of it.

    Raises TokenRefused also once they were approved; StoreUnavailable.
    """
    with db.writing() as connection:
        asked = _opened(connection, token, now=now, keyring=keyring)
        if not cwc_deliveries.delete(connection, asked.sending, only_unapproved=True):
            raise TokenRefused(_REFUSED)
        used_links.note(connection, token, "letters-deleted", now=now)


def digest_of(letters: Sequence[Delivery]) -> str:
    """Return the SHA-256 of all texts that were read, in the order in which they stood."""
    whole = "\n".join(
        f"{letter.office} {Words(letter.subject, letter.statement, letter.own).digest}"
        for letter in letters
    )
    return hashlib.sha256(whole.encode()).hexdigest()


def content_mark(asked: PendingLetters) -> str:
    """Return what tells one person with their letters from another: 32 hexadecimal digits."""
    shown = "\0".join((*cwc_deliveries.person_of(asked.sending), digest_of(asked.letters)))
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


# -- What is forgotten -----------------------------------------------------------------------------


def forget(
    connection: Connection, person_key: bytes, *, name_keys: frozenset[str] | None = None
) -> int:
    """Delete a mailbox's letters: all, or those of the people with these names. How many."""
    kept = gone = 0
    for sending in cwc_deliveries.of_mailbox(connection, person_key):
        name = identity.name_key(sending.first_name, sending.last_name)
        if name_keys is None or name in name_keys:
            cwc_deliveries.delete(connection, sending)
            gone += 1
        else:
            kept += 1
    if not kept:
        cwc_deliveries.forget_turns(connection, person_key=person_key)
    return gone


def purge(db: Database, now: datetime) -> PurgeReport:
    """Delete letters that nobody approved in time, and empty those that left long ago.

    Raises StoreUnavailable.
    """
    deleted = emptied = 0
    while True:
        with db.writing() as connection:
            late = cwc_deliveries.expired(connection, now=now, limit=_BATCH)
            deleted += sum(
                cwc_deliveries.delete(connection, sending, only_unapproved=True) for sending in late
            )
        if len(late) < _BATCH:
            break
    while True:
        with db.writing() as connection:
            ids = cwc_deliveries.over(
                connection, approved_before=now - timedelta(days=TEXT_DAYS), limit=_BATCH
            )
            emptied += cwc_deliveries.empty(connection, ids, now=now) if ids else 0
        if len(ids) < _BATCH:
            break
    with db.writing() as connection:
        cwc_deliveries.forget_old_turns(connection, before=now - MIN_INTERVAL)
    return PurgeReport(deleted, emptied)


def letters_of_person(
    connection: Connection, person_keys: Iterable[bytes], name_key: str
) -> list[dict[str, object]]:
    """Return a person's letters, ready for JSON, for whoever asks to see all that is kept."""
    return [
        {
            "campaign": sending.campaign,
            "asked_at": sending.created_at.isoformat(),
            "approved_at": sending.approved_at.isoformat() if sending.approved_at else None,
            "agreed_to": sending.sentence,
            "prefix": sending.prefix,
            "name": f"{sending.first_name} {sending.last_name}",
            "address": [sending.address1, sending.address2, sending.city, sending.state,
                        sending.zip],
            "phone": sending.phone,
            "letters": [
                {
                    "office": letter.office,
                    "status": letter.status,
                    "subject": letter.subject,
                    "campaign_text": letter.statement,
                    "own_words": letter.own,
                }
                for letter in cwc_deliveries.letters_of(connection, sending.id)
            ],
        }
        for person_key in person_keys
        for sending in cwc_deliveries.of_mailbox(connection, person_key)
        if identity.name_key(sending.first_name, sending.last_name) == name_key
    ]  # fmt: skip


# -- One link --------------------------------------------------------------------------------------


def _opened(
    connection: Connection, token: str, *, now: datetime, keyring: Keyring
) -> PendingLetters:
    claim = tokens.read(token)
    if claim is None:
        raise used_links.refusal(connection, token, _REFUSED)
    found = cwc_deliveries.by_public_id(connection, claim.public_id)
    nonce = found.nonce if found else b""
    is_true = tokens.is_true(claim, keyring, "approve", nonce) and bool(nonce)
    if found is None or not is_true or claim.expires_at <= now:
        raise used_links.refusal(connection, token, _REFUSED)
    taken = cwc_deliveries.turns_taken(
        connection, found.campaign, found.person_key, after=now - MIN_INTERVAL
    )
    return PendingLetters(
        found,
        cwc_deliveries.letters_of(connection, found.id),
        {member: at + MIN_INTERVAL for member, at in taken.items()},
    )


def _queue(connection: Connection, sending: Sending, letter: Delivery, now: datetime) -> bool:
    """Queue one letter if it is the mailbox's turn to write to that member."""
    is_turn = cwc_deliveries.take_turn(
        connection,
        sending.campaign,
        letter.member,
        sending.person_key,
        free_since=now - MIN_INTERVAL,
        now=now,
    )
    cwc_deliveries.mark(connection, letter.id, "queued" if is_turn else "too-soon", now=now)
    if is_turn:
        outbox.enqueue(
            connection,
            cwc_deliveries.KIND,
            campaign=sending.campaign,
            to=letter.delivery_id,
            payload={"delivery": letter.id},
            now=now,
        )
    return is_turn


def _too_soon(connection: Connection, asked: PendingLetters) -> WroteLately:
    first = min(asked.free_again.values())
    home = asked.sending
    return WroteLately(
        Message(
            "You wrote to each of these members less than a week ago. "
            "The next letter is possible on %(day)s.",
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
