"""Clocks: what time it is at an office, and when somebody is likely to answer there."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import zipcodes

from campaign.congress.dataset import Congress
from campaign.congress.office_hours import WASHINGTON, clock_of, holidays, home_day, is_working_day
from campaign.congress.places import STATES

#: One o'clock in the afternoon in Washington, on a Tuesday of November.
NOON = datetime(2026, 11, 24, 18, tzinfo=UTC)
JULY = datetime(2026, 7, 14, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "five", "winter", "summer", "name"),
    [
        ("NY", "10001", 13, 13, "Eastern Time"),
        ("MT", "59101", 11, 11, "Mountain Time"),
        # Arizona keeps its clocks in summer; the Navajo Nation does not.
        ("AZ", "85004", 11, 10, "Arizona time"),
        ("AZ", "86515", 11, 11, "Mountain Time"),
        # Indiana: Indianapolis is with New York, Gary and Evansville with Chicago.
        ("IN", "46204", 13, 13, "Eastern Time"),
        ("IN", "46402", 12, 12, "Central Time"),
        ("IN", "47708", 12, 12, "Central Time"),
        ("TN", "37402", 13, 13, "Eastern Time"),
        ("TN", "37203", 12, 12, "Central Time"),
        ("TX", "79901-1443", 11, 11, "Mountain Time"),
        ("FL", "32502", 12, 12, "Central Time"),
        ("ID", "83702", 11, 11, "Mountain Time"),
        ("ID", "83814", 10, 10, "Pacific Time"),
        ("AK", "", 9, 9, "Alaska Time"),
        ("HI", "96813", 8, 7, "Hawaii time"),
        ("PR", "00901", 14, 13, "Atlantic Time"),
        ("AS", "96799", 7, 6, "Samoa time"),
    ],
)
def test_a_place_keeps_the_time_of_its_zip(
    state: str, five: str, winter: int, summer: int, name: str
) -> None:
    clock = clock_of(state, five)

    assert (clock.at(NOON).hour, clock.at(JULY).hour) == (winter, summer)
    assert clock.name == name


def test_on_guam_it_is_tomorrow() -> None:
    guam = clock_of("GU", "96910")

    assert guam.at(NOON) == datetime(2026, 11, 25, 4, tzinfo=ZoneInfo("Pacific/Guam"))
    assert not guam.is_likely_open(NOON)
    assert guam.opens_next(NOON).isoformat() == "2026-11-25T09:00:00+10:00"


def test_every_state_has_a_clock() -> None:
    assert all(clock_of(state).name for state in STATES)


def test_every_office_has_the_time_of_its_post_office(shipped: Congress) -> None:
    """Summer and winter, by the table that the shipped ZIPs come from."""
    known = {row["zip_code"]: row["timezone"] for row in zipcodes.list_all()}  # type: ignore[no-untyped-call]
    wrong = [
        office.id
        for member in shipped.members.values()
        for office in member.offices
        if (zone := known.get(office.zip[:5]))
        for moment in (NOON, JULY)
        if clock_of(office.state, office.zip).at(moment).utcoffset()
        != moment.astimezone(ZoneInfo(zone)).utcoffset()
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("moment", "is_open", "next_opening"),
    [
        ("2026-11-24T13:59:00+00:00", False, "2026-11-24T09:00:00-05:00"),
        ("2026-11-24T14:00:00+00:00", True, "2026-11-25T09:00:00-05:00"),
        ("2026-11-24T22:00:00+00:00", False, "2026-11-25T09:00:00-05:00"),
        # Thanksgiving, then a Friday that is none; a weekend.
        ("2026-11-26T16:00:00+00:00", False, "2026-11-27T09:00:00-05:00"),
        ("2026-11-28T16:00:00+00:00", False, "2026-11-30T09:00:00-05:00"),
    ],
)
def test_an_office_is_likely_open_from_nine_to_five_on_working_days(
    moment: str, is_open: bool, next_opening: str
) -> None:
    now = datetime.fromisoformat(moment)

    assert WASHINGTON.is_likely_open(now) is is_open
    assert WASHINGTON.opens_next(now).isoformat() == next_opening


#: As the Office of Personnel Management lists them, on the days on which they are kept.
KEPT = """
2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19 2025-07-04
2025-09-01 2025-10-13 2025-11-11 2025-11-27 2025-12-25
2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03
2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05
2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-31
2028-01-17 2028-02-21 2028-05-29 2028-06-19 2028-07-04
2028-09-04 2028-10-09 2028-11-10 2028-11-23 2028-12-25
2029-01-01 2029-01-15 2029-02-19 2029-05-28 2029-06-19 2029-07-04
2029-09-03 2029-10-08 2029-11-12 2029-11-22 2029-12-25
2030-01-01 2030-01-21 2030-02-18 2030-05-27 2030-06-19 2030-07-04
2030-09-02 2030-10-14 2030-11-11 2030-11-28 2030-12-25
2031-01-01 2031-01-20 2031-02-17 2031-05-26 2031-06-19 2031-07-04
2031-09-01 2031-10-13 2031-11-11 2031-11-27 2031-12-25
2032-01-01 2032-01-19 2032-02-16 2032-05-31 2032-06-18 2032-07-05
2032-09-06 2032-10-11 2032-11-11 2032-11-25 2032-12-24 2032-12-31
"""


@pytest.mark.parametrize("year", range(2025, 2033))
def test_the_federal_holidays_are_those_of_the_official_table(year: int) -> None:
    kept = {date.fromisoformat(day) for day in KEPT.split()}

    assert sorted(holidays(year)) == sorted(day for day in kept if day.year == year)
    assert all(day.weekday() < 5 for day in holidays(year))


def test_an_inauguration_is_kept_on_a_monday_and_on_no_friday() -> None:
    assert date(2029, 1, 19) not in holidays(2029)  # 20 January 2029 is a Saturday
    assert date(2037, 1, 20) in holidays(2037)
    assert date(2041, 1, 21) in holidays(2041)  # 20 January 2041 is a Sunday


def test_a_holiday_on_a_weekend_is_kept_beside_it() -> None:
    assert date(2026, 7, 3) in holidays(2026)  # the Fourth is a Saturday
    assert date(2027, 7, 5) in holidays(2027)  # the Fourth is a Sunday
    assert date(2027, 12, 31) in holidays(2027)  # New Year's Day of 2028 is a Saturday
    assert date(2025, 1, 20) in holidays(2025)  # both the inauguration and a birthday
    assert len(holidays(2026)) == 11
    assert is_working_day(date(2026, 11, 25))
    assert not is_working_day(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("state", "five", "day"),
    [
        ("CA", "94105", date(2026, 12, 31)),
        ("PR", "00901", date(2027, 1, 1)),
        ("GU", "96910", date(2027, 1, 1)),
        ("AS", "96799", date(2026, 12, 31)),
        ("HI", "", date(2026, 12, 31)),
        ("AP", "96205", date(2027, 1, 1)),
        ("", "", date(2027, 1, 1)),
    ],
)
def test_a_person_has_the_day_of_their_home(state: str, five: str, day: date) -> None:
    evening = datetime(2027, 1, 1, 4, tzinfo=UTC)

    assert home_day(evening, state, five, elsewhere=ZoneInfo("Pacific/Guam")) == day
