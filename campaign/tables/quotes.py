"""Whether the quotes of a table pair, so that no record swallows another.

A cell in quotes begins with one, directly after what parts columns; within it a quote is written
twice; after its last quote the column ends. A quote that has no partner puts one person's cells
into another's record, so such a table is refused. Source: RFC 4180, section 2.
"""

import re

from campaign.errors import TableRefused

_LINE_END = re.compile(r"\r\n|\r|\n")


def require_paired(record: str, delimiter: str, number: int) -> None:
    """Raise TableRefused, naming the line, where a quote of a record has no partner.

    `record` is the raw text of one record as it was read, `number` the line on which it begins.
    """
    if '"' not in record:
        return
    ends = re.compile(rf" *(?:[{re.escape(delimiter)}\r\n]|\Z)")
    begin = 0
    while (place := record.find('"', begin)) >= 0:
        if not _opens(record, place, delimiter):
            # A quote within a column that has none around it, as in 5'10": text, in pairs.
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
    """True for a quote that stands first in its column, spaces aside."""
    while place and record[place - 1] == " ":
        place -= 1
    return not place or record[place - 1] in f"{delimiter}\r\n"


def _closing(record: str, opening: int) -> int:
    """Return where the cell ends that a quote opens, -1 where it never does."""
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
