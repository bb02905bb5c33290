"""Days as people and programs write them in the United States.

Numbers alone are read in the order of the United States, the month first: `6/5/2026` is June 5. A
day first, as in `15/6/2026`, is refused rather than guessed at, and so are days of the same table
that could be read either way (`DayOrder`).
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

# A time of day may follow a day, with or without seconds, AM and PM, and a zone of the States.
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
# Excel counts days from the last of 1899; these are of the years 2000 to 2099.
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SERIALS = range(36_526, 73_051)
_EPOCH = date(1899, 12, 30)
# Nobody signs or writes outside of these; a year of two digits more is a slip.
_YEARS = range(1900, 2100)
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(cell: str, zone: tzinfo = UTC) -> date:
    """Return the civil day that a cell names, of an instant with a zone the day in `zone`.

    `6/15/2026`, `6/15/26 1:02 PM`, `2026-06-15`, `2026-06-15T13:02:11Z`, `5 October 2026`,
    `Oct. 5th, 2026` and Excel's serial numbers are read. Raises ValueError for anything else, and
    for a day of the week that it was not.
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
    """In what order the days of a table have month and day, as far as its cells show."""

    def __init__(self, cells: Iterable[tuple[int, str]]) -> None:
        """Look through cells, each with the number of its line."""
        self._day_first = next(
            (number for number, cell in cells if _possible_orders(cell)[1:] == (True, False)), 0
        )

    def require_clear(self, cell: str) -> None:
        """Raise ValueError, in words for people, for a day that could be read either way here."""
        if self._day_first and _possible_orders(cell) == (True, True, True):
            raise ValueError(
                f"Line {self._day_first:,} has the day before the month, so “{cell.strip()[:20]}” "
                "may be either of two days. Write such days as 2026-06-15."
            )


def is_day(cell: str) -> bool:
    """True where a cell names a day."""
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _possible_orders(cell: str) -> tuple[bool, bool, bool]:
    """Return of numbers alone: whether two days, whether day first, whether month first."""
    found = _NUMBERS.match(cell.strip())
    if found is None:
        return False, False, False
    first, second = int(found[1]), int(found[3])
    return first != second, first <= 31 and 0 < second <= 12, 0 < first <= 12 and second <= 31


def _iso(text: str) -> str:
    """Return an instant as ISO 8601 writes it: `2026-06-15 13:02 UTC`, `… -0400`."""
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return _OFFSET.sub(r"\1:\2", _ZONE.sub("+00:00", text) if len(text) > 10 else text)


def _civil_day(moment: datetime, zone: tzinfo) -> date:
    return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()
