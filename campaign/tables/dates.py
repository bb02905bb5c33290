"""Parse days as people and programs write them in the United States.

Numeric days are month first: `6/5/2026` is June 5. A day-first date such as `15/6/2026` is refused,
and so are ambiguous days in the same table (`DayOrder`).
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

# A time that may follow a day, with optional seconds, AM or PM, and a U.S. time zone.
_TIME = re.compile(
    r"(?:,|\s+at)?\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"\s*(?:[AaPp]\.?[Mm]\.?)?(?:\s+[ECMPAH][SD]?T)?$"
)
_WEEKDAY = re.compile(
    r"^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|sday|urday)?\.?,?\s+",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b", re.IGNORECASE)
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$")
_OFFSET = re.compile(r"\s+([+-][0-9]{2}):?([0-9]{2})$")
_DAYS = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y", "%Y/%m/%d", "%Y-%m-%d")
_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%d-%B-%Y", "%d-%b-%y")
# Excel's serial numbers: days since December 30, 1899, here for the years 2000 to 2099.
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SERIALS = range(36_526, 73_051)
_EPOCH = date(1899, 12, 30)
# Other years are typos.
_YEARS = range(1900, 2100)
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_MONTHS, _DAYS_OF_A_MONTH = range(1, 13), range(1, 32)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(cell: str, zone: tzinfo = UTC) -> date:
    """Return the civil day that a cell names; for an instant with a zone, its day in `zone`.

    Accepts `6/15/2026`, `6/15/26 1:02 PM`, `2026-06-15`, `2026-06-15T13:02:11Z`, `5 October 2026`,
    `Oct. 5th, 2026` and Excel's serial numbers. Raises ValueError for anything else, and for a
    weekday that does not match the day.
    """
    text = " ".join(cell.split())
    day = _read(text, zone)
    weekday = _WEEKDAY.match(text)
    if day.year not in _YEARS or (
        weekday and weekday[0][:3].casefold() != _WEEKDAYS[day.weekday()]
    ):
        raise ValueError("There was no such day.")
    return day


def _read(text: str, zone: tzinfo) -> date:
    with suppress(ValueError):
        return _civil_day(datetime.fromisoformat(_iso(text)), zone)
    if _SERIAL.fullmatch(text) and int(float(text)) in _SERIALS:
        return _EPOCH + timedelta(days=int(float(text)))
    text = _TIME.sub("", text)
    text = _ORDINAL.sub("", _WEEKDAY.sub("", text)).replace(",", " ").replace(".", " ")
    text = re.sub(r"\bsept\b", "Sep", " ".join(text.split()), flags=re.IGNORECASE)
    for form in (*_DAYS, *_WORDS):
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    raise ValueError("This is no day that can be read.")


class DayOrder:
    """Whether a table writes the day before the month, as far as its cells show."""

    def __init__(self, cells: Iterable[tuple[int, str]]) -> None:
        """Scan cells, given as (line, cell)."""
        self._day_first = next(
            (number for number, cell in cells if _possible_orders(cell)[1:] == (True, False)), 0
        )

    def require_clear(self, cell: str) -> None:
        """Raise ValueError, with a message for people, for an ambiguous day of this table."""
        if self._day_first and _possible_orders(cell) == (True, True, True):
            raise ValueError(
                f"Line {self._day_first:,} has the day before the month, so “{cell.strip()[:20]}” "
                "may be either of two days. Write such days as 2026-06-15."
            )


def is_day(cell: str) -> bool:
    """True if a cell names a day."""
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _possible_orders(cell: str) -> tuple[bool, bool, bool]:
    """Return for a numeric day: whether its order matters, may be day first, may be month first."""
    found = _NUMBERS.match(cell.strip())
    if found is None:
        return False, False, False
    first, second = int(found[1]), int(found[3])
    return (
        first != second,
        first in _DAYS_OF_A_MONTH and second in _MONTHS,
        first in _MONTHS and second in _DAYS_OF_A_MONTH,
    )


def _iso(text: str) -> str:
    """Return an instant such as `2026-06-15 13:02 UTC` or `… -0400` in ISO 8601."""
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return _OFFSET.sub(r"\1:\2", _ZONE.sub("+00:00", text) if len(text) > 10 else text)


def _civil_day(moment: datetime, zone: tzinfo) -> date:
    return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()
