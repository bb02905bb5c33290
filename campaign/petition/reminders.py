"""Remind signers who have not confirmed: once, a day after they signed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from campaign.petition.household import MAX_CONFIRM_MAILS
from campaign.store import signature_mail
from campaign.store.db.engine import Database

#: A pending signer is reminded when the sign-up is at least this old …
AFTER = timedelta(hours=24)
#: … and not older than this, in case an outage held the worker up.
UNTIL = timedelta(days=5)

_BATCH = 500


def remind(
    db: Database, now: datetime, *, is_open: Callable[[str], bool] = lambda campaign: True
) -> int:
    """Queue the reminders that are due, and return how many. Raises StoreUnavailable.

    `is_open(campaign)` is True while a campaign accepts confirmations. Safe to call from several
    workers: each signature is reminded once.
    """
    queued = 0
    while True:
        with db.writing() as connection:
            due = signature_mail.mark_reminded(
                connection,
                signed_after=now - UNTIL,
                signed_before=now - AFTER,
                fewer_mails_than=MAX_CONFIRM_MAILS,
                now=now,
                limit=_BATCH,
            )
            for one in due:
                if is_open(one.campaign):
                    signature_mail.queue(
                        connection,
                        "reminder",
                        campaign=one.campaign,
                        to=one.email,
                        signature_id=one.id,
                        language=one.language,
                        now=now,
                    )
                    queued += 1
        if len(due) < _BATCH:
            return queued
