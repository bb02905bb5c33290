"""Sentences for people: in English as they stand, and known well enough to be said otherwise."""

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class Message(str):
    """A sentence in English that remembers the words it was made from.

    It is a plain string wherever one is wanted. `msgid` is the sentence as the catalogs of
    translations know it, with `%(name)s` in the place of each of `values`; a value may be a date
    or a Message itself. `english` is given where English says it in a way of its own.
    """

    msgid: str
    values: dict[str, object]
    has_own_english: bool

    def __new__(cls, msgid: str, /, *, english: str | None = None, **values: object) -> "Message":
        """Make the sentence. Raises KeyError where `msgid` names a value that is not given."""
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


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 signature` or `1,204 signatures`; `many` is the plural where it is not regular.

    A verb goes with its noun: counted(number, "letter is", "letters are").
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _in_english(value: object) -> object:
    return day_in_words(value) if isinstance(value, date) else value
