"""Read a table of paper signatures, line by line, and write back the lines that need a correction.

UTF-8 with or without a byte-order mark; columns by `,`, `;` or tab; quoted as RFC 4180 has it. One
wrong line never stops the others. What could exhaust the machine (a table without end, a quote that
is never closed) is refused before anything is entered.
"""

import codecs
import csv
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TextIO

from campaign.errors import TableRefused

#: What is read of a line. Without the first three there is nobody to count.
NEEDED = ("first_name", "last_name", "zip")
COLUMNS = (*NEEDED, "email", "comment", "signed_on", "sheet", "namesake")

MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 100_000
MOST_COLUMNS = 50
#: The longest record in characters, comment and all.
LONGEST_RECORD = 20_000

#: The columns that a rejects file has beyond those of its table; read again, they are passed over.
REJECTED = ("line", "reason")

# First characters that a spreadsheet takes for a formula (OWASP, CSV injection).
_FORMULA = "=+-@\t\r"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, repr=False)
class Line:
    """A record of the table: where it began (1 is the heading), all its cells, and those we read.

    `fault` says why its shape alone makes it unusable, "" where it does not.
    """

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    fault: str = ""

    def __repr__(self) -> str:
        return f"Line({self.number})"


class Table:
    """A table of paper signatures: looked through once when it is opened, then read.

    `passed_over` are the headings of columns that are not kept. Close it, or use it with `with`.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Open the table in a seekable file. Raises TableRefused."""
        self._file = file
        self.sha256 = _digest(file)
        file.seek(0)
        self._delimiter, self.heading = _heading(file)
        self._names = [_plain(name) for name in self.heading]
        self.passed_over = tuple(
            name
            for name, plain in zip(self.heading, self._names, strict=True)
            if plain not in (*COLUMNS, *REJECTED)
        )
        self.lines = sum(1 for _ in self)

    def __iter__(self) -> Iterator[Line]:
        """Yield every record that holds something. Raises TableRefused for one without end."""
        records = _records(self._file, self._delimiter)
        next(records)
        for count, (number, cells) in enumerate(records, start=1):
            if count > MOST_LINES:
                raise TableRefused(
                    f"The table has more than {MOST_LINES:,} lines. Cut it in several."
                )
            yield self._line(number, cells)

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _line(self, number: int, cells: list[str]) -> Line:
        if len(cells) > len(self._names) and any(cells[len(self._names) :]):
            fault = "The line has more columns than the heading. Put quotes around commas."
            return Line(number, tuple(cells), {}, fault)
        values = {
            name: _unescaped(cell)
            for name, cell in zip(self._names, cells, strict=False)
            if name in COLUMNS
        }
        return Line(number, tuple(cells), values)


def read(path: Path | None, standard_input: BinaryIO) -> Table:
    """Open the table at `path`, or the one that comes by standard input. Raises TableRefused."""
    try:
        if path is not None:
            return _opened(path.open("rb"))
        held = tempfile.TemporaryFile(prefix="campaign-paper-")  # noqa: SIM115 (the table closes it)
        size = 0
        while chunk := standard_input.read(1 << 16):
            size += len(chunk)
            _require_size(size)
            held.write(chunk)
        held.seek(0)
        return _opened(held)
    except OSError as error:
        raise TableRefused(f"The table cannot be read: {error.strerror}.") from None


def _opened(file: BinaryIO) -> Table:
    try:
        return Table(file)
    except BaseException:
        file.close()
        raise


