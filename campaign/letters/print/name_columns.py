"""Lay out lists of names in columns from font widths, before anything is compiled.

This gives the page count of a list of any length, and lets each run of pages be compiled
separately without a gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from campaign.letters.print import fonts, printable_text

COLUMNS = 3
#: Lines per column, and on the first page, whose heading takes six.
ROWS, FIRST_ROWS = 53, 47

SIZE = 9.0
#: The width of a column in points: a third of the text area less the gutters, minus 1 for safety.
WIDTH = (8.5 * 72 - 2 * 0.95 * 72 - 2 * 0.25 * 72) / COLUMNS - 1.0
_INDENT = 1.0

#: The hollow square that replaces a character that no font has.
MISSING = "\u25a1"


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed name (`Petrosyan, Ani`) and the town printed beside it in gray."""

    name: str
    town: str


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: name, town, and indent in ems."""

    name: str
    town: str
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of names in columns, with the first and last name on it."""

    columns: tuple[tuple[Line, ...], ...]
    first: str
    last: str
    is_first: bool


def pages(entries: Iterable[Entry]) -> Iterator[Page]:
    """Yield the pages of a list in order; an entry is never split between columns."""
    columns: list[tuple[Line, ...]] = []
    column: list[Line] = []
    names: list[str] = []
    is_first = True
    for entry in entries:
        lines = lines_for(entry)
        rows = FIRST_ROWS if is_first else ROWS
        if len(column) + len(lines) > rows:
            columns.append(tuple(column))
            column = []
            if len(columns) == COLUMNS:
                yield Page(tuple(columns), names[0], names[-1], is_first)
                columns, names, is_first = [], [], False
        column.extend(lines)
        names = [names[0], entry.name] if names else [entry.name]
    if column:
        columns.append(tuple(column))
    if columns:
        filled = columns + [()] * (COLUMNS - len(columns))
        yield Page(tuple(filled), names[0], names[-1], is_first)


def lines_for(entry: Entry) -> tuple[Line, ...]:
    """Return an entry as lines that fit the column; lines after the first are indented."""
    town = f" · {entry.town}" if entry.town else ""
    if _width(entry.name + town) <= WIDTH:
        return (Line(entry.name, town),)
    parts = list(_wrapped(entry.name))
    lines = [Line(part, "", _INDENT if number else 0.0) for number, part in enumerate(parts)]
    if town:
        last = lines[-1]
        if _width(last.name + town) + last.indent * SIZE <= WIDTH:
            lines[-1] = Line(last.name, town, last.indent)
        else:
            lines += [Line("", part, _INDENT) for part in _wrapped(entry.town, indent=_INDENT)]
    return tuple(lines)


def printable_name(text: str) -> tuple[str, bool]:
    """Return printable text, and whether every character of it could be kept.

    A character that no font has becomes a hollow square, so that one name does not block the
    delivery of a hundred thousand others; the caller counts such names.
    """
    return printable_text.printable(text, instead=MISSING), not printable_text.left_out([text])


def _wrapped(text: str, *, indent: float = 0.0) -> Iterator[str]:
    """Yield the text in pieces that fit the column, broken at spaces or inside overlong words."""
    line = ""
    room = WIDTH - indent * SIZE
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if _width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
            room = WIDTH - _INDENT * SIZE
        while _width(word) > room:
            cut = next(
                end
                for end in range(len(word) - 1, 0, -1)
                if _width(word[:end]) <= room and not fonts.joins_previous(word[end])
            )
            cut = word.rfind("-", 1, cut) + 1 or cut  # prefer to break at a hyphen
            yield word[:cut]
            word, room = word[cut:], WIDTH - _INDENT * SIZE
        line = word
    if line:
        yield line


def _width(text: str) -> float:
    return SIZE * sum(fonts.width(word) for word in text.split(" ")) + SIZE * fonts.width(
        " "
    ) * text.count(" ")
