"""What letters are mailed with: #10 envelopes, and sheets of Avery 5160 labels.

Sizes are the makers': an envelope of 9 1/2 by 4 1/8 in; thirty labels of 2 5/8 by 1 in a sheet, in
three columns. An envelope's address stands where the Postal Service's machines look for it.
Source: Avery template 5160; USPS, Domestic Mail Manual 202.2.1 (optical character read area).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from campaign.letters.print import fonts, printable_text
from campaign.letters.print.file_date import stamp_of
from campaign.letters.print.typst_compiler import RUN, Press, forget

#: An address, a line each.
Block = Sequence[str]

LABELS_A_SHEET = 30
_SHEETS_A_RUN = 20

# Smaller than this, a line that goes on is easier to read than one that is whole.
_LEGIBLE = 8.0
# From one baseline to the next, in ems: the templates set it so.
_LINE = 1.17
_SIZES = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
# Kerning makes a line narrower than its letters, and now and then a trace wider.
_SLACK = 0.98
# A line that goes on is set in, so that nobody takes it for the next.
_INDENT = 1.0


@dataclass(frozen=True)
class Room:
    """The room for an address, in points, and the largest size that it is set in."""

    width: float
    height: float
    largest: float


_envelope_from = Room(width=3.2 * 72, height=1.05 * 72, largest=9.5)
_envelope_to = Room(width=4.6 * 72, height=1.7 * 72, largest=11.0)
_label = Room(width=2.385 * 72, height=0.86 * 72, largest=10.0)

_envelopes = Press("envelope.typ")
_labels = Press("labels.typ")


@dataclass(frozen=True)
class Envelope:
    """Whom an envelope is from, and whom it is for."""

    sender: Block
    recipient: Block


def envelope_runs(envelopes: Iterable[Envelope], *, title: str, on: date) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of some envelopes each, a page an envelope, in order."""
    waiting = iter(envelopes)
    while some := list(islice(waiting, RUN)):
        pages = [
            {
                "from": fitted(one.sender, _envelope_from),
                "to": fitted(one.recipient, _envelope_to),
            }
            for one in some
        ]
        yield _printed(_envelopes, {"title": title, "envelopes": pages}, on)


def label_runs(blocks: Iterable[Block], *, title: str, on: date) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of some sheets of labels each, along the rows, in order."""
    waiting = iter(blocks)
    while some := list(islice(waiting, LABELS_A_SHEET * _SHEETS_A_RUN)):
        sheets = [
            [fitted(block, _label) for block in some[begin : begin + LABELS_A_SHEET]]
            for begin in range(0, len(some), LABELS_A_SHEET)
        ]
        yield _printed(_labels, {"title": title, "sheets": sheets}, on)


def fitted(block: Block, room: Room) -> dict[str, Any]:
    """Return an address as the templates take it: a size in points, its lines, which go on.

    The size is the largest at which all of it has room; a line that is too long goes on in the
    next, at a space where there is one. Nothing is ever cut off.
    """
    lines = [line for line in map(printable_text.printed, block) if line]
    size, broken = _least_broken(lines, room)
    return {
        "size": size,
        "lines": [
            {"text": printable_text.isolated(text), "goes-on": goes_on} for text, goes_on in broken
        ],
    }


def _least_broken(lines: Sequence[str], room: Room) -> tuple[float, list[tuple[str, bool]]]:
    """Return the size to set lines in and their pieces: whole where they are whole and legible."""
    fits = []
    for size in _SIZES:
        broken = [piece for line in lines for piece in _broken(line, room.width * _SLACK / size)]
        if size <= room.largest and len(broken) * _LINE * size <= room.height:
            fits.append((size, broken))
            if size < _LEGIBLE:
                break
            if len(broken) == len(lines):
                return size, broken
    return fits[0] if fits else (size, broken)


def _broken(line: str, width: float) -> Iterator[tuple[str, bool]]:
    """Yield a line in pieces of at most that width in ems, and whether each goes on a line."""
    kept: list[str] = []
    used, goes_on = 0.0, False
    for word in line.split(" "):
        for part in _parted(word, width - _INDENT):
            wide = fonts.width(part)
            if kept and used + fonts.width(" ") + wide > width:
                yield " ".join(kept), goes_on
                kept, used, goes_on = [], _INDENT, True
            used += wide + (fonts.width(" ") if kept else 0)
            kept.append(part)
    yield " ".join(kept), goes_on


def _parted(word: str, width: float) -> Iterator[str]:
    """Yield a word in pieces that have room; most words are one."""
    begin, used = 0, 0.0
    if fonts.width(word) <= width:
        yield word
        return
    place = 0
    for cluster in fonts.clusters(word):
        wide = fonts.width(cluster)
        if used + wide > width:
            yield word[begin:place]
            begin, used = place, 0.0
        place += len(cluster)
        used += wide
    yield word[begin:]


def _printed(press: Press, data: dict[str, Any], on: date) -> bytes:
    made = press.print(data, stamp=stamp_of(on))
    forget()
    return made
