"""Instants and civil days: the only place where one becomes the other.

An instant is an aware `datetime`, kept and compared in UTC. A civil day is a `date`: a day on
somebody's calendar. Which day it is depends on where one asks, so that every turn from one to the
other names a time zone (IANA, such as `America/Los_Angeles`).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

#: The time zone of a campaign that names none.
DEFAULT_ZONE = "America/New_York"

#: The zone of the Capitol: terms, seats and deliveries to Congress go by its calendar.
WASHINGTON = ZoneInfo("America/New_York")


# The first and the last instant that there is.
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
    """Return every name of a time zone that a campaign may use (IANA, `Area/Place` or `UTC`)."""
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
    """Return the civil day on which an instant falls in a time zone.

    Raises ValueError for a time without a zone: it is no instant.
    """
    return local(instant, place).date()


def washington_day(instant: datetime) -> date:
    """Return the civil day at the Capitol, by which seats are held and terms end."""
    return day_of(instant, WASHINGTON)


def local(instant: datetime, place: ZoneInfo) -> datetime:
    """Return an instant by the clocks of a time zone. Raises ValueError as `day_of` does."""
    if instant.utcoffset() is None:
        raise ValueError("A time without a time zone is not an instant.")
    return instant.astimezone(place)


def start_of(day: date, place: ZoneInfo) -> datetime:
    """Return the first instant of a civil day in a time zone, in UTC.

    That is midnight, or the end of the jump where clocks are set forward across it.
    """
    return at(day, time(), place)


def at(day: date, clock: time, place: ZoneInfo) -> datetime:
    """Return the instant at which clocks in a time zone show a time of a civil day, in UTC.

    A time that clocks jump over is read by the offset before the jump, one that comes twice is the
    earlier. What lies before the first or after the last instant that there is (in the years 1 and
    9999, which people type for "always") is that instant.
    """
    try:
        return datetime.combine(day, clock, place).astimezone(UTC)
    except OverflowError:
        return _FIRST if day.year == date.min.year else _LAST


def end_of(day: date, place: ZoneInfo) -> datetime:
    """Return the instant at which a civil day is over in a time zone: the start of the next one.

    A day has 23 or 25 hours where clocks change. The last day that there is ends with the last
    instant.
    """
    if day == date.max:
        return _LAST
    return start_of(day + timedelta(days=1), place)


def span_of(day: date, place: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a civil day as instants: its first, and the first that is no longer in it."""
    return start_of(day, place), end_of(day, place)


def abbreviation(instant: datetime, place: ZoneInfo) -> str:
    """Return what people call a zone's time at an instant: `EST`, `EDT`, `UTC`, `HST`."""
    return local(instant, place).tzname() or place.key
