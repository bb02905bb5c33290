"""The generic columns as an Excel workbook: typed cells, written in constant memory.

Text is stored as text, so that no cell becomes a formula or link. Signers beyond a sheet's limit
continue on the next. Two more sheets hold the signed wordings, and the facts of `file_metadata`.
"""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from campaign.lazy_import import lazy_import
from campaign.organizing.exports import file_metadata
from campaign.organizing.exports.generic import GENERIC
from campaign.organizing.exports.request import ExportRequest, Pieces, Preset
from campaign.store.db.column_types import as_text
from campaign.store.exports import export
from campaign.store.exports.query import Cell
from campaign.store.wordings import Wording

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet
else:
    xlsxwriter = lazy_import("xlsxwriter")

#: Rows of a sheet including its heading (Excel's limit).
MAX_ROWS = 1_048_576

_CHUNK = 1 << 17
# Characters of a cell (Excel's limit).
_MAX_CHARACTERS = 32_767
# Excel stores times as days since December 30, 1899.
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_DAY_S = 86_400


def _pieces(connection: Connection, request: ExportRequest) -> Pieces:
    with tempfile.TemporaryDirectory(prefix="campaign-export-") as folder:
        path = Path(folder) / "signers.xlsx"
        book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        try:
            book.set_properties(
                {
                    "title": f"Signers of {request.selection.campaign}",
                    "author": request.actor,
                    "created": request.now.astimezone(UTC).replace(tzinfo=None),
                }
            )
            signers = _Signers(book, request.preset.cells)
            for batch in export.rows(connection, request.preset.cells, request.exported):
                signers.add(batch)
                yield b"", len(batch)
            if found := file_metadata.signed(connection, request.selection.campaign):
                _add_wordings_sheet(book, found)
            _add_about_sheet(book, request)
        finally:
            book.close()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk, 0


class _Signers:
    """The sheets of signers; a new one begins when one is full."""

    def __init__(self, book: "Workbook", cells: Sequence[Cell]) -> None:
        self._book = book
        self._cells = cells
        self._bold: Format = book.add_format({"bold": True})
        self._time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheets = 0
        self._begin()

    def add(self, batch: Sequence[tuple[Any, ...]]) -> None:
        """Write these signers below the others."""
        kinds = [cell.kind for cell in self._cells]
        for row in batch:
            if self._row == MAX_ROWS:
                self._begin()
            sheet, at = self._sheet, self._row
            for column, (kind, value) in enumerate(zip(kinds, row, strict=True)):
                if value is None or value == "":
                    continue
                if kind == "flag":
                    sheet.write_boolean(at, column, bool(value))
                elif kind == "number":
                    sheet.write_number(at, column, value)
                elif kind == "time":
                    sheet.write_number(at, column, _days(value), self._time)
                else:
                    sheet.write_string(at, column, value)
            self._row += 1

    def _begin(self) -> None:
        self._sheets += 1
        name = "Signers" if self._sheets == 1 else f"Signers {self._sheets}"
        self._sheet: Worksheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for column, cell in enumerate(self._cells):
            width = 20 if cell.kind in {"text", "time"} else 12
            self._sheet.set_column(column, column, width)
        for column, cell in enumerate(self._cells):
            heading = f"{cell.heading} (UTC)" if cell.kind == "time" else cell.heading
            self._sheet.write_string(0, column, heading, self._bold)
        self._row = 1


def _days(moment: str) -> float:
    return (datetime.fromisoformat(moment) - _EPOCH).total_seconds() / _DAY_S


def _add_wordings_sheet(book: "Workbook", wordings: Sequence[Wording]) -> None:
    """Add a sheet with the text of each version in the column `wording_version`."""
    sheet = book.add_worksheet("Wordings")
    sheet.set_column(0, 1, 20)
    sheet.set_column(2, 5, 60)
    lines = [("wording_version", "first_seen", "headline", "addressees", "petition", "consent")]
    lines += [
        (
            one.version,
            as_text(one.first_seen),
            f"{one.headline}\n{one.standfirst}".strip(),
            one.addressees,
            "\n\n".join(one.paragraphs),
            one.consent,
        )
        for one in wordings
    ]
    for row, line in enumerate(lines):
        for column, words in enumerate(line):
            sheet.write_string(row, column, words[:_MAX_CHARACTERS])


def _add_about_sheet(book: "Workbook", request: ExportRequest) -> None:
    sheet = book.add_worksheet("About this file")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    for row, (name, word) in enumerate(file_metadata.facts(request)):
        sheet.write_string(row, 0, name.replace("_", " ").capitalize())
        sheet.write_string(row, 1, word)


XLSX = Preset(
    name="xlsx",
    title="Excel workbook",
    use="The columns of the generic table as a workbook, with a sheet about the export.",
    suffix=".xlsx",
    mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    cells=GENERIC.cells,
    pieces=_pieces,
    is_for_mail=False,
    most_at_once=5_000,
)
