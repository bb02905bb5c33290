"""How a campaign stands: every figure of the overview, at the same cost for a million signatures.

Signatures are read from the tallies, letters and calls from their figures; nothing here walks over
people. Days are those of the campaign's calendar.
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
from campaign.congress.members import Seat
from campaign.congress.seat_holders import holder
from campaign.organizing import signed_wordings
from campaign.organizing.signed_wordings import Version
from campaign.packs.pack import Pack
from campaign.store import contacts, counts, daily_counters, letters, outbox, review_queue, wordings
from campaign.store.db.engine import Database
from campaign.store.wordings import Standing
from campaign.tables.formulas import escaped

#: Over which days the funnel and the mail are told: pending sign-ups are kept no longer.
FUNNEL_DAYS = 14

#: Rows of the outbox that are no mail.
_NOT_MAIL = frozenset({"webhook", "actionnetwork", "cwc"})

#: A fact is told of this long before its review is due.
REVIEW_AHEAD = timedelta(days=14)

#: From this age on the legislator data is called old.
OLD_DATA_DAYS = 60


@dataclass(frozen=True)
class Funnel:
    """The past FUNNEL_DAYS days on the site, each step beside what it counts.

    `signed`, `confirmed` and `writers` are people: `signed` counts confirmed ones too, `writers`
    those who took letters for themselves. `views` and `shares` are pages: those that caches in
    front of the site answered are not among them, and a reload is one more. Apart from all steps
    stand `for_others`, letters that volunteers' batches and commands made.
    """

    views: int
    signed: int
    confirmed: int
    writers: int
    shares: int
    for_others: int

    @property
    def confirm_rate(self) -> float | None:
        """The part of those who signed that confirmed, from 0 to 1; None where nobody signed."""
        return self.confirmed / self.signed if self.signed else None

    def steps(self) -> tuple[tuple[str, int, str], ...]:
        """Each step on the site in words, with its figure and what that counts."""
        return (
            ("Petition shown", self.views, "pages"),
            ("Signed on the site", self.signed, "people"),
            ("Confirmed by mail", self.confirmed, "people"),
            ("Took letters away", self.writers, "people"),
            ("Ways to share shown", self.shares, "pages"),
        )


@dataclass(frozen=True)
class MailHealth:
    """The past FUNNEL_DAYS days of mail, and what waits now; `oldest_due` since when."""

    sent: int
    deferred: int
    failed: int
    bounced: int
    queued: int
    oldest_due: datetime | None


@dataclass(frozen=True)
class MemberFigures:
    """A member, or a vacant seat, with the constituents who signed and what reached the office.

    `reached` holds counts by outcome (`store.contacts.OUTCOMES`); `letters` those taken away.
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
        """Calls of any outcome."""
        return sum(self.reached.get(kind, 0) for kind in ("contact", "voicemail", "no-answer"))

    @property
    def has_any(self) -> bool:
        """True where there is a figure to tell."""
        return bool(self.constituents or self.letters or any(self.reached.values()))


@dataclass(frozen=True)
class ReviewQueue:
    """What waits for a person's decision."""

    held: int
    flagged: int
    comments: int
    names: int


@dataclass(frozen=True)
class CampaignFigures:
    """Everything that the overview tells of one campaign."""

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
    wording: Standing
    versions: tuple[Version, ...]


def campaign_figures(
    db: Database, pack: Pack, congress: Congress, now: datetime
) -> CampaignFigures:
    """Return how the campaign stands at this moment. Raises StoreUnavailable."""
    today = pack.day_of(now)
    since = today - timedelta(days=FUNNEL_DAYS - 1)
    with db.reading() as connection:
        total, paper = counts.standing(connection, pack.name)
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
                pack.name,
                congress,
                civil_time.washington_day(now),
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
            wording=wordings.standing(connection, pack),
            versions=signed_wordings.versions(connection, pack),
        )


def members(
    db: Database, campaign: str, congress: Congress, today: date
) -> tuple[MemberFigures, ...]:
    """Return every seat's figures, most constituents first. Raises StoreUnavailable."""
    with db.reading() as connection:
        return _members(
            connection,
            campaign,
            congress,
            today,
            counts.by(connection, campaign, "state"),
            counts.by(connection, campaign, "district"),
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

    queued, oldest = outbox.due_of(connection, campaign, now=now)
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
    campaign: str,
    congress: Congress,
    today: date,
    states: Mapping[str, int],
    districts: Mapping[str, int],
) -> tuple[MemberFigures, ...]:
    made = letters.by_office(connection, campaign)
    reached: dict[str, dict[str, int]] = {}
    for figure in contacts.figures(connection, campaign):
        reached.setdefault(figure.member, {})[figure.outcome] = figure.count
    found = [
        _seat_figures(congress, seat, today, states, districts, made, reached)
        for seat in congress.seats.values()
    ]
    for office, name in (
        ("president", "The President"),
        ("secretary", "The Secretary of State"),
    ):
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
        name=str(spoken_name(seat, held.member)) if held.member else "Vacant",
        seat=str(seat.title),
        state=seat.state,
        district=seat.id if in_house else "",
        constituents=(districts.get(seat.id, 0) if in_house else states.get(seat.state, 0)),
        letters=made.get(bioguide, 0) if bioguide else 0,
        reached=reached.get(bioguide, {}) if bioguide else {},
    )


# -- As tables -------------------------------------------------------------------------------------

#: One figure as a table: its heading, then its rows.
Table = tuple[tuple[str, ...], list[tuple[str | int, ...]]]

#: What can be had as a table, and what it is called.
TABLES: Mapping[str, str] = {
    "days": "Signatures by day",
    "funnel": f"From seeing to sharing, past {FUNNEL_DAYS} days",
    "sources": "Signatures by source",
    "states": "Signatures by state",
    "districts": "Signatures by district",
    "members": "Constituents, letters and calls by member",
    "mail": f"Mail, past {FUNNEL_DAYS} days",
    "wordings": "The wordings that were signed",
}


def table(figures: CampaignFigures, what: str) -> Table:
    """Return one of `TABLES`. Raises KeyError for any other name."""
    return _BUILDERS[what](figures)


def as_csv(table: Table) -> str:
    """Return a table as CSV by RFC 4180, safe to open in a spreadsheet."""
    heading, rows = table
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(heading)
    writer.writerows(
        [escaped(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()


def members_table(rows: tuple[MemberFigures, ...]) -> Table:
    """Return seats with any figure as a table, vacant ones too."""
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
    "days": lambda found: (
        ("day", "signatures"),
        [(day.isoformat(), count) for day, count in found.by_day.items()],
    ),
    "funnel": lambda found: (
        ("step", "number", "counts"),
        [*found.funnel.steps(), ("Made for others", found.funnel.for_others, "letters")],
    ),
    "sources": lambda found: (("source", "signatures"), list(found.sources.items())),
    "states": lambda found: (("state", "signatures"), list(found.states.items())),
    "districts": lambda found: (("district", "signatures"), list(found.districts.items())),
    "members": lambda found: members_table(found.members),
    "mail": _mail_table,
    "wordings": _wordings_table,
}
