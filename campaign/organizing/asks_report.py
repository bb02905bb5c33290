"""Letters, calls and mails by what they ask about, by month: for a 501(c)(3)'s lobbying report.

Only counts: nothing here says who wrote or called. Days are civil days of the campaign's zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import Connection

from campaign import civil_time
from campaign.errors import InvalidInput
from campaign.packs.asks import ASKS_ABOUT
from campaign.packs.pack import Pack
from campaign.store import contacts, letters, updates
from campaign.store.db.engine import Database

#: What an ask is about, in words; "" for counts from before asks were marked.
ABOUT_IN_WORDS = {
    "bill": "About a bill",
    "executive": "To the executive",
    "other": "About something else",
    "": "Not marked",
}
#: The most months of a report.
MAX_MONTHS = 60


@dataclass(frozen=True)
class Period:
    """The days of a report, both included."""

    first: date
    last: date

    @classmethod
    def parse(cls, first: date | None, last: date | None, *, today: date) -> "Period":
        """Return a period, by default from January 1 of its last day's year until today.

        Raises InvalidInput (field "first") for one that ends before it begins or is too long.
        """
        end = last or today
        begin = first or date(end.year, 1, 1)
        if begin > end:
            raise InvalidInput("Give a first day that is not after the last day.", field="first")
        if (end.year - begin.year) * 12 + end.month - begin.month >= MAX_MONTHS:
            raise InvalidInput("Give a period of five years at most.", field="first")
        return cls(begin, end)

    def months(self) -> Iterator["Period"]:
        """Yield the period month by month; the first and the last may be parts of months."""
        begin = self.first
        while begin <= self.last:
            following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
            yield Period(begin, min(self.last, following - timedelta(days=1)))
            begin = following


@dataclass(frozen=True)
class AskCounts:
    """How often something was done: letters made, letters reported as mailed or sent by a member's
    own form, calls with any outcome, and emails of updates that were sent.
    """

    letters: int = 0
    mailed: int = 0
    sent: int = 0
    calls: int = 0
    emails: int = 0

    def __add__(self, other: "AskCounts") -> "AskCounts":
        return AskCounts(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        """Return the counts in the order of the fields."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class AskRow:
    """The counts of one month, or a part of it, for one mark ("" for none)."""

    month: Period
    about: str
    counts: AskCounts


@dataclass(frozen=True)
class AsksReport:
    """A report's rows, oldest first; rows without any count are left out."""

    period: Period
    rows: tuple[AskRow, ...]

    @property
    def totals(self) -> dict[str, AskCounts]:
        """The sums by mark: all marks, and "" only if there is such a row."""
        found: dict[str, AskCounts] = {about: AskCounts() for about in ASKS_ABOUT}
        for row in self.rows:
            found[row.about] = found.get(row.about, AskCounts()) + row.counts
        return found

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int, ...]]]:
        """Return the report as a heading and rows, for CSV."""
        heading = ("first_day", "last_day", "about", *(field.name for field in fields(AskCounts)))
        return heading, [
            (
                row.month.first.isoformat(),
                row.month.last.isoformat(),
                row.about or "not marked",
                *row.counts.values(),
            )
            for row in self.rows
        ]


def report(db: Database, pack: Pack, period: Period) -> AsksReport:
    """Return what was asked in a period. Raises StoreUnavailable."""
    with db.reading() as connection:
        rows = tuple(
            AskRow(month, about, counts)
            for month in period.months()
            for about, counts in _counts(connection, pack, month).items()
            if any(counts.values())
        )
    return AsksReport(period, rows)


def _counts(connection: Connection, pack: Pack, period: Period) -> dict[str, AskCounts]:
    since = civil_time.start_of(period.first, pack.zone)
    before = civil_time.end_of(period.last, pack.zone)
    made = letters.count_by_about(connection, pack.name, since=since, before=before)
    emails = updates.count_sent_by_about(connection, pack.name, since=since, before=before)
    reached = contacts.count_by_about(connection, pack.name, first=period.first, last=period.last)
    return {
        about: AskCounts(
            letters=made.get(about, 0),
            mailed=reached.get((about, "posted"), 0),
            sent=reached.get((about, "sent"), 0),
            calls=sum(reached.get((about, outcome), 0) for outcome in contacts.CALLS),
            emails=emails.get(about, 0),
        )
        for about in ABOUT_IN_WORDS
    }
