"""Parse a generic export (CSV, JSON Lines, Parquet or Excel) back into the exported values.

Every format yields cells as the CSV writes them, without its escapes against formulas.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import BinaryIO

from campaign.errors import TableRefused
from campaign.organizing.exports.generic import GENERIC
from campaign.organizing.exports.typed_rows import json_lines, parquet_rows, workbook_rows
from campaign.tables import quotes, workbook, yes_no
from campaign.tables.csv_dialect import DELIMITERS
from campaign.tables.formulas import unescape

HEADING = tuple(cell.heading for cell in GENERIC.cells)

#: The longest record in characters, far longer than any comment.
MAX_RECORD = 50_000

_ESCAPED = {cell.heading for cell in GENERIC.cells if cell.kind == "text"}
_FLAGS = {cell.heading for cell in GENERIC.cells if cell.kind == "flag"}
_PARQUET = b"PAR1"

#: The line on which a signer's record ends, and its cells by heading.
Signer = tuple[int, dict[str, str]]


def is_generic(file: BinaryIO) -> bool:
    """True for a generic export in any of its formats; seeks back to 0.

    Raises TableRefused for a workbook that cannot be read.
    """
    first = file.readline(4 * MAX_RECORD).removeprefix(codecs.BOM_UTF8)
    file.seek(0)
    if first.startswith(_PARQUET):
        return True
    if first.startswith(workbook.MAGIC):
        _, row = next(workbook_rows(file), (0, {}))
        file.seek(0)
        return set(HEADING) <= row.keys()
    if first.startswith(b"{"):
        _, row = next(json_lines(file), (0, {}))
        file.seek(0)
        return set(HEADING) <= row.keys()
    return _delimiter(first) != ""


def signers(file: BinaryIO) -> Iterator[Signer]:
    """Yield the signers of a generic export.

    Raises TableRefused for an unreadable table, ExtraMissing for Parquet without pyarrow.
    """
    first = file.readline(4 * MAX_RECORD).removeprefix(codecs.BOM_UTF8)
    file.seek(0)
    if first.startswith(_PARQUET):
        rows: Iterator[Signer] = parquet_rows(file)
    elif first.startswith(workbook.MAGIC):
        rows = workbook_rows(file)
    elif first.startswith(b"{"):
        rows = json_lines(file)
    else:
        yield from _csv_rows(file, _delimiter(first) or ",")
        return
    for number, row in rows:
        if not set(HEADING) <= row.keys():
            raise TableRefused(f"Line {number:,} does not have the columns of an export.")
        yield number, {heading: row[heading] for heading in HEADING}


def _delimiter(first: bytes) -> str:
    """Return the delimiter of a generic export's heading, or "" for any other line."""
    line = first.decode("utf-8", "replace").strip()
    for delimiter in DELIMITERS:
        with suppress(csv.Error):  # such as a line of UTF-16, or one that ends in CR
            if next(csv.reader([line], delimiter=delimiter), []) == list(HEADING):
                return delimiter
    return ""


def _csv_rows(file: BinaryIO, delimiter: str) -> Iterator[Signer]:
    """Yield the signers of CSV with formulas unescaped and line breaks as `\\n`.

    Raises TableRefused, with the line, for unpaired quotes.
    """
    wrapped = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    record: list[str] = []

    def lines() -> Iterator[str]:
        for line in wrapped:
            record.append(line)
            if sum(map(len, record)) > MAX_RECORD:
                quotes.require_paired("".join(record), delimiter, began)
                raise csv.Error
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=False)
    began = 1
    try:
        for cells in reader:
            quotes.require_paired("".join(record), delimiter, began)
            if len(cells) != len(HEADING):
                raise TableRefused(
                    f"Line {reader.line_num:,} does not have the columns of the heading."
                )
            if began > 1:
                yield reader.line_num, _stored(dict(zip(HEADING, cells, strict=True)))
            began = reader.line_num + 1
            record.clear()
    except (csv.Error, UnicodeDecodeError):
        raise TableRefused(
            f"The table cannot be read after line {began - 1:,}. Export the table again."
        ) from None
    finally:
        wrapped.detach()  # the caller closes the file


def _stored(cells: dict[str, str]) -> dict[str, str]:
    for heading, cell in cells.items():
        # Line breaks first: the cell was escaped with the stored line breaks.
        stored = re.sub(r"\r\n?", "\n", cell)
        if heading in _ESCAPED:
            stored = unescape(stored)
        elif heading in _FLAGS and (flag := yes_no.read(stored)) is not None:
            stored = "true" if flag else "false"
        cells[heading] = stored
    return cells
