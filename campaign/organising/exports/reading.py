"""Read a generic table back, cell by cell, as it was before it was exported."""

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from campaign.errors import TableRefused
from campaign.organising.exports.generic import GENERIC
from campaign.tables.formulas import unescaped

HEADING = tuple(cell.heading for cell in GENERIC.cells)

#: The longest line of a signer in characters, far more than any comment takes.
LONGEST_RECORD = 50_000

_ESCAPED = {cell.heading for cell in GENERIC.cells if cell.kind == "text"}


def is_generic(file: BinaryIO) -> bool:
    """True where the table's first line is the heading of a generic export; seeks back to 0."""
    first = file.readline(4 * LONGEST_RECORD).removeprefix(codecs.BOM_UTF8)
    file.seek(0)
    return first.rstrip(b"\r\n") == ",".join(HEADING).encode("ascii")


def signers(file: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the signers of a generic table, each with the number of the line on which it ends.

    Cells are as they were stored: without the apostrophe that the export put before formulas, and
    with `\\n` for a new line. Raises TableRefused for what is no table, or none of UTF-8.
    """
    wrapped = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.reader(wrapped, strict=True)
    try:
        next(reader)
        for cells in reader:
            if len(cells) != len(HEADING) or sum(map(len, cells)) > LONGEST_RECORD:
                raise TableRefused(
                    f"Line {reader.line_num:,} does not have the columns of the heading."
                )
            yield (
                reader.line_num,
                {
                    heading: _stored(cell, heading)
                    for heading, cell in zip(HEADING, cells, strict=True)
                },
            )
    except (csv.Error, UnicodeDecodeError):
        raise TableRefused(
            f"The table cannot be read after line {reader.line_num:,}. Export it anew."
        ) from None
    finally:
        wrapped.detach()  # the file is its opener's to close


def _stored(cell: str, heading: str) -> str:
    # Line breaks first: the escape was put in while they were as they are stored.
    stored = cell.replace("\r\n", "\n")
    return unescaped(stored) if heading in _ESCAPED else stored
