"""The table in an XLSX workbook as rows of text, after it was proved to be no bomb.

A workbook is a ZIP of XML. Small ones can unpack to gigabytes, one cell of them to a hundred
megabytes, and one cell in the last corner of a sheet makes a reader set aside room for all cells
before it. So a part is looked at piece by piece while it is unpacked, no further than to what a
table of ours does not have, and only what passed is given to the reader.
Source: ECMA-376, part 1, 18.3 (worksheets).
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from campaign.errors import TableRefused
from campaign.lazy_import import lazy_import
from campaign.tables import vocabulary

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = lazy_import("python_calamine")

#: How a ZIP begins.
MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 100 * 1024 * 1024
MOST_CELLS = 1_000_000
#: Characters of one cell: Excel's own limit.
MOST_CHARACTERS = 32_767
_MOST_PARTS = 500
_PIECE = 1 << 16
# The longest tag, comment or such of XML that is waited for.
_MOST_MARKUP = 1 << 18

# What a table has no use for. Left out, it cannot be taken for a sheet either.
_PASSED_OVER = re.compile(r"xl/(charts|drawings|externalLinks|media)/.*", re.DOTALL)
_XML = re.compile(r".*\.(xml|rels)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_UNREADABLE = "The workbook cannot be read. Save it as “Excel workbook (.xlsx)” or as CSV UTF-8."
_TOO_LARGE = "The workbook is too large. Cut it in several."
_TOO_LONG = (
    f"A cell of the workbook is longer than {MOST_CHARACTERS:,} characters. Shorten it, and hand "
    "the workbook in again."
)
# How the workbooks of Excel before 2007 begin, and other old documents of Office.
_OLDER_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")

Cell = str | float | bool | int | date | datetime | time | timedelta | None


@dataclass(frozen=True, repr=False)
class Sheet:
    """The rows of a sheet, each with its number as the spreadsheet shows it; `notes` in words."""

    rows: list[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()


def read(raw: bytes, *, most_rows: int, most_columns: int) -> Sheet:
    """Return the sheet that holds the table: the only one that is filled, or whose heading is ours.

    Whole numbers come without a decimal point, days as 2026-06-15. Raises TableRefused for what is
    no workbook, has several such sheets, or unpacks beyond what is read.
    """
    counted = _counted(raw, most_rows, most_columns)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(counted))
        sheets = [book.get_sheet_by_index(place) for place in range(len(book.sheet_names))]
        filled = [
            (name, _rows(sheet))
            for name, sheet in zip(book.sheet_names, sheets, strict=True)
            if sheet.start is not None
        ]
    except (python_calamine.CalamineError, OSError, ValueError):
        raise TableRefused(_UNREADABLE) from None
    except Exception:
        raise
    except BaseException as error:
        # The reader is written in Rust: where it gives up on a file, that is no Exception.
        if type(error).__name__ == "PanicException":
            raise TableRefused(_UNREADABLE) from None
        raise
    return _chosen(filled)


def require_no_older_format(raw: bytes) -> None:
    """Raise TableRefused for a workbook of Excel before 2007, which is no table of text."""
    if raw.startswith(_OLDER_FORMAT):
        raise TableRefused(_UNREADABLE)


def _rows(sheet: "python_calamine.CalamineSheet") -> list[tuple[int, list[str]]]:
    row, column = sheet.start or (0, 0)
    lead = [""] * column
    return [
        (number, [*lead, *(_text(cell) for cell in cells)])
        for number, cells in enumerate(sheet.to_python(), start=row + 1)
    ]


def _chosen(filled: list[tuple[str, list[tuple[int, list[str]]]]]) -> Sheet:
    if not filled:
        return Sheet([])
    tables = filled
    if len(filled) > 1:
        tables = [(name, rows) for name, rows in filled if _is_table(rows)]
    if len(tables) != 1:
        raise TableRefused(
            f"The workbook has {len(tables) or len(filled)} sheets with something in them. Keep "
            "one."
        )
    [(chosen, rows)] = tables
    others = [f"“{vocabulary.shown(name)}”" for name, _ in filled if name != chosen]
    notes = (f"Sheets that are not used: {', '.join(others[:10])}.",) if others else ()
    return Sheet(rows, notes)


def _is_table(rows: list[tuple[int, list[str]]]) -> bool:
    heading = next((cells for _, cells in rows if any(map(str.strip, cells))), [])
    return sum(map(vocabulary.is_known, heading)) > 1


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
            if "[Content_Types].xml" not in given.namelist():
                raise TableRefused(_UNREADABLE)
            for part in parts:
                if _PASSED_OVER.fullmatch(part.filename):
                    continue
                if part.file_size > left:
                    raise TableRefused(_TOO_LARGE)
                try:
                    with given.open(part) as file:
                        content = seen.look(file, left)
                except expat.ExpatError:
                    if _XML.fullmatch(part.filename):
                        raise
                    continue
                left -= len(content)
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

    def look(self, part: IO[bytes], left: int) -> bytes:
        """Return what a part unpacks to, at most `left` bytes.

        Refused is one whose cells stand further out, are more, or longer, than a table of ours has.
        It is read no further than to the first of these.
        """
        row = column = length = 0
        inside = ""
        before = self._cells

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, column, length, inside
            local = name.rpartition(":")[2]
            if not inside:
                length = 0
            if local in {"si", "c"}:
                inside, length = local, 0
            if local == "si":
                self._texts.append(0)
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
            nonlocal length
            length += len(piece)
            if length > (MOST_CHARACTERS if inside else _MOST_MARKUP):
                raise TableRefused(_TOO_LONG)
            if inside == "si":
                self._texts[-1] = length

        def end(name: str) -> None:
            nonlocal inside
            if name.rpartition(":")[2] == inside:
                inside = ""

        parser = _parser(start)
        parser.CharacterDataHandler = text
        parser.EndElementHandler = end
        content = _parse(parser, part, left)
        if self._cells > before:
            self._sheets.append(content)
        return content

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
        _parse(parser, BytesIO(sheet), len(sheet))
        return whole


def _parser(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise TableRefused(_UNREADABLE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    # No workbook declares entities; who does wants them to grow.
    parser.EntityDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, part: IO[bytes], left: int) -> bytes:
    """Parse a part piece by piece, and return it. Raises TableRefused past `left` bytes."""
    pieces: list[bytes] = []
    size = 0
    while piece := part.read(_PIECE):
        size += len(piece)
        if size > left:
            raise TableRefused(_TOO_LARGE)
        pieces.append(piece)
        parser.Parse(piece, False)
        # A tag is kept whole in memory until it ends.
        if size - max(parser.CurrentByteIndex, 0) > _MOST_MARKUP:
            raise TableRefused(_TOO_LONG)
    parser.Parse(b"", True)
    return b"".join(pieces)


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
