"""Lists of names in columns: lines broken and pages filled by the fonts' widths, before printing.

So it is known how many pages a list of any length takes, and each run of pages is set by itself
without a gap between runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from campaign.letters.print import fonts, printable_text

COLUMNS = 3
#: Lines of a column, and on a first page, whose heading takes six of them.
ROWS, FIRST_ROWS = 53, 47

SIZE = 9.0
#: A third of the paper between the margins, less the gutters; in points, and a hair to spare.
WIDTH = (8.5 * 72 - 2 * 0.95 * 72 - 2 * 0.25 * 72) / COLUMNS - 1.0
_INDENT = 1.0

#: Stands for a character that no font has: a hollow square.
MISSING = "\u25a1"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name as it is listed (`Petrosyan, Ani`), and the town beside it, quietly."""

    name: str
    town: str


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: name, town, and how far it is moved in, in ems."""

    name: str
    town: str
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of names in columns, and the first and last name on it."""

    columns: tuple[tuple[Line, ...], ...]
    first: str
    last: str
    is_first: bool


def pages(entries: Iterable[Entry]) -> Iterator[Page]:
    """Yield the pages of a list, in order; no entry is parted between columns."""
    columns: list[tuple[Line, ...]] = []
    column: list[Line] = []
    names: list[str] = []
    is_first = True
    for entry in entries:
        lines = broken(entry)
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


def broken(entry: Entry) -> tuple[Line, ...]:
    """Return an entry in lines that fit their column; the second and further ones are moved in."""
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


def printable(text: str) -> tuple[str, bool]:
    """Return text as it is printed, and whether every character of it could be.

    One name in another script must not keep a hundred thousand others from being delivered: a
    letter that no font has is a hollow square, and the file's maker gets their number.
    """
    return printable_text.printed(text, instead=MISSING), not printable_text.left_out([text])


def _wrapped(text: str, *, indent: float = 0.0) -> Iterator[str]:
    """Yield the text in pieces of a column's width, broken at spaces, or within an endless word."""
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
                if _width(word[:end]) <= room and not fonts.belongs(word[end])
            )
            cut = word.rfind("-", 1, cut) + 1 or cut  # a name of two parts is parted there
            yield word[:cut]
            word, room = word[cut:], WIDTH - _INDENT * SIZE
        line = word
    if line:
        yield line


def _width(text: str) -> float:
    return SIZE * sum(fonts.width(word) for word in text.split(" ")) + SIZE * fonts.width(
        " "
    ) * text.count(" ")