class Rejects:
    """The lines that were not entered, each with its number and the reason, as a table.

    Corrected, it can be imported as it is. Readable by its owner alone; there under its name only
    when it is whole. Without a path, and without a line to tell of, nothing is written.
    """

    def __init__(self, path: Path | None, heading: Sequence[str]) -> None:
        self._path = path
        self._heading = heading
        self._half = ""
        self._file: TextIO | None = None

    def add(self, line: Line, reason: str) -> None:
        """Write a line. Raises TableRefused where the disk does not take it."""
        if self._path is None:
            return
        try:
            if self._file is None:
                handle, self._half = tempfile.mkstemp(prefix=".rejects-", dir=self._path.parent)
                self._file = os.fdopen(
                    handle, "w", encoding="utf-8", errors="surrogateescape", newline=""
                )
                self._writer = csv.writer(self._file)
                self._keep = [
                    place
                    for place, name in enumerate(self._heading)
                    if _plain(name) not in REJECTED
                ]
                self._writer.writerow([*REJECTED, *(self._heading[place] for place in self._keep)])
            cells = [
                line.cells[place] if place < len(line.cells) else "" for place in self._keep
            ] + list(line.cells[len(self._heading) :])
            self._writer.writerow([line.number, reason, *map(_escaped, cells)])
        except OSError as error:
            raise TableRefused(f"The rejects cannot be written: {error.strerror}.") from None

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is None or self._path is None:
            return
        self._file.close()
        if kind is None or issubclass(kind, Exception):
            os.replace(self._half, self._path)
        else:
            with suppress(FileNotFoundError):
                os.unlink(self._half)


def _digest(file: BinaryIO) -> str:
    """Return the SHA-256 of the file in hex. Raises TableRefused for one that is too large."""
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(1 << 16):
        size += len(chunk)
        _require_size(size)
        digest.update(chunk)
    return digest.hexdigest()


def _require_size(size: int) -> None:
    if size > MOST_BYTES:
        raise TableRefused(
            f"The table is larger than {MOST_BYTES // 1024 // 1024} MB. Cut it in several."
        )


def _heading(file: BinaryIO) -> tuple[str, tuple[str, ...]]:
    """Return what parts the columns, and the heading as it stands."""
    begin = file.read(4)
    file.seek(0)
    if begin.startswith(_UTF16):
        raise TableRefused("The table is UTF-16. Save it as “CSV UTF-8”.")
    for delimiter in ",;\t":
        first = next(_records(file, delimiter), None)
        if first is None:
            raise TableRefused("The table is empty.")
        names = [_plain(name) for name in first[1]]
        if len(names) <= MOST_COLUMNS and set(NEEDED) <= set(names):
            twice = next((name for name in COLUMNS if names.count(name) > 1), "")
            if twice:
                raise TableRefused(f"The heading names {twice} twice.")
            return delimiter, tuple(first[1])
    raise TableRefused(
        "The first line must name the columns, with first_name, last_name and zip among them, "
        "parted by commas, semicolons or tabs."
    )


def _records(file: BinaryIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not empty with the number of the line on which each begins.

    Bytes that are no UTF-8 come as lone surrogates, so that they spoil one line and not all.
    """
    source = _Lines(file)
    reader = csv.reader(source, delimiter=delimiter, strict=False)
    while True:
        source.begin_record()
        began = source.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _endless(began) from None
        if any(cell.strip() for cell in cells):
            yield began, cells


class _Lines:
    """The lines of a file as text, none of them and no record longer than it may be."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._file = file
        self.number = 0
        self._record = 0

    def begin_record(self) -> None:
        """Count the length of a record anew."""
        self._record = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        # A character has four bytes at most.
        raw = self._file.readline(4 * LONGEST_RECORD + 1)
        if not raw:
            raise StopIteration
        if self.number == 0:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        self.number += 1
        line = raw.decode("utf-8", "surrogateescape")
        self._record += len(line)
        if self._record > LONGEST_RECORD:
            raise _endless(self.number)
        return line


def _endless(number: int) -> TableRefused:
    return TableRefused(
        f"The record at line {number:,} is longer than {LONGEST_RECORD:,} characters. "
        "Is a quote not closed?"
    )


def _plain(heading: str) -> str:
    """Return a heading as we spell it: `First name` is `first_name`."""
    return "_".join(heading.strip().lower().replace("-", " ").split())


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith(tuple(_FORMULA)) else cell


def _unescaped(cell: str) -> str:
    """Take away the apostrophe that exports and rejects put before a would-be formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _FORMULA else cell
