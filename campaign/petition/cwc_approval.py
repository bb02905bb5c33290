"""Approve letters to Congress (CWC): their writer reads the exact texts behind a mailed link.

A letter cannot be sent in another person's name: it waits until its writer opens the mailed link,
reads the texts and approves them. The approval's time, its sentence and a digest of the texts are
recorded in the transaction that queues the letters.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.congress import office_hours
from campaign.errors import InvalidInput, TokenRefused, WroteLately
from campaign.keys import Keyring
from campaign.letters.cwc.texts import MessageTexts
from campaign.messages import Message
from campaign.store import (
    audit,
    civil_days,
    cwc_deliveries,
    cwc_limits,
    cwc_requests,
    outbox,
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
    "approve",
    "disown",
    "look_up",
]

#: The time between two letters of a person to a member in a campaign: offices count people.
MIN_INTERVAL = timedelta(days=7)

_REFUSED = Message(
    "This link does not work. It has expired, its letters were deleted, or part of it is missing. "
    "Write your letters again to get a new link."
)

_CHANGED = Message("These letters were replaced after you opened this page. Read them again.")


@dataclass(frozen=True, repr=False)
class PendingLetters:
    """The letters of a mailed link, with their texts.

    `free_again` maps each member who had a letter within `MIN_INTERVAL` to when the next is
    possible.
    """

    request: CwcRequest
    letters: tuple[Delivery, ...]
    free_again: Mapping[str, datetime]


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
