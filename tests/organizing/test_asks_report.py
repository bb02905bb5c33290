"""The report of asks: letters, calls and emails by month and by what they ask about."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.errors import InvalidInput
from campaign.organizing import asks_report
from campaign.organizing.asks_report import AskCounts, Period
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.store import contacts, letters, models
from campaign.store.contacts import Contact, Outcome
from campaign.store.db.engine import Database
from campaign.store.letters import LetterFingerprint
from campaign.store.statuses import UpdateStatus

NAME = "section-907"
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / NAME, date(2026, 6, 15))


def write(
    db: Database, number: int, about: str, made_at: datetime, office: str = "D000618"
) -> None:
    letter = LetterFingerprint(NAME, office, bytes([number]) * 16, bytes(200), about)
    with db.writing() as connection:
        letters.save(connection, letter, now=made_at)


def call(db: Database, outcome: Outcome, about: str, day: date) -> None:
    with db.writing() as connection:
        contacts.add(connection, Contact(NAME, "D000618", outcome, about=about), day=day)


def test_it_counts_by_month_and_mark(database: Database, pack: Pack) -> None:
    write(database, 1, "bill", datetime(2026, 3, 5, 12, tzinfo=UTC))
    write(database, 2, "bill", datetime(2026, 3, 6, 12, tzinfo=UTC))
    write(database, 2, "executive", datetime(2026, 3, 6, 12, tzinfo=UTC), "president")
    call(database, "voicemail", "bill", date(2026, 3, 31))
    call(database, "contact", "bill", date(2026, 4, 1))
    call(database, "posted", "", date(2026, 4, 1))
    with database.writing() as connection:
        connection.execute(
            sa.insert(models.updates).values(
                public_id="u", campaign=NAME, audience={}, about="bill", created_by="x", sent=40,
                status=UpdateStatus.SENT, created_at=datetime(2026, 4, 2, tzinfo=UTC),
                sent_at=datetime(2026, 4, 2, tzinfo=UTC),
            )
        )  # fmt: skip

    found = asks_report.report(database, pack, YEAR)

    assert [(row.month.first, row.about, row.counts) for row in found.rows] == [
        (date(2026, 3, 1), "bill", AskCounts(letters=2, calls=1)),
        (date(2026, 3, 1), "executive", AskCounts(letters=1)),
        (date(2026, 4, 1), "bill", AskCounts(calls=1, emails=40)),
        (date(2026, 4, 1), "", AskCounts(mailed=1)),
    ]
    assert found.totals == {
        "bill": AskCounts(letters=2, calls=2, emails=40),
        "executive": AskCounts(letters=1),
        "other": AskCounts(),
        "": AskCounts(mailed=1),
    }


def test_days_are_those_of_the_campaigns_zone(database: Database, pack: Pack) -> None:
    write(database, 1, "bill", datetime(2026, 4, 1, 3, tzinfo=UTC))  # March 31 in New York

    march = asks_report.report(database, pack, Period(date(2026, 3, 1), date(2026, 3, 31)))

    assert march.totals["bill"] == AskCounts(letters=1)


def test_a_letter_made_again_counts_once_with_its_latest_mark(
    database: Database, pack: Pack
) -> None:
    write(database, 1, "", datetime(2026, 3, 5, 12, tzinfo=UTC))
    write(database, 1, "bill", datetime(2026, 4, 5, 12, tzinfo=UTC))

    (row,) = asks_report.report(database, pack, YEAR).rows

    assert (row.month.first, row.about, row.counts.letters) == (date(2026, 4, 1), "bill", 1)


def test_its_counts_stay_when_the_writer_is_erased(database: Database, pack: Pack) -> None:
    write(database, 1, "bill", datetime(2026, 3, 5, 12, tzinfo=UTC))
    with database.writing() as connection:
        letters.forget_writer(connection, NAME, bytes([1]) * 16)

    assert asks_report.report(database, pack, YEAR).totals["bill"].letters == 1


def test_a_period_goes_by_months_and_begins_with_the_year() -> None:
    period = Period.parse(None, date(2026, 3, 10), today=date(2026, 6, 15))

    assert [(month.first, month.last) for month in period.months()] == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 10)),
    ]


@pytest.mark.parametrize(
    ("first", "sentence"),
    [(date(2026, 7, 1), "not after the last day"), (date(2000, 1, 1), "five years at most")],
)
def test_a_period_that_cannot_be_is_refused(first: date, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        Period.parse(first, None, today=date(2026, 6, 15))
