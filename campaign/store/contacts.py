"""What people say became of their letters: kept as figures, by member and outcome."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import contacts

#: Posted on paper; sent by the member's own form; called, and what happened.
Outcome = Literal["posted", "sent", "contact", "voicemail", "no-answer"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Contact:
    """One time that somebody reached, or tried to reach, a member's office.

    `member` is a bioguide id, "president" or "secretary". `office` is an office's id, "washington",
    or "" where it was not said. `source` says where it was marked.
    """

    campaign: str
    member: str
    outcome: Outcome
    office: str = ""
    source: str = ""


@dataclass(frozen=True)
class Figure:
    """How often one outcome was marked for one member."""

    member: str
    outcome: Outcome
    count: int


def add(connection: Connection, contact: Contact, *, day: date) -> None:
    """Append one contact to the figures of a day."""
    connection.execute(
        sa.insert(contacts),
        {
            "campaign": contact.campaign,
            "member": contact.member,
            "office": contact.office,
            "outcome": contact.outcome,
            "day": day,
            "source": contact.source,
        },
    )


def figures(
    connection: Connection, campaign: str, *, since: date | None = None
) -> tuple[Figure, ...]:
    """Return how often each outcome was marked for each member, by member and outcome.

    With `since`, only what was marked on that day or later counts.
    """
    count = sa.func.count()
    question = (
        sa.select(contacts.c.member, contacts.c.outcome, count)
        .where(contacts.c.campaign == campaign)
        .group_by(contacts.c.member, contacts.c.outcome)
        .order_by(contacts.c.member, contacts.c.outcome)
    )
    if since is not None:
        question = question.where(contacts.c.day >= since)
    return tuple(Figure(*row) for row in connection.execute(question))
