"""Replay opt-outs after a backup is restored: unsubscribes, withdrawals and suppressed addresses.

Erasures are replayed by id (`erasure.erase_signature`).
"""

from dataclasses import dataclass
from datetime import datetime

from campaign.petition import cwc_retention, mailed_links, own_data
from campaign.store import bulk_restore, signatures, suppressions
from campaign.store.db.engine import Database
from campaign.store.statuses import SignatureStatus


@dataclass(frozen=True)
class OptOuts:
    """The opt-outs in a database: keyed hashes of mailboxes, and public ids of signatures."""

    suppressed: frozenset[bytes] = frozenset()
    unsubscribed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()


def find_opt_outs(db: Database) -> OptOuts:
    """Return all opt-outs. Raises StoreUnavailable."""
    with db.reading() as connection:
        return OptOuts(
            suppressions.all_suppressed(connection),
            bulk_restore.unsubscribed(connection),
            bulk_restore.withdrawn(connection),
        )


def replay(db: Database, opt_outs: OptOuts, *, now: datetime) -> int:
    """Apply the opt-outs to the restored database; return how many signatures changed.

    Pending letters of suppressed mailboxes are deleted too. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        for key in sorted(opt_outs.suppressed - suppressions.all_suppressed(connection)):
            suppressions.suppress(connection, key, now=now)
            cwc_retention.forget(connection, key)
    here = find_opt_outs(db)
    done = 0
    for public_id in sorted(opt_outs.unsubscribed - here.unsubscribed):
        with db.writing() as connection:
            found = signatures.by_public_id(connection, public_id)
            done += found is not None and own_data.unsubscribe_mailbox(connection, found, now)
    for public_id in sorted(opt_outs.withdrawn - here.withdrawn):
        with db.writing() as connection:
            found = signatures.by_public_id(connection, public_id, for_change=True)
            done += found is not None and mailed_links.end_signature(
                connection, found, SignatureStatus.WITHDRAWN, now=now
            )
    return done
