"""The first sheet of an XLSX workbook as rows of text, after it was proved to be no bomb.

A workbook is a ZIP of XML. Small ones can unpack to gigabytes, and one cell in the last corner of
a sheet makes a reader set aside room for all cells before it. So what it unpacks to is counted
while it is unpacked, the cells' places are looked at, and only what passed is given to the reader.
Source: ECMA-376, part 1, 18.3 (worksheets).
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers import expat

from campaign.errors import TableRefused
from campaign.late import late

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = late("python_calamine")

#: How a ZIP begins.
MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 100 * 1024 * 1024
MOST_CELLS = 1_000_000
_MOST_PARTS = 500
_PIECE = 1 << 16

# What a table has no use for. Left out, it cannot be taken for a sheet either.
_PASSED_OVER = re.compile(r"xl/(charts|drawings|externalLinks|media)/.*", re.DOTALL)
_XML = re.compile(r".*\.(xml|rels)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_UNREADABLE = "The workbook cannot be read. Save it as “Excel workbook (.xlsx)” or as CSV UTF-8."
_TOO_LARGE = "The workbook is too large. Cut it in several."

Cell = str | float | bool | int | date | datetime | time | timedelta | None


def rows(raw: bytes, *, most_rows: int, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet, each with its number as the spreadsheet shows it.

    Whole numbers come without a decimal point, days as 2026-06-15. Raises TableRefused for what is
    no workbook, has more than one sheet with something in it, or unpacks beyond what is read.
    """
    counted = _counted(raw, most_rows, most_columns)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(counted))
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
    except (python_calamine.CalamineError, OSError, ValueError):
        raise TableRefused(_UNREADABLE) from None
    except Exception:
        raise
    except BaseException as error:
        # The reader is written in Rust: where it gives up on a file, that is no Exception.
        if type(error).__name__ == "PanicException":
            raise TableRefused(_UNREADABLE) from None
        raise


def _counted(raw: bytes, most_rows: int, most_columns: int) -> bytes:
    """Return the same workbook, packed anew from what was unpacked and counted.

    Any part may be named as a sheet by the workbook, so all that is XML is looked at, and what is
    not is left out.
    """
    made = BytesIO()
    left = MOST_UNPACKED
    seen = _Seen(most_rows, most_columns)
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
                    raise TableRefused(_TOO_LARGE)
                if _PASSED_OVER.fullmatch(part.filename):
                    continue
                try:
                    seen.look(content)
                except expat.ExpatError:
                    if _XML.fullmatch(part.filename):
                        raise
                    continue
                kept.writestr(part.filename, content)
            seen.require_few_texts()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise TableRefused(_UNREADABLE) from None
    except expat.ExpatError:
        raise TableRefused(_UNREADABLE) from None
    return made.getvalue()


class _Seen:
    """What the parts of a workbook hold: where cells stand, how many, and how much text is shared.

    A text is stored once for all the cells that hold it, and read once for each.
    """

    def __init__(self, most_rows: int, most_columns: int) -> None:
        self._most_rows = most_rows
        self._most_columns = most_columns
        self._cells = 0
        self._sharing = 0
        self._texts: list[int] = []
        self._sheets: list[bytes] = []

    def look(self, part: bytes) -> None:
        """Refuse a part whose cells stand further out, or are more, than a table of ours has."""
        row = column = 0
        before = self._cells

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, column
            local = name.rpartition(":")[2]
            if local == "si":
                self._texts.append(0)
                parser.CharacterDataHandler = text
                return
            if local not in {"c", "row"}:
                return
            at = attributes.get("r", "")
            stands = 0
            if local == "row":
                # Without a number it is the next one, and so is a cell without a place.
                row, column = int(at) if at else row + 1, 0
            else:
                cell = _CELL.fullmatch(at)
                if at and not cell:
                    raise ValueError(at)
                stands, column = (int(cell[2]), _column(cell[1])) if cell else (row, column + 1)
                self._cells += 1
                self._sharing += attributes.get("t") == "s"
            if max(row, stands) > self._most_rows or self._cells > MOST_CELLS:
                raise TableRefused(
                    f"The workbook has more than {self._most_rows:,} rows. Cut it in several."
                )
            if column > self._most_columns:
                raise TableRefused(f"The workbook has more than {self._most_columns} columns.")

        def text(piece: str) -> None:
            self._texts[-1] += len(piece)

        parser = _parser(start)
        _parse(parser, part)
        if self._cells > before:
            self._sheets.append(part)

    def require_few_texts(self) -> None:
        """Refuse a workbook whose cells together say more than it may unpack to."""
        if self._sharing * max(self._texts, default=0) <= MOST_UNPACKED:
            return
        # Many cells, and one long text: only now is it asked which cell holds which.
        if sum(map(self._shared_by, self._sheets)) > MOST_UNPACKED:
            raise TableRefused(_TOO_LARGE)

    def _shared_by(self, sheet: bytes) -> int:
        whole = 0
        is_shared = False
        number = ""

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal is_shared, number
            local = name.rpartition(":")[2]
            if local == "c":
                is_shared = attributes.get("t") == "s"
            number = ""

        def text(piece: str) -> None:
            nonlocal number
            if is_shared and len(number) < 10:
                number += piece

        def end(name: str) -> None:
            nonlocal whole, number
            if is_shared and name.rpartition(":")[2] == "v":
                place = int(number)
                whole += self._texts[place] if 0 <= place < len(self._texts) else 0
            number = ""

        parser = _parser(start)
        parser.CharacterDataHandler = text
        parser.EndElementHandler = end
        _parse(parser, sheet)
        return whole


def _parser(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise TableRefused(_UNREADABLE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    # No workbook declares entities; who does wants them to grow.
    parser.EntityDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    for begin in range(0, len(part), _PIECE):
        parser.Parse(part[begin : begin + _PIECE], False)
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
