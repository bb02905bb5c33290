"""The time that a printed file says it was made at: its own day, the same on every machine."""

from datetime import UTC, date, datetime, time


def stamp_of(day: date) -> int:
    """Return noon of that day, in seconds since 1970."""
    return int(datetime.combine(day, time(12), UTC).timestamp())
