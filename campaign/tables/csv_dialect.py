"""Detect the encoding and delimiter of a CSV table by counting."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["UTF-8", "UTF-16", "Windows-1252"]

#: Possible delimiters, likeliest first.
DELIMITERS = (",", ";", "\t", "|")

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Well-formed non-ASCII characters in UTF-8 (RFC 3629).
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
# Five bytes are undefined in Windows-1252; they are read as Latin-1 controls and refused later.
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
# Excel's own first line that names the delimiter.
_NAMED_DELIMITER = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_SAMPLE_RECORDS = 40


@dataclass(frozen=True)
class Dialect:
    """A table's text, its encoding and delimiter, and how many leading lines to skip."""

    text: str
    encoding: Encoding
    delimiter: str = ","
    skip: int = 0


def decode(raw: bytes) -> tuple[str, Encoding]:
    """Return the text of a table, and its encoding.

    UTF-16 has a byte-order mark, or NUL in every second byte. Invalid UTF-8 is read as Windows-1252
    (a superset of Latin-1) if invalid bytes outnumber well-formed UTF-8 characters; otherwise
    invalid bytes become lone surrogates, which spoil only their own line.
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
    """Return the table's text with its encoding and delimiter.

    The best delimiter yields the most known headings; on a tie, the most lines as wide as the
    heading.
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
    """Return the number of known headings, of lines as wide as the heading, and its width."""
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
