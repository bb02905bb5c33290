"""Retention: delete or anonymize what has expired, as the privacy page promises."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.petition import cwc_retention, letter_fingerprints
from campaign.store import (
    letters,
    office_reports,
    suppressions,
    used_links,
)
from campaign.store import retention as rows
from campaign.store.db.engine import Database

#: Pending signatures are deleted after this long.
PENDING_DAYS = 14
#: Withdrawn signatures are deleted after this long, held ones after `HELD_DAYS`.
WITHDRAWN_DAYS = 30
HELD_DAYS = 90
#: Records of used links are deleted after this long.
USED_LINK_DAYS = 90
#: Reports of wrong offices are deleted after this long if no organizer decided.
OFFICE_REPORT_DAYS = 180
#: Outbox rows of sent or failed mail are deleted after this long.
OUTBOX_DAYS = 30


@dataclass(frozen=True)
class PurgeReport:
    """How many rows retention removed; anonymized signatures and letters stay in the counts."""

    pending: int
    withdrawn: int
    held: int
    invalid: int
    anonymized: int
    mail: int
    letters: int = 0
    sendings: int = 0

    @property
    def total(self) -> int:
        """The sum of all of them."""
        return (
            self.pending
            + self.withdrawn
            + self.held
            + self.invalid
            + self.anonymized
            + self.mail
            + self.letters
            + self.sendings
        )


def purge(db: Database, now: datetime, *, retention_days: int) -> PurgeReport:
    """Delete expired data in small transactions; safe to run at any time.

    Confirmed signatures are anonymized after `retention_days`: they stay in the counts by place,
    without the person, and without when and how they signed. Deleted data is also scrubbed from the
    database's files. Raises StoreUnavailable.
    """

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    done = PurgeReport(
        pending=rows.delete_pending(db, signed_before=ago(PENDING_DAYS)),
        withdrawn=rows.delete_withdrawn(db, ended_before=ago(WITHDRAWN_DAYS)),
        held=rows.delete_held(db, signed_before=ago(HELD_DAYS)),
        invalid=rows.delete_invalid(db, signed_before=ago(retention_days)),
        anonymized=rows.anonymize(db, signed_before=ago(retention_days), now=now),
        mail=rows.forget_mail(db, finished_before=ago(OUTBOX_DAYS)),
        letters=letters.forget_old(db, made_before=ago(letter_fingerprints.FINGERPRINT_DAYS)),
        sendings=cwc_retention.purge(db, now).total,
    )
    with db.writing() as connection:
        suppressions.delete_old(connection, before=ago(2))
        used_links.forget(connection, before=ago(USED_LINK_DAYS))
        office_reports.delete_old(connection, before=ago(OFFICE_REPORT_DAYS))
    if done.total:
        db.vacuum()
    db.truncate_log()
    return done
