"""Activity around the demonstration's made-up signers: visits, letters, calls, sign-ups to review.

Every list that an organizer opens has something in it.
"""

import hashlib
import random
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign import civil_time
from campaign.congress.dataset import Congress
from campaign.congress.seat_holders import holder
from campaign.packs.asks import AskMarks
from campaign.packs.targets import Targets
from campaign.store import civil_days, contacts, counts, daily_counters, letters, models
from campaign.store.contacts import OUTCOMES, Contact
from campaign.store.letters import LetterFingerprint
from campaign.store.statuses import CommentStatus, SignatureStatus

_SEED = 1992

#: Downloaded letters, and calls and letters reported by their writers.
_LETTERS, _CONTACTS = 140, 90
#: Signers of one evening who share a network: a person must decide whether they are real.
_BURST = 7
_HELD = 3
#: Signers of the past days who have not confirmed.
PENDING = 19

_UNREAD = (
    "Please read this out to the committee: my parents left Stepanakert with one bag each.",
    "Thank you for making this easy.",
    "I sign as a veteran and as a taxpayer.",
)


def fill(connection: Connection, campaign: str, congress: Congress, *, now: datetime) -> None:
    """Write the activity of a campaign whose signers exist, up to `now`.

    The caller owns the transaction.
    """
    dice = random.Random(_SEED)  # noqa: S311 (the same every time is the point)
    _visits(connection, campaign, dice)
    _reach(connection, campaign, congress, dice, now)
    rows = (
        connection.execute(
            sa.select(models.signatures.c.id)
            .where(models.signatures.c.campaign == campaign)
            .order_by(models.signatures.c.id.desc())
        )
        .scalars()
        .all()
    )
    _to_decide(connection, list(rows))


def _visits(connection: Connection, campaign: str, dice: random.Random) -> None:
    for day, signed in counts.by(connection, campaign, "day").items():
        daily_counters.add(
            connection,
            date.fromisoformat(day),
            {
                (campaign, daily_counters.VIEW): int(signed * dice.uniform(4, 7)),
                (campaign, daily_counters.SHARE): int(signed * dice.uniform(0.1, 0.4)),
                (campaign, daily_counters.outcome(daily_counters.SENT, "confirm")): signed,
                (campaign, daily_counters.outcome(daily_counters.SENT, "thanks")): signed,
                (campaign, daily_counters.outcome(daily_counters.DEFERRED, "confirm")): signed
                // 15,
                (campaign, daily_counters.outcome(daily_counters.FAILED, "confirm")): signed // 40,
            },
        )


def _reach(
    connection: Connection, campaign: str, congress: Congress, dice: random.Random, now: datetime
) -> None:
    """Write letters and calls to the members whose constituents signed."""
    states = counts.by(connection, campaign, "state")
    districts = counts.by(connection, campaign, "district")
    weights: dict[str, int] = {"president": 30, "secretary": 15}
    for seat in congress.seats.values():
        member = holder(congress, seat, civil_time.congress_day(now)).member
        found = states.get(seat.state, 0) if seat.chamber == "senate" else districts.get(seat.id, 0)
        if member is not None and found:
            weights[member.bioguide] = found
    offices, weight = list(weights), list(weights.values())
    for number, office in enumerate(dice.choices(offices, weight, k=_LETTERS)):
        made_at = now - timedelta(hours=dice.randint(1, 24 * 30))
        writer = hashlib.sha256(f"demonstration {number}".encode()).digest()[:16]
        letters.save(
            connection,
            LetterFingerprint(campaign, office, writer, dice.randbytes(200), _about(office)),
            now=made_at,
        )
    for office in dice.choices(offices, weight, k=_CONTACTS):
        day = civil_days.day_of(connection, campaign, now) - timedelta(days=dice.randint(0, 30))
        outcome = dice.choice(OUTCOMES)
        contact = Contact(campaign, office, outcome, source="write", about=_about(office))
        contacts.add(connection, contact, day=day)


def _about(office: str) -> str:
    """Return what the bundled campaign asks an office about."""
    return AskMarks().about(office, Targets())


def _to_decide(connection: Connection, newest_first: list[int]) -> None:
    """Flag a burst, hold some sign-ups, leave comments to review, leave some unconfirmed.

    The rows are first those of unconfirmed signers, then those of confirmed ones.
    """
    signatures = models.signatures

    def change(rows: list[int], **values: object) -> None:
        connection.execute(sa.update(signatures).where(signatures.c.id.in_(rows)).values(values))

    pending, confirmed = newest_first[:PENDING], newest_first[PENDING:]
    network = hashlib.sha256(b"demonstration").hexdigest()[:32]
    change(pending[:_HELD], status=SignatureStatus.HELD, flags="network-burst", network=network)
    change(confirmed[:_BURST], flags="network-burst", network=network)
    for row, comment in zip(confirmed[20 : 20 + len(_UNREAD)], _UNREAD, strict=True):
        change([row], comment=comment, comment_status=CommentStatus.WAITING)
