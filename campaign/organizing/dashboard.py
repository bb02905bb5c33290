"""Figures of the organizers' overview, in constant time for any number of signatures.

All figures come from counters; nothing here iterates over signers. Days are civil days of the
campaign's zone.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from campaign import civil_time
from campaign.congress.contact import spoken_name
from campaign.congress.dataset import Congress
from campaign.congress.former_members import FormerMember
from campaign.congress.members import Seat
from campaign.congress.seat_holders import SeatHolder, capitalize_first, holder
from campaign.messages import day_in_words
from campaign.organizing import signed_wordings
from campaign.organizing.signed_wordings import Version
from campaign.packs import executive
from campaign.packs.pack import Pack
from campaign.store import contacts, counts, daily_counters, letters, outbox, review_queue, wordings
from campaign.store.db.engine import Database
from campaign.store.wordings import WordingCounts
from campaign.tables.formulas import escape

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
class MemberFigures:
    """A member or empty seat: constituents who signed, letters, and reported contacts.

    Letters and contacts stay with a member who has left; constituents count for the seat. `letters`
    counts downloaded letters, `reached` contacts by outcome (`store.contacts.OUTCOMES`).
    """

    bioguide: str
    name: str
    seat: str
    state: str
    district: str
    constituents: int
    letters: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """The number of calls with any outcome."""
        return sum(self.reached.get(kind, 0) for kind in contacts.CALLS)

    @property
    def has_any(self) -> bool:
        """True if any figure is above 0."""
        return bool(self.constituents or self.letters or any(self.reached.values()))


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
            members=_members(
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


def members(db: Database, pack: Pack, congress: Congress, today: date) -> tuple[MemberFigures, ...]:
    """Return the figures of every seat, of former members and of the campaign's other targets.

    Most constituents come first. Raises StoreUnavailable.
    """
    with db.reading() as connection:
        return _members(
            connection,
            pack,
            congress,
            today,
            counts.by(connection, pack.name, "state"),
            counts.by(connection, pack.name, "district"),
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


def _members(
    connection: Connection,
    pack: Pack,
    congress: Congress,
    today: date,
    states: Mapping[str, int],
    districts: Mapping[str, int],
) -> tuple[MemberFigures, ...]:
    made = letters.by_office(connection, pack.name)
    reached: dict[str, dict[str, int]] = {}
    for figure in contacts.figures(connection, pack.name):
        reached.setdefault(figure.member, {})[figure.outcome] = figure.count
    found = [
        _seat_figures(congress, seat, today, states, districts, made, reached)
        for seat in congress.seats.values()
    ]
    sitting = {one.bioguide for one in found}
    found += [
        _former_figures(former, made, reached)
        for one in sorted({*made, *reached} - sitting)
        if (former := congress.former_member(one)) is not None
    ]
    recorded = {
        office.id: office.name
        for office in executive.offices().values()
        if office.id in made or office.id in reached
    }
    for office, name in {**recorded, **pack.targets.offices}.items():
        found.append(
            MemberFigures(office, name, "", "", "", 0, made.get(office, 0), reached.get(office, {}))
        )
    return tuple(
        sorted(found, key=lambda one: (-one.constituents, one.state, one.district, one.name))
    )


def _seat_figures(
    congress: Congress,
    seat: Seat,
    today: date,
    states: Mapping[str, int],
    districts: Mapping[str, int],
    made: Mapping[str, int],
    reached: Mapping[str, Mapping[str, int]],
) -> MemberFigures:
    held = holder(congress, seat, today)
    in_house = seat.chamber == "house"
    bioguide = held.member.bioguide if held.member else ""
    return MemberFigures(
        bioguide=bioguide,
        name=_name_of(held),
        seat=str(seat.title),
        state=seat.state,
        district=seat.id if in_house else "",
        constituents=(districts.get(seat.id, 0) if in_house else states.get(seat.state, 0)),
        letters=made.get(bioguide, 0) if bioguide else 0,
        reached=reached.get(bioguide, {}) if bioguide else {},
    )


def _name_of(held: SeatHolder) -> str:
    if held.member is not None:
        return str(spoken_name(held.seat, held.member))
    return capitalize_first(str(held.absence))


def _former_figures(
    former: FormerMember,
    made: Mapping[str, int],
    reached: Mapping[str, Mapping[str, int]],
) -> MemberFigures:
    return MemberFigures(
        bioguide=former.bioguide,
        name=f"{former.seat.style} {former.last_name} (former)",
        seat=f"{former.seat.title}, until {day_in_words(former.ended)}",
        state=former.seat.state,
        district="",
        constituents=0,
        letters=made.get(former.bioguide, 0),
        reached=reached.get(former.bioguide, {}),
    )


# -- As tables -------------------------------------------------------------------------------------

#: A table: its heading, then its rows.
Table = tuple[tuple[str, ...], list[tuple[str | int, ...]]]

#: Table name -> its title.
TABLES: Mapping[str, str] = {
    "days": "Signatures by day",
    "funnel": f"From page view to share, past {FUNNEL_DAYS} days",
    "sources": "Signatures by source",
    "states": "Signatures by state",
    "districts": "Signatures by district",
    "members": "Constituents, letters and calls by member",
    "mail": f"Email, past {FUNNEL_DAYS} days",
    "wordings": "Signed wordings",
}


def table(figures: CampaignFigures, what: str) -> Table:
    """Return one of `TABLES`. Raises KeyError for any other name."""
    return _BUILDERS[what](figures)


def as_csv(table: Table) -> str:
    """Return a table as CSV (RFC 4180) with formulas escaped."""
    heading, rows = table
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(heading)
    writer.writerows(
        [escape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()


def members_table(rows: tuple[MemberFigures, ...]) -> Table:
    """Return the table of all seats with any figure, including vacant ones."""
    heading = ("member", "seat", "state", "district", "bioguide", "constituents", "letters")
    return (*heading, *contacts.OUTCOMES), [
        (
            one.name,
            one.seat,
            one.state,
            one.district,
            one.bioguide,
            one.constituents,
            one.letters,
            *(one.reached.get(outcome, 0) for outcome in contacts.OUTCOMES),
        )
        for one in rows
        if one.has_any
    ]


def _mail_table(figures: CampaignFigures) -> Table:
    mail = figures.mail
    return ("outcome", "messages"), [
        ("sent", mail.sent),
        ("deferred", mail.deferred),
        ("failed", mail.failed),
        ("bounced", mail.bounced),
        ("due now", mail.queued),
    ]


def _wordings_table(figures: CampaignFigures) -> Table:
    heading = (
        "wording_version", "is_current", "signatures", "first_seen", "headline", "standfirst",
        "addressees", "petition", "consent",
    )  # fmt: skip
    return heading, [one.as_row() for one in figures.versions]


_BUILDERS: Mapping[str, Callable[[CampaignFigures], Table]] = {
    "days": lambda figures: (
        ("day", "signatures"),
        [(day.isoformat(), count) for day, count in figures.by_day.items()],
    ),
    "funnel": lambda figures: (
        ("step", "number", "counts"),
        [*figures.funnel.steps(), ("Made for others", figures.funnel.for_others, "letters")],
    ),
    "sources": lambda figures: (("source", "signatures"), list(figures.sources.items())),
    "states": lambda figures: (("state", "signatures"), list(figures.states.items())),
    "districts": lambda figures: (("district", "signatures"), list(figures.districts.items())),
    "members": lambda figures: members_table(figures.members),
    "mail": _mail_table,
    "wordings": _wordings_table,
}
