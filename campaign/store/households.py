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
from campaign.store.new_signature import KEPT_ANSWERS
from campaign.store.statuses import SignatureStatus

_FLAGS = frozenset({"show_name", "mail_opt_in"})


@dataclass(frozen=True, repr=False)
class HouseholdMember:
    """A signature of an address in one campaign, as far as another sign-up needs it.

    `answers` are by `KEPT_ANSWERS`; `earlier` are those that they replaced, if any.
    """

    id: int
    slot: int
    name_key: str
    zip: str
    email: str
    status: SignatureStatus
    mails: int
    mailed_at: datetime | None
    answers: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Any] | None = None


@dataclass(frozen=True, repr=False)
class Mailbox:
    """The signatures of one address: the household of a campaign, and how many elsewhere.

    `waiting_elsewhere` counts recent unconfirmed signatures in other campaigns.
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
        *(signatures.c[name] for name in KEPT_ANSWERS),
    )
    .where(signatures.c.email_key == sa.bindparam("address"))
    .order_by(signatures.c.campaign, signatures.c.household_slot)
)


def mailbox(connection: Connection, campaign: str, email_key: str, *, since: datetime) -> Mailbox:
    """Return the signatures of an address; elsewhere, only those after `since` count.

    One query in any case, so that its time does not reveal whether the address is known.
    """
    rows = list(_mailbox.run(connection, {"address": email_key}))
    return Mailbox(
        tuple(_member(row[2:]) for row in rows if row[0] == campaign),
        sum(
            row[0] != campaign
            and row[7] == SignatureStatus.PENDING
            and (as_time(row[1]) or since) > since
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
        status=SignatureStatus(row[5]),
        mails=row[6],
        mailed_at=as_time(row[7]),
        earlier=_document(row[8]),
        answers={
            name: bool(value) if name in _FLAGS else value
            for name, value in zip(KEPT_ANSWERS, row[9:], strict=True)
        },
    )


def _document(stored: object) -> Mapping[str, Any] | None:
    """Return a JSON column as read by the driver, which gets text from SQLite."""
    value = orjson.loads(stored) if isinstance(stored, str) else stored
    return value if isinstance(value, dict) else None
