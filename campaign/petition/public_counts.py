"""Counts of confirmed signatures by place and day, and the signers and comments shown in public.

Every query takes constant time, whether a thousand people signed or a million.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.store import audit, counts, public_signers, recount
from campaign.store.db import advisory_locks
from campaign.store.db.engine import Database
from campaign.store.public_signers import ApprovedComment, ShownSigner
from campaign.store.recount import Difference

__all__ = [
    "ApprovedComment",
    "Difference",
    "ShownSigner",
    "SignatureCounts",
    "approved_comments",
    "by_day",
    "by_district",
    "by_state",
    "compare",
    "count",
    "repair",
    "roll_up",
    "shown_signers",
    "signature_counts",
]


@dataclass(frozen=True)
class SignatureCounts:
    """How many signatures count in total, and how many of them are on paper."""

    total: int
    paper: int

    @property
    def online(self) -> int:
        """How many were signed on the site."""
        return self.total - self.paper


def count(db: Database, campaign: str) -> int:
    """Return how many signatures count. Raises StoreUnavailable, as every function here does."""
    with db.reading() as connection:
        return counts.total(connection, campaign)


def signature_counts(db: Database, campaign: str) -> SignatureCounts:
    """Return how many signatures count, and how many are on paper, from one snapshot."""
    with db.reading() as connection:
        return SignatureCounts(*counts.total_and_paper(connection, campaign))


def by_state(db: Database, campaign: str) -> dict[str, int]:
    """Return the counts by state (`CA`); see `disclosure_control` before you publish them."""
    with db.reading() as connection:
        return counts.by(connection, campaign, "state")


def by_district(db: Database, campaign: str) -> dict[str, int]:
    """Return the counts by district (`CA-30`, or "" if unknown)."""
    with db.reading() as connection:
        return counts.by(connection, campaign, "district")


def by_day(db: Database, campaign: str) -> dict[date, int]:
    """Return how the count changed on each civil day, oldest first, without unchanged days.

    A withdrawal counts on the day when it happens, so a day can be negative.
    """
    with db.reading() as connection:
        days = counts.by(connection, campaign, "day")
    return {date.fromisoformat(day): change for day, change in days.items()}


def shown_signers(db: Database, campaign: str, limit: int = 12) -> tuple[ShownSigner, ...]:
    """Return the first name and place of the latest signers who chose to be shown."""
    with db.reading() as connection:
        return public_signers.signers(connection, campaign, limit)


def approved_comments(db: Database, campaign: str, limit: int = 6) -> tuple[ApprovedComment, ...]:
    """Return the latest comments that an organizer approved."""
    with db.reading() as connection:
        return public_signers.comments(connection, campaign, limit)


def roll_up(db: Database, now: datetime) -> int:
    """Fold recent journal rows into the totals; return how many. The worker calls this."""
    folded = 0
    while True:
        with db.writing() as connection:
            rows = counts.roll_up(connection)
        folded += rows
        if rows == 0:
            return folded


def compare(db: Database) -> Mapping[str, tuple[Difference, ...]]:
    """Recount all signatures; return, by campaign, the figures that differ from the recount."""
    with db.snapshot() as connection:
        return recount.differences(connection)


def repair(db: Database, *, actor: str, now: datetime) -> Mapping[str, tuple[Difference, ...]]:
    """Correct every figure from a recount, and audit it; return what was wrong, by campaign.

    Signatures that arrive meanwhile are neither lost nor counted twice. Needs two connections.
    """
    with db.writing() as connection:
        # Two concurrent repairs would both add what is missing.
        advisory_locks.lock_until_commit(connection, "recount")
        found = compare(db)
        recount.mend(connection, found, now=now)
        for campaign, wrong in found.items():
            audit.record(
                connection,
                "recount",
                actor=actor,
                now=now,
                campaign=campaign,
                details={
                    "figures": [
                        {"kind": one.kind, "key": one.key, "was": one.counted, "is": one.signed}
                        for one in wrong
                    ]
                },
            )
    return found
