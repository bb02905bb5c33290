"""The first sheet of an XLSX workbook as rows of text, after it was proved to be no bomb.

A workbook is a ZIP of XML. Small ones can unpack to gigabytes, and one cell in the last corner of
a sheet makes a reader set aside room for all cells before it. So what it unpacks to is counted
while it is unpacked, the cells' places are looked at, and only what passed is given to the reader.
Source: ECMA-376, part 1, 18.3 (worksheets).
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from campaign.errors import TableRefused

#: How a ZIP begins.
MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 100 * 1024 * 1024
MOST_CELLS = 1_000_000
_MOST_PARTS = 500
_PIECE = 1 << 16

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_UNREADABLE = "The workbook cannot be read. Save it as “Excel workbook (.xlsx)” or as CSV UTF-8."

Cell = str | float | bool | int | date | datetime | time | timedelta | None


def rows(raw: bytes, *, most_rows: int, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet, each with its number as the spreadsheet shows it.

    Whole numbers come without a decimal point, days as 2026-06-15. Raises TableRefused for what is
    no workbook, has more than one sheet with something in it, or unpacks beyond what is read.
    """
    counted = _counted(raw, most_rows, most_columns)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(counted))
        sheets = [book.get_sheet_by_index(place) for place in range(len(book.sheet_names))]
        filled = [sheet for sheet in sheets if sheet.start is not None]
        if len(filled) > 1:
            raise TableRefused(
                f"The workbook has {len(filled)} sheets with something in them. Keep one."
            )
        for sheet in filled:
            row, column = sheet.start or (0, 0)
            lead = [""] * column
            for number, cells in enumerate(sheet.to_python(), start=row + 1):
                yield number, [*lead, *(_text(cell) for cell in cells)]
    except (CalamineError, OSError, ValueError):
        raise TableRefused(_UNREADABLE) from None
    except Exception:
        raise
    except BaseException as error:
        # The reader is written in Rust: where it gives up on a file, that is no Exception.
        if type(error).__name__ == "PanicException":
            raise TableRefused(_UNREADABLE) from None
        raise


def _counted(raw: bytes, most_rows: int, most_columns: int) -> bytes:
    """Return the same workbook, packed anew from what was unpacked and counted."""
    made = BytesIO()
    left = MOST_UNPACKED
    try:
        with (
            zipfile.ZipFile(BytesIO(raw)) as given,
            zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as kept,
        ):
            parts = given.infolist()
            if len(parts) > _MOST_PARTS:
                raise TableRefused("The workbook has too many parts. Save it as CSV UTF-8.")
            for part in parts:
                with given.open(part) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise TableRefused("The workbook is too large. Cut it in several.")
                if _SHEET.fullmatch(part.filename):
                    _require_small(content, most_rows, most_columns)
                kept.writestr(part.filename, content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise TableRefused(_UNREADABLE) from None
    except expat.ExpatError:
        raise TableRefused(_UNREADABLE) from None
    return made.getvalue()


def _require_small(sheet: bytes, most_rows: int, most_columns: int) -> None:
    """Refuse a sheet whose cells stand further out, or are more, than a table of ours has."""
    cells = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        if name.rpartition(":")[2] not in {"c", "row"}:
            return
        at = attributes.get("r", "")
        cell = _CELL.fullmatch(at)
        row, column = (int(cell[2]), _column(cell[1])) if cell else (int(at or 0), 0)
        cells += cell is not None or name.endswith("c")
        if row > most_rows or cells > MOST_CELLS:
            raise TableRefused(f"The workbook has more than {most_rows:,} rows. Cut it in several.")
        if column > most_columns:
            raise TableRefused(f"The workbook has more than {most_columns} columns.")

    def refuse(*_: object) -> None:
        raise TableRefused(_UNREADABLE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    # No workbook declares entities; who does wants them to grow.
    parser.EntityDeclHandler = refuse
    for begin in range(0, len(sheet), _PIECE):
        parser.Parse(sheet[begin : begin + _PIECE], False)
    parser.Parse(b"", True)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell)
