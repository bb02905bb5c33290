"""Retention of letters to Congress: delete unapproved ones, erase sent ones, return a person's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.petition import identity
from campaign.petition.cwc_approval import MIN_INTERVAL
from campaign.store import (
    cwc_deliveries,
    cwc_limits,
    cwc_requests,
)
from campaign.store.cwc_requests import CwcRequest
from campaign.store.db.engine import Database

#: Person and texts are deleted this long after the last letter was sent.
TEXT_DAYS = 30

_BATCH = 200


@dataclass(frozen=True)
class PurgeReport:
    """What retention did: how many unapproved letters it deleted, how many old ones it emptied."""

    deleted: int
    emptied: int

    @property
    def total(self) -> int:
        """The sum of both."""
        return self.deleted + self.emptied


def forget(
    connection: Connection, person_key: bytes, *, name_keys: frozenset[str] | None = None
) -> int:
    """Delete a mailbox's letters, all or those of people with these names; return how many."""
    found = cwc_requests.of_mailbox(connection, person_key)
    theirs = [one for one in found if name_keys is None or _name_of(one) in name_keys]
    cwc_requests.delete_all(connection, theirs)
    if len(theirs) == len(found):
        cwc_limits.forget(connection, person_key=person_key)
    return len(theirs)


def _name_of(request: CwcRequest) -> str:
    return identity.name_key(request.first_name, request.last_name)


def purge(db: Database, now: datetime) -> PurgeReport:
    """Delete letters that were not approved in time, and empty those that were sent long ago.

    Raises StoreUnavailable.
    """
    deleted = emptied = 0
    while True:
        with db.writing() as connection:
            late = cwc_requests.expired(connection, now=now, limit=_BATCH)
            deleted += cwc_requests.delete_all(connection, late, only_unapproved=True)
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
    """Return a person's letters, ready for JSON (`own_data.download`)."""
    requests = [
        request
        for person_key in person_keys
        for request in cwc_requests.of_mailbox(connection, person_key)
        if _name_of(request) == name_key
    ]
    letters = cwc_deliveries.of_requests(connection, [request.id for request in requests])
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
                for letter in letters.get(request.id, ())
            ],
        }
        for request in requests
    ]  # fmt: skip
