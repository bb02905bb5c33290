"""When Congress's own system is closed: what would leave then is held, and has not failed."""

from datetime import datetime, time

from campaign import civil_time
from campaign.congress.members import Chamber

_SUNDAY, _WEDNESDAY = 6, 2


def _closed(chamber: Chamber, weekday: int) -> tuple[time, time] | None:
    """Return from when until when the system is closed on that day of the week."""
    if chamber == "house":
        return time(0), time(6)
    if weekday == _SUNDAY:
        return time(0), time(6)
    return (time(5), time(7)) if weekday == _WEDNESDAY else None


def closed_until(chamber: Chamber, now: datetime) -> datetime | None:
    """Return when the system that is closed now opens again, in UTC; None while it is open.

    The House's closes every day from midnight to 6 in the morning, Eastern time, the Senate's on
    Sundays at the same hours and on Wednesdays from 5 to 7. `now` is aware.
    """
    local = civil_time.local(now, civil_time.WASHINGTON)
    hours = _closed(chamber, local.weekday())
    if hours is None or not hours[0] <= local.time() < hours[1]:
        return None
    # As people read clocks: on the two days of the year when they change, the night is an hour
    # shorter or longer.
    return civil_time.at(civil_time.washington_day(now), hours[1], civil_time.WASHINGTON)
