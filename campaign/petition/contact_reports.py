"""Count what people report about their letters and calls to an office."""

from datetime import datetime

from limits.errors import StorageError

from campaign.errors import TooManyAttempts
from campaign.petition.rate_limits import SignupLimits
from campaign.store import civil_days, contacts
from campaign.store.contacts import OUTCOMES, Contact, Figure, Outcome, figures
from campaign.store.db.engine import Database

__all__ = ["OUTCOMES", "Contact", "Figure", "Outcome", "figures", "record"]

_RETRY_AFTER_S = 3600


def record(
    db: Database, contact: Contact, *, network: str, limits: SignupLimits, now: datetime
) -> None:
    """Count one contact by its day; neither `network` (a keyed hash) nor the time is kept.

    Raises TooManyAttempts, with nothing counted, if a network reports more than a room full of
    callers would; StoreUnavailable. If the rate limiter is down, the contact is counted.
    """
    with db.writing() as connection:
        shared = connection if limits.shares_database(db) else None
        try:
            allow_contact_report = limits.allow_contact_report(
                network, campaign=contact.campaign, member=contact.member, connection=shared
            )
        except StorageError:
            allow_contact_report = True
        if not allow_contact_report:
            raise TooManyAttempts(
                "Many calls and letters were reported from here today. Yours still counts at the "
                "office. Report it here tomorrow.",
                retry_after=_RETRY_AFTER_S,
            )
        day = civil_days.day_of(connection, contact.campaign, now)
        contacts.add(connection, contact, day=day)
