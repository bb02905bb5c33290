"""Read a table of paper signatures line by line. A wrong line never stops the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaign.errors import TableRefused
from campaign.letters.batch.person_row import NAME, first_of
from campaign.organizing.exports import osdi_table
from campaign.tables import columns, table, vocabulary
from campaign.tables.dates import DayOrder
from campaign.tables.table import TableLimits
from campaign.tables.vocabulary import display_name

#: The fields of a line that are stored, as the vocabulary names them.
KEPT = (
    *NAME, "zip", "zip4", "email", "comment", "note", "signed_on", "date", "recorded_at", "sheet",
    "namesake",
)  # fmt: skip
#: The day of signing is the first of these fields that is filled.
SIGNED_ON = ("signed_on", "date", "recorded_at")
#: Whether people want updates: used only with the sentence that stood beside the box on the sheet.
ON_MAIL = ("mail_opt_in", "mail_opt_out")
#: Fields that are only compared with the others.
COMPARED = ("state", "country", "district", "consent", *ON_MAIL)
#: If no column has the ZIP, it may follow the street.
_WITHOUT_ZIP = ("street", "city")

CAPS = TableLimits()

_AN_EXPORT = (
    "This is an export of signers, not a table of paper signatures. To restore it, pass the "
    "unchanged file to `campaign import`."
)


@dataclass(frozen=True, repr=False)
class Line:
    """A record of the table: the line where it begins (1 is the heading), its cells and values.

    `values` maps fields to cells. `fault` says why the record is unusable, or ""; `column` is the
    column that the fault is about.
    """

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    fault: str = ""
    column: str = ""

    def __repr__(self) -> str:
        return f"Line({self.number})"


class Table:
    """A table of paper signatures. It is scanned once when it is opened.

    `passed_over` has the headings of unused columns, `mail_columns` those that say who wants
    updates, and `notes` what a person should know about how the table was read.
    """

    def __init__(self, raw: bytes) -> None:
        """Open a table or an OSDI export. Raises TableRefused."""
        if raw.startswith((b"PAR1", b"{")) and not osdi_table.is_osdi(raw):
            raise TableRefused(_AN_EXPORT)
        self._table = table.Table(osdi_table.as_csv(raw) if raw.startswith(b"{") else raw)
        self.heading = self._table.heading
        self.sha256 = self._table.sha256
        self.lines = self._table.lines
        fields = (*KEPT, *COMPARED)
        names = columns.match_columns(self.heading, fields)
        passed_over = names.unused
        if "zip" not in names:
            names = columns.match_columns(self.heading, (*fields, *_WITHOUT_ZIP))
        has_name = "name" in names or ("first_name" in names and "last_name" in names)
        if not has_name or not ("zip" in names or "street" in names):
            found = ", ".join(
                f"“{display_name(name)}”" for name in self.heading[:12] if name.strip()
            )
            raise TableRefused(
                "The first line must name the columns, with first_name, last_name (or name) and "
                f"zip among them. It names: {found or 'nothing'}."
            )
        if {"externalid", "confirmedat"} <= {*map(vocabulary.normalize, self.heading)}:
            raise TableRefused(_AN_EXPORT)
        self._names = names
        self.passed_over = passed_over
        self.mail_columns = tuple(
            self.heading[place] for field in ON_MAIL for place in names.places.get(field, ())
        )
        self.has_opt_in = "mail_opt_in" in names
        self.notes = self._table.notes
        self._day_order = DayOrder(names.cells(self._table, SIGNED_ON))

    def __iter__(self) -> Iterator[Line]:
        """Yield every record that is not empty."""
        return (self._line(row.number, row.cells) for row in self._table)

    def _line(self, number: int, cells: tuple[str, ...]) -> Line:
        if len(cells) > len(self.heading) and any(map(str.strip, cells[len(self.heading) :])):
            fault = "The line has more columns than the heading. Put quotes around commas."
            return Line(number, cells, {}, fault)
        values, contradictions = self._names.values(cells)
        if contradictions:
            first = contradictions[0]
            return Line(number, cells, values, first.says, first.field)
        try:
            self._day_order.require_clear(first_of(values, SIGNED_ON))
        except ValueError as error:
            return Line(number, cells, values, str(error), "signed_on")
        return Line(number, cells, values)


def read(path: Path | None, standard_input: BinaryIO) -> Table:
    """Open the table at `path`, or from standard input if it is None. Raises TableRefused."""
    return Table(
        table.read_stream(standard_input, CAPS) if path is None else table.read(path, CAPS)
    )
