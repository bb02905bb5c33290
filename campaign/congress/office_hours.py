"""What time it is at an office, and whether staff are likely to answer the phone.

Few offices publish their hours, so this only says that most are open from nine to five, local time,
on working days.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.messages import Message

#: Most offices answer the phone between these hours, local time.
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

# In a state with two time zones, the first three digits of a ZIP tell them apart well enough for
# offices: each prefix has the zone of most of its ZIPs in the Python package `zipcodes`. The test
# tests/congress/test_office_hours.py compares every office. The Navajo Nation (865) observes
# daylight saving time; the rest of Arizona does not.
_PREFIXES = {
    _EASTERN: "374 376 377 378 379",
    _CENTRAL: "324 325 420 421 422 423 424 427 463 464 476 477",
    _MOUNTAIN: "576 577 586 691 693 798 799 865 885 979",
    _PACIFIC: "835 838",
}
# Prefixes that two zones share nearly evenly: the ZIPs of the smaller share.
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
    """The local time of a place; `name` is what people call it, such as `Mountain Time`."""

    zone: str
    name: Message

    def at(self, now: datetime) -> datetime:
        """Return `now`, an aware datetime, in local time."""
        return civil_time.local(now, ZoneInfo(self.zone))

    def day(self, now: datetime) -> date:
        """Return the local civil day of `now`, an aware datetime."""
        return civil_time.day_of(now, ZoneInfo(self.zone))

    def is_likely_open(self, now: datetime) -> bool:
        """Return True from nine to five local time, except on weekends and federal holidays."""
        there = self.at(now)
        return is_working_day(self.day(now)) and OPENS <= there.time() < CLOSES

    def opens_next(self, now: datetime) -> datetime:
        """Return the first opening time after `now`, an aware datetime in local time."""
        there = self.at(now)
        day = self.day(now)
        if there.time() >= OPENS:
            day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, OPENS, there.tzinfo)


def clock_of(state: str, five: str = "") -> Clock:
    """Return the clock of a place: by its ZIP if the state has two time zones, else by its state.

    Raises KeyError for a code that is not in `campaign.congress.places.STATES`.
    """
    zone = _by_zip().get(five[:5]) or _by_prefix().get(five[:3]) or _by_state()[state]
    return Clock(zone, _NAMES[zone])


def home_zone(state: str, five: str, *, elsewhere: ZoneInfo) -> ZoneInfo:
    """Return the time zone where a person lives: by their ZIP if the state has two.

    `elsewhere` is the zone for an address in no state or territory, such as a military one.
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
    """Return True for Monday to Friday, except on federal holidays."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the federal holidays of a year, on the days on which offices observe them.

    A holiday on a Saturday is observed on Friday, and one on a Sunday on Monday. Inauguration Day,
    every fourth year, is one too, but is not moved from a Saturday. Source: 5 U.S.C. 6103.
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
