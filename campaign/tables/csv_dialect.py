"""How a table is spelled: its characters, and what parts its columns. Decided by counting."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["UTF-8", "UTF-16", "Windows-1252"]

#: What may part columns, the likeliest first.
DELIMITERS = (",", ";", "\t", "|")

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Characters beyond ASCII in UTF-8 (RFC 3629), well formed.
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
# Five bytes are nothing in Windows-1252; they are what Latin-1 makes of them, and refused later.
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
# Excel names what parts its columns in a first line of its own.
_NAMED_DELIMITER = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_SAMPLE_RECORDS = 40


@dataclass(frozen=True)
class Dialect:
    """A table's text, what it was read as, what parts its columns, and lines to pass over."""

    text: str
    encoding: Encoding
    delimiter: str = ","
    skip: int = 0


def decode(raw: bytes) -> tuple[str, Encoding]:
    """Return the text of a table, and what it was read as.

    UTF-16 is known by its mark, or by every second byte being NUL. What is not UTF-8 is read as
    Windows-1252, which holds Latin-1, where such bytes outnumber the well-formed UTF-8 characters;
    else single wrong bytes come as lone surrogates, which spoil their own line and no other.
    """
    if (codec := _utf16(raw)) is not None:
        return raw.decode(codec, "replace").removeprefix("\ufeff"), "UTF-16"
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    well_formed = _MULTIBYTE.findall(raw)
    high = len(raw) - len(raw.translate(None, bytes(range(0x80, 0x100))))
    if high - sum(map(len, well_formed)) > len(well_formed):
        return raw.decode("latin-1").translate(_WINDOWS), "Windows-1252"
    return raw.decode("utf-8", "surrogateescape"), "UTF-8"


def detect(raw: bytes, is_known: Callable[[str], bool]) -> Dialect:
    """Return the table's text and what parts its columns.

    That is what makes the most headings known, and among equals what parts the lines after the
    heading most evenly.
    """
    text, encoding = decode(raw)
    if (named := _NAMED_DELIMITER.match(text)) is not None and named[1] in DELIMITERS:
        return Dialect(text, encoding, named[1], skip=1)
    best = max(DELIMITERS, key=lambda delimiter: _evidence(text, delimiter, is_known))
    return Dialect(text, encoding, best)


def _utf16(raw: bytes) -> str | None:
    for mark, codec in _UTF16.items():
        if raw.startswith(mark):
            return codec
    sample = raw[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) >= 4 and max(even, odd) > len(sample) // 4 and min(even, odd) == 0:
        return "utf-16-le" if odd else "utf-16-be"
    return None


def _evidence(text: str, delimiter: str, is_known: Callable[[str], bool]) -> tuple[int, int, int]:
    """Return known headings, lines that are as wide as the heading, and the heading's width."""
    records = [cells for cells in _sample(text, delimiter) if any(cells)]
    if not records or len(records[0]) < 2:
        known = sum(is_known(cell) for cell in records[0]) if records else 0
        return known, 0, 1
    heading, rows = records[0], records[1:]
    return (
        sum(is_known(cell) for cell in heading),
        sum(len(row) == len(heading) for row in rows),
        len(heading),
    )


def _sample(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = iter(text[:100_000].splitlines(keepends=True))
    try:
        for _, cells in zip(
            range(_SAMPLE_RECORDS), csv.reader(lines, delimiter=delimiter), strict=False
        ):
            yield cells
    except csv.Error:
        return
