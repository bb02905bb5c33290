"""Read a table of paper signatures, line by line. One wrong line never stops the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaign.errors import TableRefused
from campaign.tables import table
from campaign.tables.formulas import unescaped
from campaign.tables.table import REJECTED, Caps, require_once, shown

#: What is read of a line. Without the first three there is nobody to count. State and country are
#: compared with the ZIP.
NEEDED = ("first_name", "last_name", "zip")
COLUMNS = (*NEEDED, "state", "country", "email", "comment", "signed_on", "sheet", "namesake")

CAPS = Caps()


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

    `passed_over` are the headings of columns that are not kept.
    """

    def __init__(self, raw: bytes) -> None:
        """Open a table. Raises TableRefused."""
        self._table = table.Table(raw, is_known=lambda heading: _plain(heading) in COLUMNS)
        self.heading = self._table.heading
        self.sha256 = self._table.sha256
        self.lines = self._table.lines
        self._names = [_plain(name) for name in self.heading]
        if not set(NEEDED) <= set(self._names):
            found = ", ".join(shown(name) for name in self.heading[:10])
            raise TableRefused(
                "The first line must name the columns, with first_name, last_name and zip among "
                f"them. It names: {found}."
            )
        if {"external_id", "confirmed_at"} <= set(self._names):
            raise TableRefused(
                "This is an export of signers, not paper. `campaign import` puts one back that is "
                "as it was exported."
            )
        require_once(self.heading, [name if name in COLUMNS else "" for name in self._names])
        self.passed_over = tuple(
            name
            for name, plain in zip(self.heading, self._names, strict=True)
            if plain not in (*COLUMNS, *REJECTED)
        )

    def __iter__(self) -> Iterator[Line]:
        """Yield every record that holds something."""
        return (self._line(row.number, row.cells) for row in self._table)

    def _line(self, number: int, cells: tuple[str, ...]) -> Line:
        if len(cells) > len(self._names) and any(cells[len(self._names) :]):
            fault = "The line has more columns than the heading. Put quotes around commas."
            return Line(number, cells, {}, fault)
        values = {
            name: unescaped(cell)
            for name, cell in zip(self._names, cells, strict=False)
            if name in COLUMNS
        }
        return Line(number, cells, values)


def read(path: Path | None, standard_input: BinaryIO) -> Table:
    """Open the table at `path`, or the one that comes by standard input. Raises TableRefused."""
    return Table(
        table.read_stream(standard_input, CAPS) if path is None else table.read(path, CAPS)
    )


def _plain(heading: str) -> str:
    """Return a heading as we spell it: `First name` is `first_name`."""
    return "_".join(heading.strip().lower().replace("-", " ").split())
