"""The warning that a Congress is about to end: once at each of 60, 30 and 7 days ahead."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.organizing import congress_notice
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts.roles import Role
from campaign.store import accounts, models
from campaign.store.db.engine import Database
from tests.new_congress import AFTERNOON, DECEMBER, JANUARY_2, MORNING

JULY = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


def add(db: Database, email: str, role: Role, *, is_invited: bool = False) -> None:
    account = running.add(db, email, role, campaign="section-907", actor="test", now=JULY)
    if not is_invited:
        with db.writing() as connection:
            accounts.change(connection, account.id, password="made-up")


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (DECEMBER - timedelta(days=41), ""),
        (DECEMBER - timedelta(days=40), "ends in 60 days, on January 3, 2027 at noon Eastern"),
        (JANUARY_2, "ends in 1 day, on January 3, 2027"),
        (MORNING, "ends today at noon Eastern"),
        (AFTERNOON, ""),
    ],
)
def test_the_warning_begins_60_days_ahead_and_ends_with_the_congress(
    congress: Congress, now: datetime, says: str
) -> None:
    warning = congress_notice.warning(congress, now)

    assert says in warning
    assert bool(warning) is bool(says)
    if warning:
        assert warning.startswith("The 119th Congress")
        assert "District lines change in Alabama, California," in warning


def test_organizers_get_one_mail_at_each_of_three_times(
    database: Database, congress: Congress
) -> None:
    add(database, "owner@example.org", "owner")
    add(database, "organizer@example.org", "organizer")
    add(database, "exporter@example.org", "exporter")
    add(database, "invited@example.org", "owner", is_invited=True)

    def sent(month: int, day: int, year: int = 2026) -> int:
        now = datetime(year, month, day, 15, tzinfo=UTC)
        return congress_notice.send_notices(database, congress, now)

    assert [sent(11, 3), sent(11, 4), sent(11, 5), sent(12, 3)] == [0, 2, 0, 0]
    assert [sent(12, 4), sent(12, 26), sent(12, 27), sent(12, 28)] == [2, 0, 2, 0]
    assert [sent(1, 2, 2027), sent(1, 4, 2027)] == [0, 0]
    with database.reading() as connection:
        kind = models.outbox.c.kind == congress_notice.KIND
        to = connection.scalars(sa.select(models.outbox.c.to).where(kind)).all()
    assert sorted(to) == ["organizer@example.org"] * 3 + ["owner@example.org"] * 3


def test_only_the_latest_of_several_due_warnings_is_sent(
    database: Database, congress: Congress
) -> None:
    add(database, "owner@example.org", "owner")

    now = datetime(2026, 12, 30, 15, tzinfo=UTC)

    assert congress_notice.send_notices(database, congress, now) == 1
    assert congress_notice.send_notices(database, congress, now) == 0
