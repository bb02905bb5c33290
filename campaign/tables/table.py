"""Read an uploaded table from any program: a heading and its rows.

CSV may be UTF-8 (with or without byte-order mark), UTF-16 or Windows-1252, delimited by comma,
semicolon, tab or bar, and quoted as in RFC 4180. XLSX works too. Tables that could exhaust the
machine are refused, and so are tables with unpaired quotes, which could mix up records.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from campaign.errors import TableRefused
from campaign.tables import csv_dialect, quotes, swallowed_rows, vocabulary, workbook

# Empty lines that are skipped, besides twice the allowed number of lines.
_EMPTY = 10_000


@dataclass(frozen=True)
class TableLimits:
    """Limits of a table: bytes, lines after the heading, columns, and characters of a record."""

    bytes: int = 20 * 1024 * 1024
    lines: int = 100_000
    columns: int = 50
    record: int = 20_000


@dataclass(frozen=True, repr=False)
class Row:
    """A record that is not empty: the line on which it begins (1 is the heading), its cells."""

    number: int
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Row({self.number})"


class Table:
    """A table: its heading, and its rows, which can be iterated repeatedly.

    `sha256` is the file's digest in hex, `notes` what a person should know about how it was read.
    """

    def __init__(self, raw: bytes, caps: TableLimits | None = None) -> None:
        """Open a table.

        Raises TableRefused if it is unreadable, empty, over a cap, or has unpaired quotes.
        """
        self._caps = caps or TableLimits()
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
        """Yield every record after the heading. Raises TableRefused for one that is too long."""
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
        # The reader is lenient, because `quotes` checks RFC 4180 and reports the line.
        reader = csv.reader(
            source, delimiter=dialect.delimiter, strict=False, skipinitialspace=True
        )
        # Empty lines do not count, but their number is limited too.
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


def read(path: Path, caps: TableLimits | None = None) -> bytes:
    """Return the bytes of the table at `path`. Raises TableRefused if too large or unreadable."""
    try:
        with path.open("rb") as file:
            return read_stream(file, caps)
    except OSError as error:
        raise TableRefused(f"The table cannot be read: {error.strerror}.") from None


def read_stream(stream: BinaryIO, caps: TableLimits | None = None) -> bytes:
    """Return the bytes of a table from a stream. Raises TableRefused if it is too large."""
    caps = caps or TableLimits()
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(1 << 16):
        size += len(piece)
        _require_size(size, caps)
        pieces.append(piece)
    return b"".join(pieces)


class _TooLong(Exception):
    """A record is longer than allowed."""


class _Lines:
    """The lines of a text; raises _TooLong for a record that is too long."""

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
        """Begin a record; return the number of its first line."""
        self._began = self._at
        return self._number + 1

    @property
    def record(self) -> str:
        """The text of the current record so far."""
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
        """Return the end of the current line, after its LF, CR LF, or lone CR."""
        if 0 <= self._feed <= self._at:
            # Search once per line, and never again if there is no LF left.
            self._feed = self._text.find("\n", self._at)
        feed = self._feed
        turn = self._text.find("\r", self._at, feed if feed >= 0 else None)
        if turn >= 0 and turn + 1 != feed:
            return turn + 1
        return feed + 1 if feed >= 0 else len(self._text)


def _require_size(size: int, caps: TableLimits) -> None:
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
