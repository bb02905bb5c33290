"""A table that was handed in: a heading and its lines, whatever program wrote it.

UTF-8 with or without a byte-order mark, UTF-16, Windows-1252; columns by comma, semicolon, tab or
bar, quoted as RFC 4180 has it; or an XLSX workbook. What could exhaust the machine (a table without
end, a workbook that unpacks to gigabytes) is refused, and so is a table whose quotes do not pair:
in it a record may hold cells of another.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from campaign.errors import TableRefused
from campaign.tables import csv_dialect, quotes, swallowed_rows, vocabulary, workbook

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

    `encoding` is what it was read as, `sha256` the digest of the file in hex, `notes` what a person
    should know of how it was read.
    """

    def __init__(self, raw: bytes, caps: Caps | None = None) -> None:
        """Open a table.

        Raises TableRefused for what cannot be read, has no heading, no end, or quotes without
        their partners.
        """
        self._caps = caps or Caps()
        _require_size(len(raw), self._caps)
        self.sha256 = hashlib.sha256(raw).hexdigest()
        self.encoding: csv_dialect.Encoding | Literal["XLSX"]
        self._rows: list[tuple[int, list[str]]] | None = None
        self.notes: tuple[str, ...] = ()
        if raw.startswith(workbook.MAGIC):
            self.encoding = "XLSX"
            sheet = workbook.read(
                raw, max_rows=self._caps.lines + 1, max_columns=self._caps.columns
            )
            self._rows = sheet.rows
            self.notes = sheet.notes
        else:
            workbook.require_no_older_format(raw)
            self._dialect = csv_dialect.detect(raw, vocabulary.is_known)
            self.encoding = self._dialect.encoding
            if self.encoding == "Windows-1252":
                self.notes = (_NOT_UTF_8,)
        first = next(self._records(), None)
        if first is None:
            raise TableRefused("The table is empty.")
        self._heading_line, heading = first
        self.heading: tuple[str, ...] = tuple(heading)
        if len(self.heading) > self._caps.columns:
            raise TableRefused(f"The table has more than {self._caps.columns} columns.")
        if self._rows is None:
            swallowed_rows.require_one_heading(heading, self._dialect.delimiter, self._heading_line)
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
            if self._rows is None:
                swallowed_rows.require_none(cells, self.heading, self._dialect.delimiter, number)
            yield Row(number, tuple(cells))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the records that are not empty, with the line on which each begins."""
        records = self._csv_records() if self._rows is None else self._rows
        for number, cells in records:
            if any(map(str.strip, cells)):
                yield number, cells

    def _csv_records(self) -> Iterator[tuple[int, list[str]]]:
        dialect = self._dialect
        source = _Lines(dialect.text, self._caps.record, skip=dialect.skip)
        # `quotes` is as strict as RFC 4180, and names the line; the reader must not stop before it.
        reader = csv.reader(
            source, delimiter=dialect.delimiter, strict=False, skipinitialspace=True
        )
        # Empty lines count for nothing, and are not read without end either.
        for _ in range(2 * self._caps.lines + _EMPTY):
            began = source.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _TooLong:
                quotes.require_paired(source.record, dialect.delimiter, began)
                raise _too_long(began, self._caps.record) from None
            except csv.Error:
                raise _too_long(began, self._caps.record) from None
            quotes.require_paired(source.record, dialect.delimiter, began)
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


class _TooLong(Exception):
    """A record is longer than it may be."""


class _Lines:
    """The lines of a text, no record of them longer than it may be."""

    def __init__(self, text: str, longest: int, *, skip: int) -> None:
        self._text = text
        self._longest = longest
        self._at = 0
        self._feed = 0
        self._number = 0
        self._began = 0
        for _ in range(skip):
            next(self)

    def begin_record(self) -> int:
        """Begin a record anew; return the line on which it begins."""
        self._began = self._at
        return self._number + 1

    @property
    def record(self) -> str:
        """The record as far as it was read."""
        return self._text[self._began : self._at]

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._at >= len(self._text):
            raise StopIteration
        end = self._end()
        line = self._text[self._at : end]
        self._at = end
        self._number += 1
        if end - self._began > self._longest:
            raise _TooLong
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


def _require_size(size: int, caps: Caps) -> None:
    if size > caps.bytes:
        raise TableRefused(
            f"The table is larger than {caps.bytes // 1024 // 1024} MB. Cut it in several."
        )


def _too_long(number: int, longest: int) -> TableRefused:
    return TableRefused(
        f"The record at line {number:,} is longer than {longest:,} characters. "
        "Is a quote not closed?"
    )


_NOT_UTF_8 = (
    "The table is not UTF-8 and was read as Windows-1252 (Latin-1): look at the accented names."
)
