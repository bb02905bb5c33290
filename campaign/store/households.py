"""Who signed with one email address: the household of a campaign, read in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.column_types import as_time
from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.models import signatures

#: What a sign-up says, as far as it is kept when a later one of the same address replaces it.
WORDS = (
    "first_name", "last_name", "zip", "state", "district", "city", "comment", "show_name",
    "mail_opt_in", "source", "language", "wording_version",
)  # fmt: skip

_BOXES = frozenset({"show_name", "mail_opt_in"})


@dataclass(frozen=True, repr=False)
class HouseholdMember:
    """A signature of one address in one campaign, as much as a further sign-up has to know.

    `words` are the columns of `WORDS`, `earlier` those that it replaced.
    """

    id: int
    slot: int
    name_key: str
    zip: str
    email: str
    status: str
    mails: int
    mailed_at: datetime | None
    words: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Any] | None = None


@dataclass(frozen=True, repr=False)
class Mailbox:
    """Who signed with one address: a campaign's household, and all others that nobody confirmed.

    `waiting_elsewhere` counts those of other campaigns, mailed of late and not confirmed.
    """

    household: tuple[HouseholdMember, ...] = ()
    waiting_elsewhere: int = 0


_mailbox = CompiledStatement(
    sa.select(
        signatures.c.campaign,
        signatures.c.created_at,
        signatures.c.id,
        signatures.c.household_slot,
        signatures.c.name_key,
        signatures.c.zip,
        signatures.c.email,
        signatures.c.status,
        signatures.c.mails,
        signatures.c.mailed_at,
        signatures.c.earlier,
        *(signatures.c[name] for name in WORDS),
    )
    .where(signatures.c.email_key == sa.bindparam("address"))
    .order_by(signatures.c.campaign, signatures.c.household_slot)
)


def mailbox(connection: Connection, campaign: str, email_key: str, *, since: datetime) -> Mailbox:
    """Return who signed with this address; "of late" is since that time.

    All of it in one question, so that a new address costs what a known one does.
    """
    rows = list(_mailbox.run(connection, {"address": email_key}))
    return Mailbox(
        tuple(_member(row[2:]) for row in rows if row[0] == campaign),
        sum(
            row[0] != campaign and row[7] == "pending" and (as_time(row[1]) or since) > since
            for row in rows
        ),
    )


def _member(row: Sequence[Any]) -> HouseholdMember:
    return HouseholdMember(
        id=row[0],
        slot=row[1],
        name_key=row[2],
        zip=row[3],
        email=row[4],
        status=row[5],
        mails=row[6],
        mailed_at=as_time(row[7]),
        earlier=_document(row[8]),
        words={
            name: bool(value) if name in _BOXES else value
            for name, value in zip(WORDS, row[9:], strict=True)
        },
    )


def _document(stored: object) -> Mapping[str, Any] | None:
    """Return a document that came straight from a driver: text on SQLite."""
    found = orjson.loads(stored) if isinstance(stored, str) else stored
    return found if isinstance(found, dict) else None
