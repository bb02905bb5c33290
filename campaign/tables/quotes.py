"""Refuse CSV with unpaired quotes, which could merge two records (RFC 4180, section 2).

A quoted cell begins with a quote right after the delimiter, doubles quotes inside, and ends with a
quote before the next delimiter. An unpaired quote would put one person's cells into another's
record.
"""

import re

from campaign.errors import TableRefused

_LINE_END = re.compile(r"\r\n|\r|\n")


def require_paired(record: str, delimiter: str, number: int) -> None:
    """Raise TableRefused, with the line, if a quote of a record has no partner.

    `record` is the raw text of one record, `number` the line on which it begins.
    """
    if '"' not in record:
        return
    ends = re.compile(rf" *(?:[{re.escape(delimiter)}\r\n]|\Z)")
    begin = 0
    while (place := record.find('"', begin)) >= 0:
        if not _opens(record, place, delimiter):
            # A quote inside an unquoted cell is text, but must come in pairs.
            begin = _column_end(record, place, delimiter)
            if record.count('"', place, begin) % 2:
                raise TableRefused(
                    f'Nothing was read: line {_line(record, place, number):,} holds a quote (") '
                    "without its partner, so people could be mixed up. Take it out, or add the "
                    "other."
                )
            continue
        begin = _closing(record, place) + 1
        if begin == 0:
            raise TableRefused(
                f"Nothing was read: line {_line(record, place, number):,} opens a quote that is "
                "never closed. Close it, and hand the table in again."
            )
        if not ends.match(record, begin):
            raise TableRefused(
                f"Nothing was read: line {_line(record, begin - 1, number):,} has text after a "
                "closing quote, so people could be mixed up. The quote opens on line "
                f"{_line(record, place, number):,}. Within quotes, write a quote twice."
            )


def _opens(record: str, place: int, delimiter: str) -> bool:
    """True if the quote comes first in its cell, apart from spaces."""
    while place and record[place - 1] == " ":
        place -= 1
    return not place or record[place - 1] in f"{delimiter}\r\n"


def _closing(record: str, opening: int) -> int:
    """Return the index of the closing quote, or -1."""
    place = opening + 1
    while (place := record.find('"', place)) >= 0:
        if record[place + 1 : place + 2] != '"':
            return place
        place += 2
    return -1


def _column_end(record: str, place: int, delimiter: str) -> int:
    ends = [end for char in (delimiter, "\r", "\n") if (end := record.find(char, place)) >= 0]
    return min(ends, default=len(record))


def _line(record: str, place: int, number: int) -> int:
    return number + sum(1 for _ in _LINE_END.finditer(record, 0, place))
