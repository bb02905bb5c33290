"""How many signed, where and when, and what those who chose to be seen said: confirmed ones only.

Every figure costs the same at a thousand signatures and at a million.
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
    """How many signatures count: all of them, and how many of these were given on paper."""

    total: int
    paper: int

    @property
    def online(self) -> int:
        """How many were given on the site."""
        return self.total - self.paper


def count(db: Database, campaign: str) -> int:
    """Return how many signatures count. Raises StoreUnavailable, as every function here does."""
    with db.reading() as connection:
        return counts.total(connection, campaign)


def signature_counts(db: Database, campaign: str) -> SignatureCounts:
    """Return how many signatures count, of one moment, with those on paper told apart."""
    with db.reading() as connection:
        return SignatureCounts(*counts.standing(connection, campaign))


def by_state(db: Database, campaign: str) -> dict[str, int]:
    """Return the counts by state (`CA`); small ones are not for the public: see `disclosure`."""
    with db.reading() as connection:
        return counts.by(connection, campaign, "state")


def by_district(db: Database, campaign: str) -> dict[str, int]:
    """Return the counts by district (`CA-30`; an empty name where it is not known)."""
    with db.reading() as connection:
        return counts.by(connection, campaign, "district")


def by_day(db: Database, campaign: str) -> dict[date, int]:
    """Return how the count changed on each civil day, oldest first; days without a change left out.

    A withdrawal counts on the day it happens, so that a day can be negative.
    """
    with db.reading() as connection:
        days = counts.by(connection, campaign, "day")
    return {date.fromisoformat(day): change for day, change in days.items()}


def shown_signers(db: Database, campaign: str, limit: int = 12) -> tuple[ShownSigner, ...]:
    """Return the latest signers who chose to be shown: first name and place."""
    with db.reading() as connection:
        return public_signers.signers(connection, campaign, limit)


def approved_comments(db: Database, campaign: str, limit: int = 6) -> tuple[ApprovedComment, ...]:
    """Return the latest comments that an organizer approved."""
    with db.reading() as connection:
        return public_signers.comments(connection, campaign, limit)


def roll_up(db: Database, now: datetime) -> int:
    """Fold what was counted lately into the totals; the worker calls it. Returns rows folded."""
    folded = 0
    while True:
        with db.writing() as connection:
            rows = counts.roll_up(connection)
        folded += rows
        if rows == 0:
            return folded


def compare(db: Database) -> Mapping[str, tuple[Difference, ...]]:
    """Return by campaign which figures are not what the signatures say; none where all add up."""
    with db.snapshot() as connection:
        return recount.differences(connection)


def repair(db: Database, *, actor: str, now: datetime) -> Mapping[str, tuple[Difference, ...]]:
    """Make every figure what the signatures say, on record; return what was wrong, by campaign.

    People may sign meanwhile: what they add is neither lost nor counted twice. Needs two
    connections.
    """
    with db.writing() as connection:
        # Two at the same time would both add what is missing.
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
