"""Refuse a workbook that would exhaust memory or time, before its cells are read.

A workbook is a ZIP of XML. A small one can unpack to gigabytes, a single cell to a hundred
megabytes, and one cell in the far corner of a sheet makes a reader allocate every cell before it.
So each part is parsed in pieces while it is unpacked, and parsing stops at the first excess. Only a
workbook that passes is given to the reader. Source: ECMA-376, part 1, 18.3 (worksheets).
"""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import IO
from xml.parsers import expat

from campaign.errors import TableRefused

MAX_UNPACKED = 100 * 1024 * 1024
MAX_CELLS = 1_000_000
#: Characters of a cell (Excel's limit).
MAX_CHARACTERS = 32_767
_MAX_PARTS = 500
_PIECE = 1 << 16
# The longest XML tag or comment, in bytes.
_MAX_MARKUP = 1 << 18

# Parts that a table does not need. They are left out, so that none can pose as a sheet.
_PASSED_OVER = re.compile(r"xl/(charts|drawings|externalLinks|media)/.*", re.DOTALL)
_XML = re.compile(r".*\.(xml|rels)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
UNREADABLE = "The workbook cannot be read. Save it as “Excel workbook (.xlsx)” or as CSV UTF-8."
TOO_LARGE = "The workbook is too large. Cut it in several."
_TOO_LONG = (
    f"A cell of the workbook is longer than {MAX_CHARACTERS:,} characters. Shorten it, and hand "
    "the workbook in again."
)


def check_and_repack(raw: bytes, *, max_rows: int, max_columns: int) -> bytes:
    """Return the workbook repacked without compression from the parts that passed the checks.

    A workbook can declare any part as a sheet, so every XML part is checked and all other parts are
    left out. Raises TableRefused if it is not a workbook, or is too large.
    """
    made = BytesIO()
    left = MAX_UNPACKED
    scanner = _PartScanner(max_rows, max_columns)
    try:
        with (
            zipfile.ZipFile(BytesIO(raw)) as given,
            zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as kept,
        ):
            parts = given.infolist()
            if len(parts) > _MAX_PARTS:
                raise TableRefused("The workbook has too many parts. Save it as CSV UTF-8.")
            if "[Content_Types].xml" not in given.namelist():
                raise TableRefused(UNREADABLE)
            for part in parts:
                if _PASSED_OVER.fullmatch(part.filename):
                    continue
                if part.file_size > left:
                    raise TableRefused(TOO_LARGE)
                try:
                    with given.open(part) as file:
                        content = scanner.scan(file, left)
                except expat.ExpatError:
                    if _XML.fullmatch(part.filename):
                        raise
                    continue
                left -= len(content)
                kept.writestr(part.filename, content)
            scanner.require_bounded_texts()
    except (
        *(zipfile.BadZipFile, NotImplementedError, RuntimeError),
        *(EOFError, OSError, ValueError, expat.ExpatError),
    ):
        raise TableRefused(UNREADABLE) from None
    return made.getvalue()


class _PartScanner:
    """Counts the cells of all parts, their positions, and the text that they share.

    A shared string is stored once, but read for each cell that refers to it.
    """

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self._max_rows = max_rows
        self._max_columns = max_columns
        self._cells = 0
        self._sharing = 0
        self._texts: list[int] = []
        self._sheets: list[bytes] = []

    def scan(self, part: IO[bytes], left: int) -> bytes:
        """Return the unpacked part, at most `left` bytes.

        Raises TableRefused at the first cell that is too far out, too long, or one too many.
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
            cell_row = 0
            if local == "row":
                # A row without a number is the next one; so is a cell without a reference.
                row, column = int(at) if at else row + 1, 0
            else:
                cell = _CELL.fullmatch(at)
                if at and not cell:
                    raise ValueError(at)
                cell_row, column = (int(cell[2]), _column(cell[1])) if cell else (row, column + 1)
                self._cells += 1
                self._sharing += attributes.get("t") == "s"
            if max(row, cell_row) > self._max_rows or self._cells > MAX_CELLS:
                raise TableRefused(
                    f"The workbook has more than {self._max_rows:,} rows. Cut it in several."
                )
            if column > self._max_columns:
                raise TableRefused(f"The workbook has more than {self._max_columns} columns.")

        def text(piece: str) -> None:
            nonlocal length
            length += len(piece)
            if length > (MAX_CHARACTERS if inside else _MAX_MARKUP):
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

    def require_bounded_texts(self) -> None:
        """Raise TableRefused if the shared strings of all cells add up to too much text."""
        if self._sharing * max(self._texts, default=0) <= MAX_UNPACKED:
            return
        # The estimate is too high: add up the actual strings of all cells.
        if sum(map(self._shared_by, self._sheets)) > MAX_UNPACKED:
            raise TableRefused(TOO_LARGE)

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
        raise TableRefused(UNREADABLE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    # Real workbooks declare no entities; an entity is an attempt at a "billion laughs" attack.
    parser.EntityDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, part: IO[bytes], left: int) -> bytes:
    """Parse a part in pieces, and return it. Raises TableRefused past `left` bytes."""
    pieces: list[bytes] = []
    size = 0
    while piece := part.read(_PIECE):
        size += len(piece)
        if size > left:
            raise TableRefused(TOO_LARGE)
        pieces.append(piece)
        parser.Parse(piece, False)
        # The parser buffers a tag until its end.
        if size - max(parser.CurrentByteIndex, 0) > _MAX_MARKUP:
            raise TableRefused(_TOO_LONG)
    parser.Parse(b"", True)
    return b"".join(pieces)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
