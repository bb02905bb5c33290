"""Anonymous reports of what became of letters, counted by member and outcome."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import contacts

#: Mailed on paper; sent by the member's web form; or the outcome of a call.
Outcome = Literal["posted", "sent", "contact", "voicemail", "no-answer"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: The outcomes of a call.
CALLS: tuple[Outcome, ...] = ("contact", "voicemail", "no-answer")


@dataclass(frozen=True)
class Contact:
    """One reported contact with a member's office.

    `member` is a bioguide id, "president" or "secretary". `office` is an office's id, "washington",
    or "" if unknown. `source` says where it was reported, `about` what was asked about
    (`campaign.packs.asks`).
    """

    campaign: str
    member: str
    outcome: Outcome
    office: str = ""
    source: str = ""
    about: str = ""


@dataclass(frozen=True)
class Figure:
    """How often one outcome was reported for one member."""

    member: str
    outcome: Outcome
    count: int


def add(connection: Connection, contact: Contact, *, day: date) -> None:
    """Add one contact to the counts of a day."""
    connection.execute(
        sa.insert(contacts),
        {
            "campaign": contact.campaign,
            "member": contact.member,
            "office": contact.office,
            "outcome": contact.outcome,
            "day": day,
            "source": contact.source,
            "about": contact.about,
        },
    )


def figures(
    connection: Connection, campaign: str, *, since: date | None = None
) -> tuple[Figure, ...]:
    """Return the counts, sorted by member and outcome.

    With `since`, only reports of that day or later count.
    """
    count = sa.func.count()
    query = (
        sa.select(contacts.c.member, contacts.c.outcome, count)
        .where(contacts.c.campaign == campaign)
        .group_by(contacts.c.member, contacts.c.outcome)
        .order_by(contacts.c.member, contacts.c.outcome)
    )
    if since is not None:
        query = query.where(contacts.c.day >= since)
    return tuple(Figure(*row) for row in connection.execute(query))


def count_by_about(
    connection: Connection, campaign: str, *, first: date, last: date
) -> dict[tuple[str, Outcome], int]:
    """Return {(what was asked about, outcome): contacts} of the days of a period."""
    query = (
        sa.select(contacts.c.about, contacts.c.outcome, sa.func.count().label("number"))
        .where(contacts.c.campaign == campaign, contacts.c.day.between(first, last))
        .group_by(contacts.c.about, contacts.c.outcome)
    )
    return {(row.about, row.outcome): row.number for row in connection.execute(query)}


def latest_days(connection: Connection, campaign: str) -> dict[str, date]:
    """Return {member: the day of the newest report}."""
    query = (
        sa.select(contacts.c.member, sa.func.max(contacts.c.day).label("day"))
        .where(contacts.c.campaign == campaign)
        .group_by(contacts.c.member)
    )
    return {row.member: row.day for row in connection.execute(query)}
