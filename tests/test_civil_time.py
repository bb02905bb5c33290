"""Instants become civil days by a named place, and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import civil_time

NEW_YORK = ZoneInfo("America/New_York")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")

PLACES = (
    *("America/New_York", "America/Los_Angeles", "America/Anchorage", "America/Phoenix"),
    *("America/Puerto_Rico", "Pacific/Honolulu", "Pacific/Guam", "Pacific/Pago_Pago"),
)


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("America/Los_Angeles", date(2026, 12, 31)),
        ("America/New_York", date(2026, 12, 31)),
        ("Pacific/Guam", date(2027, 1, 1)),
        ("Pacific/Pago_Pago", date(2026, 12, 31)),
        ("UTC", date(2027, 1, 1)),
    ],
)
def test_the_civil_day_is_that_of_the_place(place: str, day: date) -> None:
    evening_in_california = datetime(2027, 1, 1, 4, tzinfo=UTC)

    assert civil_time.day_of(evening_in_california, civil_time.zone(place)) == day


def test_guam_is_a_day_ahead_of_samoa() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert civil_time.day_of(noon, ZoneInfo("Pacific/Guam")) == date(2026, 7, 1)
    assert civil_time.day_of(noon, ZoneInfo("Pacific/Pago_Pago")) == date(2026, 7, 1)
    later = noon + timedelta(hours=4)
    assert civil_time.day_of(later, ZoneInfo("Pacific/Guam")) == date(2026, 7, 2)
    assert civil_time.day_of(later, ZoneInfo("Pacific/Pago_Pago")) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 15), 24)],
)
def test_a_day_on_which_clocks_change_has_23_or_25_hours(day: date, hours: int) -> None:
    start, end = civil_time.span_of(day, NEW_YORK)

    assert end - start == timedelta(hours=hours)
    assert civil_time.day_of(start, NEW_YORK) == day
    assert civil_time.day_of(end - timedelta(microseconds=1), NEW_YORK) == day
    assert civil_time.day_of(end, NEW_YORK) == day + timedelta(days=1)


def test_a_day_ends_at_midnight_of_the_place() -> None:
    assert civil_time.end_of(date(2026, 12, 10), NEW_YORK) == datetime(2026, 12, 11, 5, tzinfo=UTC)
    assert civil_time.end_of(date(2026, 12, 10), LOS_ANGELES) == datetime(
        2026, 12, 11, 8, tzinfo=UTC
    )


def test_a_day_whose_midnight_is_skipped_starts_after_the_jump() -> None:
    # Chile sets its clocks from 24:00 to 01:00.
    santiago = ZoneInfo("America/Santiago")

    start = civil_time.start_of(date(2026, 9, 6), santiago)

    assert civil_time.day_of(start, santiago) == date(2026, 9, 6)
    assert civil_time.day_of(start - timedelta(microseconds=1), santiago) == date(2026, 9, 5)


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="not an instant"):
        civil_time.day_of(datetime(2026, 6, 15, 12), NEW_YORK)  # noqa: DTZ001


@pytest.mark.parametrize("name", ["", "Eastern", "EST5EDT", "../etc/passwd", "America/Nowhere"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not civil_time.is_zone(name)
    with pytest.raises(ValueError, match="no time zone"):
        civil_time.zone(name)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(PLACES),
)
def test_every_instant_lies_in_the_span_of_its_day(instant: datetime, name: str) -> None:
    place = civil_time.zone(name)

    start, end = civil_time.span_of(civil_time.day_of(instant, place), place)

    assert start <= instant < end


@pytest.mark.parametrize("name", [*PLACES, "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_of_all_have_a_span(day: date, name: str) -> None:
    start, end = civil_time.span_of(day, civil_time.zone(name))

    assert start < end


def test_times_beyond_the_calendar_are_its_first_and_last_instant() -> None:
    east, west = civil_time.zone("Asia/Tokyo"), civil_time.zone("Pacific/Pago_Pago")

    assert civil_time.at(date(2026, 6, 15), time(), east).tzinfo is UTC
    assert civil_time.at(date.min, time(), east) == datetime.min.replace(tzinfo=UTC)
    assert civil_time.at(date.max, time(23), west) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "place", "letters"),
    [(1, "America/New_York", "EST"), (7, "America/New_York", "EDT"), (7, "UTC", "UTC"),
     (7, "Pacific/Honolulu", "HST")],
)  # fmt: skip
def test_a_zone_is_abbreviated_as_on_that_day(month: int, place: str, letters: str) -> None:
    noon = datetime(2026, month, 1, 12, tzinfo=UTC)

    assert civil_time.abbreviation(noon, civil_time.zone(place)) == letters


def test_seats_change_by_the_day_of_washington() -> None:
    assert civil_time.washington_day(datetime(2027, 1, 3, 4, 59, tzinfo=UTC)) == date(2027, 1, 2)
    assert civil_time.washington_day(datetime(2027, 1, 3, 5, tzinfo=UTC)) == date(2027, 1, 3)
