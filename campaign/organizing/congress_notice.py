"""Warn organizers that a Congress is about to end: 60, 30 and 7 days ahead.

The overview and `campaign doctor` show the sentence from 60 days ahead; a mail goes to every
organizer at each of the three.
"""

from datetime import datetime

from sqlalchemy import Connection

from campaign import civil_time
from campaign.congress.apportionment import congress_at, last_day
from campaign.congress.dataset import Congress
from campaign.congress.places import STATES, ordinal
from campaign.messages import counted, day_in_words
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN
from campaign.store import accounts, audit, outbox
from campaign.store.accounts import Account
from campaign.store.db import advisory_locks
from campaign.store.db.engine import Database

#: The kind of the outbox's rows, and the action of the audit record of a warning.
KIND = "congress-ends"

#: How many days ahead organizers are warned.
DAYS_AHEAD = (7, 30, 60)

_ROLES = frozenset({"owner", "organizer"})


def warning(congress: Congress, now: datetime) -> str:
    """Return what organizers should know before the Congress of `now` ends.

    "" if that is more than 60 days away.
    """
    number, days = _ahead(now)
    if days > max(DAYS_AHEAD):
        return ""
    end = last_day(number)
    when = f"in {counted(days, 'day')}, on {day_in_words(end)}" if days else "today"
    redrawn = [row.state for row in congress.new_lines if row.congress == number + 1]
    lines = ", ".join(STATES[state] for state in redrawn)
    return (
        f"The {ordinal(number)} Congress ends {when} at noon Eastern. Its bills, cosponsors and "
        "committees end with it, and letters that wait then are not sent. Deliver packets "
        "to members who leave before that day."
        + (f" District lines change in {lines}." if lines else "")
    )


def send_notices(db: Database, congress: Congress, now: datetime) -> int:
    """Queue the mails that are due, and return how many. Raises StoreUnavailable.

    Each warning is sent once; if several are due, only the latest.
    """
    number, days = _ahead(now)
    due = next((ahead for ahead in DAYS_AHEAD if days <= ahead), None)
    if due is None:
        return 0
    with db.writing() as connection:
        advisory_locks.lock_until_commit(connection, KIND)
        if _was_sent(connection, number, due):
            return 0
        readers = [one for one in accounts.all_accounts(connection) if _is_organizer(one)]
        for account in readers:
            outbox.enqueue(
                connection,
                KIND,
                campaign=EVERY_CAMPAIGN,
                to=account.email,
                payload={"account": account.id, "warning": warning(congress, now)},
                now=now,
            )
        audit.record(
            connection,
            KIND,
            actor="worker",
            now=now,
            campaign="",
            details={"congress": number, "days_ahead": due, "mails": len(readers)},
        )
    return len(readers)


def _ahead(now: datetime) -> tuple[int, int]:
    """Return the Congress in session, and in how many days, by the calendar, it ends."""
    number = congress_at(now)
    return number, (last_day(number) - civil_time.washington_day(now)).days


def _was_sent(connection: Connection, congress: int, days_ahead: int) -> bool:
    return any(
        record.details["congress"] == congress and record.details["days_ahead"] <= days_ahead
        for record in audit.records(connection, action=KIND, limit=None)
    )


def _is_organizer(account: Account) -> bool:
    return (
        account.active and not account.is_invited and not _ROLES.isdisjoint(account.grants.values())
    )
