"""Figures of the organizers' overview, in constant time for any number of signatures.

All figures come from counters; only signers of officials by ZIP or city are counted from the
signatures, see `office_signers`. Days are civil days of the
campaign's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from campaign import civil_time
from campaign.congress.dataset import Congress
from campaign.organizing import member_figures, signed_wordings
from campaign.organizing.member_figures import MemberFigures
from campaign.organizing.signed_wordings import Version
from campaign.packs.pack import Pack
from campaign.store import counts, daily_counters, letters, outbox, review_queue, wordings
from campaign.store.db.engine import Database
from campaign.store.wordings import WordingCounts

#: The days that funnel and mail figures cover: pending sign-ups are kept no longer.
FUNNEL_DAYS = 14

#: Kinds of outbox rows that are not mail.
_NOT_MAIL = frozenset({"webhook", "actionnetwork", "cwc"})

#: A fact is listed this long before its review is due.
REVIEW_AHEAD = timedelta(days=14)

#: Legislator data of this age counts as old.
OLD_DATA_DAYS = 60


@dataclass(frozen=True)
class Funnel:
    """The steps from page view to share in the past FUNNEL_DAYS days.

    `signed` (including confirmed), `confirmed` and `writers` (who downloaded letters) count people.
    `views` and `shares` count page loads that reached the site; reloads count, cached pages do not.
    `for_others` counts letters made by volunteers' batches and commands; it is not a step.
    """

    views: int
    signed: int
    confirmed: int
    writers: int
    shares: int
    for_others: int

    @property
    def confirm_rate(self) -> float | None:
        """The share of sign-ups that were confirmed, from 0 to 1; None if there were none."""
        return self.confirmed / self.signed if self.signed else None

    def steps(self) -> tuple[tuple[str, int, str], ...]:
        """Return (name, figure, unit) of each step."""
        return (
            ("Petition viewed", self.views, "page views"),
            ("Signed online", self.signed, "people"),
            ("Confirmed by email", self.confirmed, "people"),
            ("Made letters", self.writers, "people"),
            ("Share page viewed", self.shares, "page views"),
        )


@dataclass(frozen=True)
class MailHealth:
    """Mail in the past FUNNEL_DAYS days, and the queue now; `oldest_due` is its oldest due time."""

    sent: int
    deferred: int
    failed: int
    bounced: int
    queued: int
    oldest_due: datetime | None


@dataclass(frozen=True)
class ReviewQueue:
    """How many items wait for an organizer's decision."""

    held: int
    flagged: int
    comments: int
    names: int


@dataclass(frozen=True)
class CampaignFigures:
    """All figures of a campaign's overview."""

    total: int
    paper: int
    today: int
    week: int
    goal: int
    funnel: Funnel
    by_day: Mapping[date, int]
    sources: Mapping[str, int]
    states: Mapping[str, int]
    districts: Mapping[str, int]
    members: tuple[MemberFigures, ...]
    mail: MailHealth
    waits: ReviewQueue
    wording: WordingCounts
    versions: tuple[Version, ...]


def campaign_figures(
    db: Database, pack: Pack, congress: Congress, now: datetime
) -> CampaignFigures:
    """Return a campaign's figures from one snapshot. Raises StoreUnavailable."""
    today = pack.day_of(now)
    since = today - timedelta(days=FUNNEL_DAYS - 1)
    with db.reading() as connection:
        total, paper = counts.total_and_paper(connection, pack.name)
        days = _days(counts.by(connection, pack.name, "day"))
        states = counts.by(connection, pack.name, "state")
        districts = counts.by(connection, pack.name, "district")
        return CampaignFigures(
            total=total,
            paper=paper,
            today=days.get(today, 0),
            week=_within(days, today - timedelta(days=6)),
            goal=pack.goal_for(total),
            funnel=_funnel(connection, pack, days, since),
            by_day=days,
            sources=_largest_first(counts.by(connection, pack.name, "source")),
            states=_largest_first(states),
            districts=_largest_first(districts),
            members=member_figures.of_snapshot(
                connection,
                pack,
                congress,
                civil_time.congress_day(now),
                states,
                districts,
            ),
            mail=_mail(connection, pack.name, since, now),
            waits=ReviewQueue(
                held=review_queue.count_held(connection, pack.name),
                flagged=review_queue.count_flagged(connection, pack.name),
                comments=review_queue.count_comments(connection, pack.name),
                names=review_queue.count_names(connection, pack.name),
            ),
            wording=wordings.count_current(connection, pack),
            versions=signed_wordings.versions(connection, pack),
        )


def _days(counted: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): count for day, count in counted.items()}


def _within(days: Mapping[date, int], since: date) -> int:
    return sum(count for day, count in days.items() if day >= since)


def _largest_first(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _funnel(connection: Connection, pack: Pack, days: Mapping[date, int], since: date) -> Funnel:
    campaign, begins = pack.name, civil_time.start_of(since, pack.zone)
    on_paper = _days(counts.by(connection, campaign, "paper-day"))
    confirmed = max(0, _within(days, since) - _within(on_paper, since))
    happened = daily_counters.totals(connection, campaign, since=since)
    return Funnel(
        views=happened.get(daily_counters.VIEW, 0),
        signed=confirmed + review_queue.pending_since(connection, campaign, begins),
        confirmed=confirmed,
        writers=letters.writers_on_site(connection, campaign, since=begins),
        shares=happened.get(daily_counters.SHARE, 0),
        for_others=letters.made_for_others(connection, campaign, since=begins),
    )


def _mail(connection: Connection, campaign: str, since: date, now: datetime) -> MailHealth:
    happened = daily_counters.totals(connection, campaign, since=since)

    def count(what: str) -> int:
        return sum(
            number
            for kind, number in happened.items()
            if kind.partition("/")[0] == what and kind.partition("/")[2] not in _NOT_MAIL
        )

    queued, oldest = outbox.due_in(connection, campaign, now=now)
    return MailHealth(
        sent=count(daily_counters.SENT),
        deferred=count(daily_counters.DEFERRED),
        failed=count(daily_counters.FAILED),
        bounced=count(daily_counters.BOUNCED),
        queued=queued,
        oldest_due=oldest,
    )
