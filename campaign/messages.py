"""Sentences for people: English text that can still be translated."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign import civil_time

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class Message(str):
    """An English sentence that remembers its template and values, so that it can be translated.

    It is a `str` in English. `msgid` is the template in the translation catalogs, with `%(name)s`
    for each of `values`; a value may be a date or another Message. Pass `english` if the English
    sentence differs from the template.
    """

    msgid: str
    values: dict[str, object]
    has_own_english: bool

    def __new__(cls, msgid: str, /, *, english: str | None = None, **values: object) -> "Message":
        """Create the sentence. Raises KeyError if `msgid` uses a value that is not given."""
        has_own_english = english is not None
        if english is None:
            english = msgid % {name: _in_english(value) for name, value in values.items()}
        message = super().__new__(cls, english)
        message.has_own_english = has_own_english
        message.msgid = msgid
        message.values = values
        return message


def day_in_words(day: date) -> str:
    """Return `June 15, 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def clock_in_words(instant: datetime, place: ZoneInfo, *, seconds: bool = False) -> str:
    """Return `2:05 p.m. EDT`: an instant by the clocks of a time zone."""
    at = civil_time.local(instant, place)
    clock = f"{at.hour % 12 or 12}:{at:%M}" + (f":{at:%S}" if seconds else "")
    half = "p.m." if at.hour >= 12 else "a.m."
    return f"{clock}\u00a0{half} {civil_time.abbreviation(instant, place)}"


def time_in_utc(instant: datetime) -> str:
    """Return `June 15, 2026, 6:05 p.m. UTC`."""
    return time_in_words(instant, civil_time.zone("UTC"))


def time_in_words(instant: datetime, place: ZoneInfo) -> str:
    """Return `June 15, 2026, 2:05 p.m. EDT`: an instant in a time zone, without a hard space."""
    clock = clock_in_words(instant, place).replace("\u00a0", " ")
    return f"{day_in_words(civil_time.day_of(instant, place))}, {clock}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 signature` or `1,204 signatures`; pass an irregular plural as `many`.

    Include a verb with its noun: counted(number, "letter is", "letters are").
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _in_english(value: object) -> object:
    return day_in_words(value) if isinstance(value, date) else value
