"""A table that was handed in: a heading and its lines, whatever program wrote it.

UTF-8 with or without a byte-order mark, UTF-16, Windows-1252; columns by comma, semicolon, tab or
bar, quoted as RFC 4180 has it; or an XLSX workbook. What could exhaust the machine (a table without
end, a quote that is never closed, a workbook that unpacks to gigabytes) is refused.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from campaign.errors import TableRefused
from campaign.tables import spelling, workbook

#: The columns that a rejects file has beyond those of its table; read again, they are passed over.
REJECTED = ("line", "column", "reason")


# So many empty lines are passed over, beside as many as a table may have lines.
_EMPTY = 10_000


@dataclass(frozen=True)
class Caps:
    """How much of a table is read: bytes, lines after the heading, columns, and the characters of
    the longest record.
    """

    bytes: int = 20 * 1024 * 1024
    lines: int = 100_000
    columns: int = 50
    record: int = 20_000


@dataclass(frozen=True, repr=False)
class Row:
    """A record that holds something: the line on which it began (1 is the heading), its cells."""

    number: int
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Row({self.number})"


class Table:
    """A table: its heading, and its rows as often as they are asked for.

    `encoding` is what it was read as, `sha256` the digest of the file in hex.
    """

    def __init__(
        self, raw: bytes, *, is_known: Callable[[str], bool], caps: Caps | None = None
    ) -> None:
        """Open a table. `is_known` says whether a heading is one of ours.

        Raises TableRefused for what cannot be read, has no heading, or no end.
        """
        self._caps = caps or Caps()
        _require_size(len(raw), self._caps)
        self.sha256 = hashlib.sha256(raw).hexdigest()
        self.encoding: spelling.Encoding | Literal["XLSX"]
        self._rows: list[tuple[int, list[str]]] | None = None
        if raw.startswith(workbook.MAGIC):
            self.encoding = "XLSX"
            self._rows = list(
                workbook.rows(raw, most_rows=self._caps.lines + 1, most_columns=self._caps.columns)
            )
        else:
            self._spelling = spelling.spell(raw, is_known)
            self.encoding = self._spelling.encoding
        first = next(self._records(), None)
        if first is None:
            raise TableRefused("The table is empty.")
        self._heading_line, heading = first
        self.heading: tuple[str, ...] = tuple(heading)
        if len(self.heading) > self._caps.columns:
            raise TableRefused(f"The table has more than {self._caps.columns} columns.")
        self.lines = sum(1 for _ in self)

    def __iter__(self) -> Iterator[Row]:
        """Yield every record after the heading. Raises TableRefused for one without end."""
        records = self._records()
        next(records)
        for count, (number, cells) in enumerate(records, start=1):
            if count > self._caps.lines:
                raise TableRefused(
                    f"The table has more than {self._caps.lines:,} lines. Cut it in several."
                )
            yield Row(number, tuple(cells))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the records that are not empty, with the line on which each begins."""
        records = self._parted() if self._rows is None else self._rows
        for number, cells in records:
            if any(map(str.strip, cells)):
                yield number, cells

    def _parted(self) -> Iterator[tuple[int, list[str]]]:
        spelled = self._spelling
        source = _Lines(spelled.text, self._caps.record, skip=spelled.skip)
        reader = csv.reader(source, delimiter=spelled.delimiter, strict=False)
        # Empty lines count for nothing, and are not read without end either.
        for _ in range(2 * self._caps.lines + _EMPTY):
            began = source.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise _endless(began, self._caps.record) from None
            yield began, cells
        raise TableRefused("The table is made of empty lines, for the most part. Take them out.")


def read(path: Path, caps: Caps | None = None) -> bytes:
    """Return the bytes of the table at `path`. Raises TableRefused where it is too large or not
    there.
    """
    try:
        with path.open("rb") as file:
            return read_stream(file, caps)
    except OSError as error:
        raise TableRefused(f"The table cannot be read: {error.strerror}.") from None


def read_stream(stream: BinaryIO, caps: Caps | None = None) -> bytes:
    """Return the bytes of the table that comes by a stream. Raises TableRefused past the caps."""
    caps = caps or Caps()
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(1 << 16):
        size += len(piece)
        _require_size(size, caps)
        pieces.append(piece)
    return b"".join(pieces)


class _Lines:
    """The lines of a text, no record of them longer than it may be."""

    def __init__(self, text: str, longest: int, *, skip: int) -> None:
        self._text = text
        self._longest = longest
        self._at = 0
        self._feed = 0
        self._number = 0
        self._record = 0
        for _ in range(skip):
            next(self)

    def begin_record(self) -> int:
        """Count the length of a record anew; return the line on which it begins."""
        self._record = 0
        return self._number + 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._at >= len(self._text):
            raise StopIteration
        end = self._end()
        line = self._text[self._at : end]
        self._at = end
        self._number += 1
        self._record += len(line)
        if self._record > self._longest:
            raise _endless(self._number, self._longest)
        return line

    def _end(self) -> int:
        """Return where the line ends that begins here: after its LF, CR LF, or CR alone."""
        if 0 <= self._feed <= self._at:
            # Looked for once a line, and no more where there is none: a text may lack it wholly.
            self._feed = self._text.find("\n", self._at)
        feed = self._feed
        turn = self._text.find("\r", self._at, feed if feed >= 0 else None)
        if turn >= 0 and turn + 1 != feed:
            return turn + 1
        return feed + 1 if feed >= 0 else len(self._text)


def require_once(heading: Sequence[str], names: Sequence[str]) -> None:
    """Raise TableRefused where two columns of the heading are the same one of ours.

    `names` says which of ours each column is, "" for none.
    """
    for place, name in enumerate(names):
        if name and name in names[:place]:
            first = heading[names.index(name)]
            raise TableRefused(
                f"The heading names {name} twice: “{shown(first)}” and “{shown(heading[place])}”. "
                "Keep one."
                if first != heading[place]
                else f"The heading names {name} twice."
            )


def shown(heading: str) -> str:
    """Return a heading as it can be told: one short line."""
    one = " ".join("".join(char for char in heading if char.isprintable() or char == " ").split())
    return one if len(one) <= 40 else f"{one[:39]}…"


def _require_size(size: int, caps: Caps) -> None:
    if size > caps.bytes:
        raise TableRefused(
            f"The table is larger than {caps.bytes // 1024 // 1024} MB. Cut it in several."
        )


def _endless(number: int, longest: int) -> TableRefused:
    return TableRefused(
        f"The record at line {number:,} is longer than {longest:,} characters. "
        "Is a quote not closed?"
    )
