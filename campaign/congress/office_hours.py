"""What time it is at an office, and whether somebody is likely to answer there.

Offices keep the hours of their place. Few publish them, so nothing here says that one is open: only
that most are, from nine to five on working days.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.messages import Message

#: Most offices answer the telephone between these hours, by their own clock.
OPENS, CLOSES = time(9), time(17)

_EASTERN, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _PACIFIC = "America/Denver", "America/Los_Angeles"

_STATES = {
    _EASTERN: "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    _CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    _MOUNTAIN: "CO ID MT NM UT WY",
    _PACIFIC: "CA NV OR WA",
    "America/Anchorage": "AK",
    "America/Phoenix": "AZ",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Honolulu": "HI",
    "Pacific/Pago_Pago": "AS",
}

# Where a state keeps two times, the ZIP's first three digits tell them apart as well as an office
# needs it: each prefix has here what most of its ZIPs have in the Python package `zipcodes`, whose
# own times tests/congress/test_office_hours.py compares for every office. The Navajo Nation (865)
# changes its clocks in summer, and the rest of Arizona does not.
_PREFIXES = {
    _EASTERN: "374 376 377 378 379",
    _CENTRAL: "324 325 420 421 422 423 424 427 463 464 476 477",
    _MOUNTAIN: "576 577 586 691 693 798 799 865 885 979",
    _PACIFIC: "835 838",
}
# Prefixes that two times share nearly evenly: the ZIPs of the smaller share.
_ZIPS = {
    _EASTERN: (
        "37302 37303 37304 37307 37308 37309 37310 37311 37312 37314 37315 37316 37317 37320 37321 "
        "37322 37323 37325 37326 37329 37331 37332 37333 37336 37337 37341 37343 37350 37351 37353 "
        "37354 37361 37362 37363 37364 37369 37370 37371 37373 37377 37379 37381 37384 37385 37391"
    ),
    _CENTRAL: (
        "49801 49802 49812 49815 49821 49831 49834 49845 49847 49848 49852 49858 49863 49870 49873 "
        "49874 49876 49877 49881 49886 49887 49892 49893 49896 49902 49903 49911 49915 49920 49927 "
        "49935 49938 49947 49959 49964 49968 49969"
    ),
}

_NAMES = {
    _EASTERN: Message("Eastern Time"),
    _CENTRAL: Message("Central Time"),
    _MOUNTAIN: Message("Mountain Time"),
    _PACIFIC: Message("Pacific Time"),
    "America/Anchorage": Message("Alaska Time"),
    "America/Phoenix": Message("Arizona time"),
    "America/Puerto_Rico": Message("Atlantic Time"),
    "Pacific/Guam": Message("Guam time"),
    "Pacific/Honolulu": Message("Hawaii time"),
    "Pacific/Pago_Pago": Message("Samoa time"),
}


@dataclass(frozen=True)
class Clock:
    """The time that a place keeps; `name` is what people call it, such as `Mountain Time`."""

    zone: str
    name: Message

    def at(self, now: datetime) -> datetime:
        """Return that moment by the clock of the place. `now` is aware."""
        return civil_time.local(now, ZoneInfo(self.zone))

    def day(self, now: datetime) -> date:
        """Return the civil day of that moment at the place."""
        return civil_time.day_of(now, ZoneInfo(self.zone))

    def is_likely_open(self, now: datetime) -> bool:
        """True from nine to five, by this clock, on a day that is no weekend or federal holiday."""
        there = self.at(now)
        return is_working_day(self.day(now)) and OPENS <= there.time() < CLOSES

    def opens_next(self, now: datetime) -> datetime:
        """Return when the next working day's hours begin by this clock, after `now`."""
        there = self.at(now)
        day = self.day(now)
        if there.time() >= OPENS:
            day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, OPENS, there.tzinfo)


def clock_of(state: str, five: str = "") -> Clock:
    """Return the clock of a place: by its ZIP where the state keeps two times, else by its state.

    Raises KeyError for a code that is no state or territory of `campaign.congress.places.STATES`.
    """
    zone = _by_zip().get(five[:5]) or _by_prefix().get(five[:3]) or _by_state()[state]
    return Clock(zone, _NAMES[zone])


def home_zone(state: str, five: str, *, elsewhere: ZoneInfo) -> ZoneInfo:
    """Return the time zone where a person lives: by their ZIP where the state keeps two times.

    `elsewhere` is the zone that counts for an address in no state or territory: a military one.
    """
    try:
        return ZoneInfo(clock_of(state, five).zone)
    except KeyError:
        return elsewhere


def home_day(now: datetime, state: str, five: str, *, elsewhere: ZoneInfo) -> date:
    """Return the civil day where a person lives, by `home_zone`."""
    return civil_time.day_of(now, home_zone(state, five, elsewhere=elsewhere))


#: The clock of both chambers' offices on Capitol Hill.
WASHINGTON = Clock(_EASTERN, _NAMES[_EASTERN])


def is_working_day(day: date) -> bool:
    """True for Monday to Friday, but for the days on which the federal government is closed."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the federal holidays kept in a year, on the days on which offices keep them.

    One that falls on a Saturday is kept on Friday, on a Sunday on Monday. The day on which a
    President takes office, every fourth year, is one too, and on a Saturday it gives nobody the
    Friday. Source: 5 U.S.C. 6103.
    """
    fixed = [
        date(year, 1, 1),
        date(year + 1, 1, 1),
        date(year, 6, 19),
        date(year, 7, 4),
        date(year, 11, 11),
        date(year, 12, 25),
    ]
    inauguration = date(year, 1, 20)
    if year % 4 == 1 and inauguration.weekday() != 5:
        fixed.append(inauguration)
    moving = [
        _nth(year, 1, 0, 3),
        _nth(year, 2, 0, 3),
        _nth(year, 6, 0, 1) - timedelta(days=7),  # the last Monday of May
        _nth(year, 9, 0, 1),
        _nth(year, 10, 0, 2),
        _nth(year, 11, 3, 4),
    ]
    kept = [*moving, *(_observed(day) for day in fixed)]
    return frozenset(day for day in kept if day.year == year)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


@cache
def _by_state() -> dict[str, str]:
    return {code: zone for zone, codes in _STATES.items() for code in codes.split()}


@cache
def _by_prefix() -> dict[str, str]:
    return {prefix: zone for zone, prefixes in _PREFIXES.items() for prefix in prefixes.split()}


@cache
def _by_zip() -> dict[str, str]:
    return {five: zone for zone, fives in _ZIPS.items() for five in fives.split()}
