"""The hours when Congress's message systems are closed. Messages are held meanwhile."""

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
    """Return when a closed system opens again, in UTC; None if it is open.

    The House's system is closed daily from midnight to 6 a.m. Eastern Time; the Senate's on Sundays
    at the same hours, and on Wednesdays from 5 to 7 a.m. `now` is aware.
    """
    local = civil_time.local(now, civil_time.WASHINGTON)
    hours = _closed(chamber, local.weekday())
    if hours is None or not hours[0] <= local.time() < hours[1]:
        return None
    # In local clock time, even on the two nights a year that are an hour shorter or longer.
    return civil_time.at(civil_time.washington_day(now), hours[1], civil_time.WASHINGTON)
