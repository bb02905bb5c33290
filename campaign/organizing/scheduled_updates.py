"""Updates that are sent at a time which an organizer chose: scheduled, canceled, and sent when due.

A draft that is changed is no longer scheduled, so that only what was approved is sent.
"""

from datetime import date, datetime, time, timedelta

from campaign import civil_time
from campaign.errors import CampaignError, InvalidInput, UpdateUnknown
from campaign.organizing import updates
from campaign.organizing.accounts import roles
from campaign.packs.pack import Pack
from campaign.store import accounts, audit
from campaign.store import updates as store
from campaign.store.db.engine import Database
from campaign.store.updates import Update

#: The longest time ahead.
MAX_AHEAD = timedelta(days=366)
#: An update that is later than this, because no worker ran, is not sent: it may be out of date.
MAX_LATE = timedelta(hours=6)

_TOO_LATE = (
    "It was not sent: no worker ran at its time. Check that its text still holds, then send it."
)
_NO_ROLE = "It was not sent: the person who scheduled it may no longer send updates."


def parse_time(day: str, clock: str, pack: Pack, *, now: datetime) -> datetime:
    """Return the instant of a day (`2026-12-05`) and a time (`09:30`) in the campaign's zone.

    Raises InvalidInput (field "day" or "clock") for text that is no time, for a time that clocks
    skip, and for one that is past or more than a year ahead.
    """
    try:
        on_day = date.fromisoformat(day.strip())
    except ValueError:
        raise InvalidInput("Enter the day, such as 2026-12-05.", field="day") from None
    try:
        at_time = time.fromisoformat(clock.strip())
    except ValueError:
        raise InvalidInput("Enter the time, such as 09:30.", field="clock") from None
    if at_time.tzinfo is not None:
        raise InvalidInput("Enter the time, such as 09:30.", field="clock")
    at = civil_time.at(on_day, at_time, pack.zone)
    if civil_time.local(at, pack.zone).time() != at_time:
        raise InvalidInput(
            "Clocks are set forward at that time, so it does not occur. Choose another time.",
            field="clock",
        )
    if at <= now:
        raise InvalidInput("That time has passed. Choose a later one.", field="clock")
    if at > now + MAX_AHEAD:
        raise InvalidInput("Choose a day within a year.", field="day")
    return at


def schedule(db: Database, update: Update, *, at: datetime, actor: str, now: datetime) -> None:
    """Let a draft be sent at a time. Raises InvalidInput, UpdateUnknown, StoreUnavailable."""
    updates.require_valid_fields(update)
    with db.writing() as connection:
        if not store.schedule(connection, update, at=at, by=actor):
            raise UpdateUnknown("This update was changed, sent or deleted meanwhile.")
        audit.record(
            connection,
            "update-scheduled",
            actor=actor,
            now=now,
            campaign=update.campaign,
            details={"update": update.public_id, "at": at.isoformat()},
        )


def cancel(db: Database, update: Update, *, actor: str, now: datetime, why: str = "") -> bool:
    """Make a scheduled draft an ordinary one; False if it was not scheduled any more.

    `why` says why it was not sent, for its organizers. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        was_scheduled = store.cancel_schedule(connection, update, why=why)
        if was_scheduled:
            audit.record(
                connection,
                "update-unscheduled",
                actor=actor,
                now=now,
                campaign=update.campaign,
                details={"update": update.public_id, **({"why": why} if why else {})},
            )
    return was_scheduled


def send_due(db: Database, now: datetime) -> int:
    """Begin to send the updates whose time has come; return how many.

    One that cannot be sent becomes a draft again, with the reason. Several workers may do this at
    the same time. Raises StoreUnavailable.
    """
    with db.reading() as connection:
        due = store.due(connection, now)
    return sum(_send(db, update, now) for update in due)


def _send(db: Database, update: Update, now: datetime) -> bool:
    assert update.send_at is not None
    why = ""
    if now - update.send_at > MAX_LATE:
        why = _TOO_LATE
    elif not _may_still_send(db, update):
        why = _NO_ROLE
    else:
        try:
            updates.send(db, update, actor=update.scheduled_by, now=now)
        except UpdateUnknown:
            return False  # another worker sent it, or it was changed
        except CampaignError as error:
            why = f"It was not sent. {error}"
    if why:
        cancel(db, update, actor=update.scheduled_by, now=now, why=why)
    return not why


def _may_still_send(db: Database, update: Update) -> bool:
    """True if the account that scheduled it may send updates now; commands have no account."""
    kind, _, number = update.scheduled_by.partition(":")
    if kind != "user":
        return True
    with db.reading() as connection:
        account = accounts.find(connection, int(number))
    if account is None or not account.active:
        return False
    grants = {campaign: roles.role(name) for campaign, name in account.grants.items()}
    return roles.may(grants, "updates", update.campaign)
