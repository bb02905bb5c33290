"""Figures by day are those of the campaign's calendar, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from limits.storage import MemoryStorage

from campaign import paths
from campaign.congress import dataset
from campaign.organizing import dashboard
from campaign.packs.pack import Pack
from campaign.petition import contact_reports, public_counts
from campaign.petition.rate_limits import SignupLimits
from campaign.store import civil_days, contacts, daily_counters
from campaign.store.contacts import Contact
from campaign.store.db.engine import Database
from tests.petition.petitioning import Petition

#: Eight in the evening of December 31 in Los Angeles.
NEW_YEARS_EVE = datetime(2027, 1, 1, 4, tzinfo=UTC)
LOS_ANGELES, GUAM = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Guam")
NAME = "section-907"


@pytest.fixture
def californian(database: Database, pack: Pack) -> Petition:
    """A petition whose campaign goes by the calendar of California."""
    return Petition(database, replace(pack, zone=LOS_ANGELES))


def test_a_signature_counts_on_the_civil_day_of_the_campaigns_zone(
    californian: Petition,
) -> None:
    californian.sign_and_confirm(now=NEW_YEARS_EVE)
    californian.sign_and_confirm(
        email="early@example.org", now=NEW_YEARS_EVE + timedelta(hours=4, minutes=1)
    )

    assert public_counts.by_day(californian.database, NAME) == {
        date(2026, 12, 31): 1,
        date(2027, 1, 1): 1,
    }


def test_a_roll_up_keeps_days(californian: Petition) -> None:
    californian.sign_and_confirm(now=NEW_YEARS_EVE)

    public_counts.roll_up(californian.database, NEW_YEARS_EVE)

    assert public_counts.by_day(californian.database, NAME) == {date(2026, 12, 31): 1}


@pytest.mark.parametrize(
    ("place", "days"),
    [
        # 2026-11-01 has 25 hours in New York, 2026-03-08 has 23.
        ("America/New_York", {date(2026, 11, 1): 25}),
        ("America/Phoenix", {date(2026, 10, 31): 3, date(2026, 11, 1): 22}),
    ],
)
def test_the_repeated_hour_in_fall_belongs_to_its_day(
    database: Database, place: str, days: dict[date, int]
) -> None:
    starts = datetime(2026, 11, 1, 4, tzinfo=UTC)

    with database.writing() as connection:
        civil_days.set_zone(connection, NAME, ZoneInfo(place))
        for hour in range(25):
            daily_counters.add_at(
                connection, starts + timedelta(hours=hour), {(NAME, daily_counters.VIEW): 1}
            )

    with database.reading() as connection:
        assert daily_counters.by_day(connection, NAME, daily_counters.VIEW) == days


def test_each_campaign_counts_by_its_own_day(database: Database) -> None:
    with database.writing() as connection:
        civil_days.set_zone(connection, "west", LOS_ANGELES)
        civil_days.set_zone(connection, "far-west", GUAM)
        figures = {
            ("west", daily_counters.VIEW): 2,
            ("far-west", daily_counters.VIEW): 3,
            ("east", daily_counters.VIEW): 4,
        }
        daily_counters.add_at(connection, NEW_YEARS_EVE, figures)

    with database.reading() as connection:
        assert daily_counters.by_day(connection, "west", daily_counters.VIEW) == {
            date(2026, 12, 31): 2
        }
        assert daily_counters.by_day(connection, "far-west", daily_counters.VIEW) == {
            date(2027, 1, 1): 3
        }
        assert daily_counters.by_day(connection, "east", daily_counters.VIEW) == {
            date(2026, 12, 31): 4
        }


def test_a_zone_is_written_when_it_changes_and_not_again(database: Database) -> None:
    with database.writing() as connection:
        assert not civil_days.set_zone(connection, NAME, ZoneInfo("America/New_York"))
        assert civil_days.set_zone(connection, NAME, LOS_ANGELES)
        assert not civil_days.set_zone(connection, NAME, LOS_ANGELES)
        assert civil_days.set_zone(connection, NAME, ZoneInfo("America/New_York"))
        assert civil_days.zone_of(connection, NAME).key == "America/New_York"


def test_a_call_counts_on_the_day_of_the_campaign(database: Database) -> None:
    limits = SignupLimits(MemoryStorage())
    with database.writing() as connection:
        civil_days.set_zone(connection, NAME, LOS_ANGELES)

    called = Contact(NAME, "D000618", "contact")
    contact_reports.record(database, called, network="", limits=limits, now=NEW_YEARS_EVE)

    with database.reading() as connection:
        assert contacts.figures(connection, NAME, since=date(2026, 12, 31)) != ()
        assert contacts.figures(connection, NAME, since=date(2027, 1, 1)) == ()


def test_today_is_the_campaigns_today(californian: Petition) -> None:
    congress = dataset.load(paths.data() / "congress")
    californian.sign_and_confirm(now=NEW_YEARS_EVE - timedelta(hours=19))
    californian.sign_and_confirm(email="two@example.org", now=NEW_YEARS_EVE)
    californian.sign(email="three@example.org", now=NEW_YEARS_EVE)

    found = dashboard.campaign_figures(
        californian.database, californian.pack, congress, NEW_YEARS_EVE
    )
    later = NEW_YEARS_EVE + timedelta(hours=4)
    in_the_new_year = dashboard.campaign_figures(
        californian.database, californian.pack, congress, later
    )

    assert found.today == 2
    assert (in_the_new_year.today, in_the_new_year.week) == (0, 2)
    assert found.funnel.signed == 3
