"""Instants and civil days; only this module converts one into the other.

An instant is an aware `datetime`, stored and compared in UTC. A civil day is a `date`: a day on a
calendar. The day of an instant depends on the place, so every conversion takes a time zone (IANA,
such as `America/Los_Angeles`).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

#: The time zone of a campaign that does not set one.
DEFAULT_ZONE = "America/New_York"

#: The time zone of the Capitol, whose calendar decides terms, seats and deliveries to Congress.
WASHINGTON = ZoneInfo("America/New_York")

#: When a Congress begins and ends, at the Capitol.
NOON = time(12)

# The first and the last instant that `datetime` can hold.
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

#: The zones of the United States, as people call them.
IN_WORDS: dict[str, str] = {
    "America/New_York": "Eastern Time",
    "America/Chicago": "Central Time",
    "America/Denver": "Mountain Time",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific Time",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Puerto Rico and the Virgin Islands",
    "Pacific/Guam": "Guam and the Northern Mariana Islands",
    "Pacific/Pago_Pago": "American Samoa",
}


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all time zones that a campaign may use (IANA `Area/Place`, or `UTC`)."""
    return frozenset(
        name
        for name in available_timezones()
        if name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/", "posix/")))
    )


def is_zone(name: str) -> bool:
    """True for the name of a time zone that a campaign may use."""
    return name in zone_names()


@cache
def zone(name: str) -> ZoneInfo:
    """Return the time zone of that name. Raises ValueError for a name that `is_zone` refuses."""
    if not is_zone(name):
        raise ValueError("There is no time zone of that name.")
    return ZoneInfo(name)


def day_of(instant: datetime, place: ZoneInfo) -> date:
    """Return the civil day of an instant in a time zone.

    Raises ValueError for a time without a time zone, which is not an instant.
    """
    return local(instant, place).date()


def washington_day(instant: datetime) -> date:
    """Return the civil day of an instant at the Capitol, which decides who holds a seat."""
    return day_of(instant, WASHINGTON)


def congress_day(instant: datetime) -> date:
    """Return the day by which seats are held and bills are open at an instant.

    That is the civil day at the Capitol, but on January 3 of an odd year, when terms begin at noon,
    it is January 2 until noon. So January 3 always means the new Congress. Source: Twentieth
    Amendment, section 1.
    """
    clock = local(instant, WASHINGTON)
    day = clock.date()
    return day - timedelta(days=1) if begins_congress(day) and clock.time() < NOON else day


def begins_congress(day: date) -> bool:
    """True for January 3 of an odd year: at noon one Congress ends, and the next begins."""
    return day.year % 2 == 1 and (day.month, day.day) == (1, 3)


def local(instant: datetime, place: ZoneInfo) -> datetime:
    """Return an instant as local time in a time zone. Raises ValueError as `day_of` does."""
    if instant.utcoffset() is None:
        raise ValueError("A time without a time zone is not an instant.")
    return instant.astimezone(place)


def start_of(day: date, place: ZoneInfo) -> datetime:
    """Return the first instant of a civil day in a time zone, in UTC.

    That is midnight, or the end of the gap if clocks skip midnight.
    """
    return at(day, time(), place)


def at(day: date, clock: time, place: ZoneInfo) -> datetime:
    """Return the instant of a local time on a civil day in a time zone, in UTC.

    A time that clocks skip is read with the offset before the gap; of a time that occurs twice, the
    earlier is meant. Times beyond the range of `datetime` (in the years 1 and 9999, which people
    type for "always") give its first or last instant.
    """
    try:
        return datetime.combine(day, clock, place).astimezone(UTC)
    except OverflowError:
        return _FIRST if day.year == date.min.year else _LAST


def end_of(day: date, place: ZoneInfo) -> datetime:
    """Return the end of a civil day in a time zone, in UTC: the start of the next day.

    A day has 23 or 25 hours when clocks change. The last possible day ends with the last possible
    instant.
    """
    if day == date.max:
        return _LAST
    return start_of(day + timedelta(days=1), place)


def span_of(day: date, place: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a civil day as instants in UTC: (its start, the start of the next day)."""
    return start_of(day, place), end_of(day, place)


def abbreviation(instant: datetime, place: ZoneInfo) -> str:
    """Return the abbreviation of a time zone at an instant: `EST`, `EDT`, `UTC`, `HST`."""
    return local(instant, place).tzname() or place.key
