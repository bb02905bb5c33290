"""Notify organizers by mail that sign-ups are held: at once, but at most hourly.

The mail has a number and a link, and no data of signers.
"""

from datetime import datetime, timedelta

from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN
from campaign.store import accounts, outbox, review_queue
from campaign.store.db.engine import Database

#: The kind of the outbox's rows.
KIND = "held"

#: The shortest time between two notices of a campaign.
MIN_INTERVAL = timedelta(hours=1)


def send_notices(db: Database, now: datetime) -> int:
    """Queue the notices that are due, and return the number of mails. Raises StoreUnavailable.

    A campaign is due if a sign-up was held since its last notice, and that is an hour old.
    """
    queued = 0
    with db.writing() as connection:
        for campaign, held in review_queue.held_by_campaign(connection).items():
            last = outbox.last_queued(connection, KIND, campaign)
            if last is not None and (last > now - MIN_INTERVAL or held.latest <= last):
                continue
            for account in accounts.of_campaign(connection, campaign, EVERY_CAMPAIGN):
                grants = {name: roles.role(role) for name, role in account.grants.items()}
                if (
                    account.active
                    and not account.is_invited
                    and roles.may(grants, "review", campaign)
                ):
                    outbox.enqueue(
                        connection,
                        KIND,
                        campaign=campaign,
                        to=account.email,
                        payload={"account": account.id, "count": held.count},
                        now=now,
                    )
                    queued += 1
    return queued
