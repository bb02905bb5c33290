"""Which seats a Congress has and when it meets. These facts come from the law, not from a file.

Sources: 2 U.S.C. 2a with the apportionment after the 2020 census (in force for the 118th to the
122nd Congress), the Senate's three classes, the Twentieth Amendment (terms begin and end at noon
on January 3), and the statutes on delegates (see `places.DELEGATIONS`).
"""

from datetime import date, datetime

from campaign import civil_time
from campaign.congress.members import Seat
from campaign.congress.places import DELEGATIONS

#: The Congresses for which `HOUSE_SEATS` holds; the next apportionment follows the 2030 census.
APPORTIONED_CONGRESSES = range(118, 123)

#: Voting members of the House per state: 435 in all.
HOUSE_SEATS: dict[str, int] = {
    "AK": 1, "AL": 7, "AR": 4, "AZ": 9, "CA": 52, "CO": 8, "CT": 5, "DE": 1, "FL": 28, "GA": 14,
    "HI": 2, "IA": 4, "ID": 2, "IL": 17, "IN": 9, "KS": 4, "KY": 6, "LA": 6, "MA": 9, "MD": 8,
    "ME": 2, "MI": 13, "MN": 8, "MO": 8, "MS": 4, "MT": 2, "NC": 14, "ND": 1, "NE": 3, "NH": 2,
    "NJ": 12, "NM": 3, "NV": 4, "NY": 26, "OH": 15, "OK": 5, "OR": 6, "PA": 17, "RI": 2, "SC": 7,
    "SD": 1, "TN": 9, "TX": 38, "UT": 4, "VA": 11, "VT": 1, "WA": 10, "WI": 8, "WV": 2, "WY": 1,
}  # fmt: skip

_CLASSES = {
    1: "AZ CA CT DE FL HI IN MA MD ME MI MN MO MS MT ND NE NJ NM NV NY OH PA RI TN TX UT VA VT WA "
    "WI WV WY",
    2: "AK AL AR CO DE GA IA ID IL KS KY LA MA ME MI MN MS MT NC NE NH NJ NM OK OR RI SC SD TN TX "
    "VA WV WY",
    3: "AK AL AR AZ CA CO CT FL GA HI IA ID IL IN KS KY LA MD MO NC ND NH NV NY OH OK OR PA SC SD "
    "UT VT WA WI",
}

#: Senate class -> the states that have a seat in it: 33, 33 and 34 seats, elected together.
SENATE_CLASSES: dict[int, tuple[str, ...]] = {
    number: tuple(states.split()) for number, states in _CLASSES.items()
}

#: States with a single district, which is numbered 0 ("at large").
AT_LARGE_STATES = frozenset(state for state, seats in HOUSE_SEATS.items() if seats == 1)

_FIRST_YEAR = 1789


def congress_on(day: date) -> int:
    """Return the number of the Congress in session at the end of `day`, such as 119."""
    year = day.year if day >= date(day.year, 1, 3) else day.year - 1
    return (year - _FIRST_YEAR) // 2 + 1


def congress_at(now: datetime) -> int:
    """Return the number of the Congress in session at `now`, an aware datetime."""
    return congress_on(civil_time.congress_day(now))


def begins_at(congress: int) -> datetime:
    """Return the instant at which a Congress begins: noon of January 3 in Washington."""
    return civil_time.at(first_day(congress), civil_time.NOON, civil_time.WASHINGTON)


def first_day(congress: int) -> date:
    """Return the day on which a Congress begins, at noon: January 3 of an odd year."""
    return date(_FIRST_YEAR + 2 * (congress - 1), 1, 3)


def last_day(congress: int) -> date:
    """Return the day on which a Congress ends, at noon: the first day of the next."""
    return first_day(congress + 1)


def seats(congress: int) -> tuple[Seat, ...]:
    """Return all 541 seats of a Congress: first the Senate by state and class, then the House."""
    senate = sorted(
        (
            Seat(congress, "senate", state, senate_class=number)
            for number, states in SENATE_CLASSES.items()
            for state in states
        ),
        key=lambda seat: (seat.state, seat.senate_class or 0),
    )
    numbers = {
        state: (0,) if count == 1 else tuple(range(1, count + 1))
        for state, count in {**HOUSE_SEATS, **dict.fromkeys(DELEGATIONS, 1)}.items()
    }
    house = (
        Seat(congress, "house", state, district=number)
        for state in sorted(numbers)
        for number in numbers[state]
    )
    return (*senate, *house)
